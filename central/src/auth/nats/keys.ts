import {
  type Account,
  createAccount,
  createOperator,
  createUser,
  decode,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  fromPublic,
  fromSeed,
  type Key,
  type KeyPair,
  newScopedSigner,
  type OperatorLimits,
} from "@nats-io/jwt";
import { inboxPrefix, type SiteId, subjectsOfEdge } from "@tallygate/protocol";
import { z } from "zod";
import { sharedWithReaders, subjectsOfReader } from "./reader-subjects.ts";

/** What NATS servers are told: nothing of it is secret. */
export interface ServerTrust {
  /** Claims of the operator, which the servers take on trust; all others are signed by it or by those that it has signed. */
  readonly operator: string;
  /** Claims of the accounts: of the servers' own, the centre's with its streams, the sites', and that of readers of events. */
  readonly system: string;
  readonly centre: string;
  readonly sites: string;
  /** Absent in what was made before there were readers; {@link renewTrust} adds it. */
  readonly readers?: string | undefined;
}

/** What signs the keys of one account, of sites or of readers of events, and can do nothing else. */
export const SigningKey = z.strictObject({
  /** The account, `A…`. */
  account: z.string().regex(/^A[A-Z2-7]{55}$/),
  /** Secret, `SA…`. */
  seed: z.string().regex(/^SA[A-Z2-7]{56}$/),
});
export type SigningKey = z.infer<typeof SigningKey>;

/** All that is made once for a system. */
export interface NatsKeys {
  readonly trust: ServerTrust;
  /** Secret; signs accounts, and so is needed only to revoke a key. */
  readonly operatorSeed: string;
  /** Secret; signs the keys of sites. */
  readonly sitesKey: SigningKey;
  /** Secret; signs the keys of readers of events. */
  readonly readersKey: SigningKey;
  /** Secret; what central processes sign on with. */
  readonly centralCredentials: string;
}

/** What somebody signs on with: the edge of a site, or a reader of events. */
export interface NatsKey {
  /** `U…`: what is revoked, and what the servers log. */
  readonly key: string;
  /** Secret; the text of the file that `nats.credentials` names. */
  readonly credentials: string;
}

const unlimited: OperatorLimits = {
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  data: -1,
  payload: -1,
  subs: -1,
};
const withStreams: OperatorLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** Makes all keys of a new system. */
export async function makeNatsKeys(): Promise<NatsKeys> {
  const [operator, system, centre, sites] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const [signsSites, central] = [createAccount(), createUser()];
  const { readers, readersKey } = newReaders();
  const accounts: Accounts = {
    centre: centre.getPublicKey(),
    sites: sites.getPublicKey(),
    signsSites: signsSites.getPublicKey(),
    readers,
    revoked: {},
  };
  return {
    trust: {
      operator: await encodeOperator("tallygate", operator, { system_account: system.getPublicKey() }),
      system: await encodeAccount("SYS", system, {}, { signer: operator }),
      ...(await signAccounts(operator, accounts)),
    },
    operatorSeed: textOf(operator.getSeed()),
    sitesKey: { account: accounts.sites, seed: textOf(signsSites.getSeed()) },
    readersKey,
    centralCredentials: textOf(fmtCreds(await encodeUser("central", central, centre), central)),
  };
}

/** A new key for a reader of events that has these consumers; for ever, or until the time, in whole seconds. */
export async function makeReaderKey(
  { account, seed }: SigningKey,
  { name, consumers }: { readonly name: string; readonly consumers: readonly string[] },
  untilMs?: number,
): Promise<NatsKey> {
  const user = createUser();
  const { says, hears } = subjectsOfReader(name, consumers);
  const rights = { issuer_account: account, pub: { allow: says }, sub: { allow: hears } };
  const token = await encodeUser(name, user, signerOf(seed), rights, endOf(untilMs));
  return { key: user.getPublicKey(), credentials: textOf(fmtCreds(token, user)) };
}

/** A new key for a site's edge, which opens that site's subjects alone; for ever, or until the time, in whole seconds. */
export async function makeSiteKey({ account, seed }: SigningKey, site: SiteId, untilMs?: number): Promise<NatsKey> {
  const user = createUser();
  // What it may do stands in the account, under the key that signs here, for the name that is given here.
  const options = { scopedUser: true, ...endOf(untilMs) };
  const token = await encodeUser(site, user, signerOf(seed), { issuer_account: account }, options);
  return { key: user.getPublicKey(), credentials: textOf(fmtCreds(token, user)) };
}

/**
 * As the operator would make it now: another release may have other subjects. Keys stay good. Where there were no readers yet, it gives
 * what signs their keys, too.
 */
export async function renewTrust(
  trust: ServerTrust,
  operatorSeed: string,
): Promise<{ readonly trust: ServerTrust; readonly readersKey: SigningKey | undefined }> {
  const accounts = accountsOf(trust);
  const added = accounts.readers === undefined ? newReaders() : undefined;
  const signed = await signAccounts(signerOf(operatorSeed), { ...accounts, ...(added && { readers: added.readers }) });
  return { trust: { ...trust, ...signed }, readersKey: added?.readersKey };
}

/** Refuses a key of a site or a reader, `U…`: servers that are told throw out who uses it. */
export async function revokeKey(
  trust: ServerTrust,
  { operatorSeed, key, nowMs }: { readonly operatorSeed: string; readonly key: string; readonly nowMs: number },
): Promise<ServerTrust> {
  const accounts = accountsOf(trust);
  const revoked = { ...accounts.revoked, [key]: Math.floor(nowMs / 1000) };
  return { ...trust, ...(await signAccounts(signerOf(operatorSeed), { ...accounts, revoked })) };
}

function newReaders(): { readonly readers: Readers; readonly readersKey: SigningKey } {
  const [account, signs] = [createAccount(), createAccount()];
  const readers = { account: account.getPublicKey(), signs: signs.getPublicKey() };
  return { readers, readersKey: { account: readers.account, seed: textOf(signs.getSeed()) } };
}

interface Readers {
  readonly account: string;
  readonly signs: string;
}

/** Public keys, and the keys that are refused, with the seconds up to which they were made. */
interface Accounts {
  readonly centre: string;
  readonly sites: string;
  readonly signsSites: string;
  readonly readers: Readers | undefined;
  readonly revoked: Readonly<Record<string, number>>;
}

/**
 * Sites are in an account of their own, which has no streams: what they say passes into the centre's as requests, where the servers put
 * a subject of their own for answers in the place of the site's. So the servers answer no site on a subject of the centre's account, be it
 * one that commands JetStream. Readers are in another, to which the consumers of the events' stream are open, and nothing else.
 */
async function signAccounts(signer: Key, { centre, sites, signsSites, readers, revoked }: Accounts) {
  const every = subjectsOfEdge("*");
  const shared = [
    ...every.says.map(subject => ({ name: subject, subject, type: "service" as const })),
    ...every.hears.map(subject => ({ name: subject, subject, type: "stream" as const })),
  ];
  // The servers put the name in the claims of a site's key, which is the site's.
  const own = subjectsOfEdge("{{name()}}");
  const scope = newScopedSigner(signsSites, "edge", {
    pub: { allow: [...own.says] },
    sub: { allow: [...own.hears, `${inboxPrefix("{{name()}}")}.>`] },
  });
  const sign = (name: string, key: string, claims: Partial<Account>) =>
    encodeAccount(name, fromPublic(key), claims, { signer });
  return {
    centre: await sign("CENTRE", centre, {
      limits: { ...unlimited, ...withStreams },
      exports: [...shared, ...sharedWithReaders],
    }),
    sites: await sign("SITES", sites, {
      limits: unlimited,
      signing_keys: [scope],
      imports: shared.map(each => ({ ...each, account: centre })),
      revocations: { ...revoked },
    }),
    readers:
      readers &&
      (await sign("READERS", readers.account, {
        limits: unlimited,
        signing_keys: [readers.signs],
        imports: sharedWithReaders.map(({ name, subject, type }) => ({ name, subject, type, account: centre })),
        revocations: { ...revoked },
      })),
  };
}

function accountsOf(trust: ServerTrust): Accounts {
  const sites = decode<Account>(trust.sites);
  const [scope] = sites.nats.signing_keys ?? [];
  if (scope === undefined || typeof scope === "string") throw new Error("the sites' account names no key that signs");
  const { sub: centre } = decode<Account>(trust.centre);
  const readers = readersOf(trust);
  return { centre, sites: sites.sub, signsSites: scope.key, readers, revoked: sites.nats.revocations ?? {} };
}

function readersOf({ readers }: ServerTrust): Readers | undefined {
  if (readers === undefined) return undefined;
  const { sub: account, nats } = decode<Account>(readers);
  const [signs] = nats.signing_keys ?? [];
  if (typeof signs !== "string") throw new Error("the readers' account names no key that signs");
  return { account, signs };
}

function endOf(untilMs: number | undefined): { readonly exp?: number } {
  return untilMs === undefined ? {} : { exp: Math.floor(untilMs / 1000) };
}

function signerOf(seed: string): KeyPair {
  return fromSeed(Buffer.from(seed));
}

/** The part of a NATS server's configuration that makes it ask for keys; to be included in the rest. */
export function serverConfiguration({ operator, system, centre, sites, readers }: ServerTrust): string {
  const preload = [system, centre, sites, ...(readers === undefined ? [] : [readers])].map(
    token => `  ${decode(token).sub}: ${token}\n`,
  );
  return `# Who may sign on to NATS; made by "npm run central -- nats init". Nothing here is secret.
operator: ${operator}
system_account: ${decode(system).sub}
resolver: MEMORY
resolver_preload {
${preload.join("")}}
`;
}

/** Reads what {@link serverConfiguration} wrote; undefined if it is something else. */
export function parseServerConfiguration(text: string): ServerTrust | undefined {
  const [, operator] = /^operator: (\S+)$/m.exec(text) ?? [];
  const [system, centre, sites, readers] = [...text.matchAll(/^ {2}A[A-Z2-7]{55}: (\S+)$/gm)].map(([, token]) => token);
  if (operator === undefined || system === undefined || centre === undefined || sites === undefined) return undefined;
  return { operator, system, centre, sites, readers };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
