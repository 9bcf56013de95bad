import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from "node:crypto";
import { deleteSigningKeys, insertSigningKey, lockSigningKeys, type SigningKeyRow } from "../db/auth/keys.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { authLimits } from "./limits.ts";

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly signsFromMs: number;
}

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: "ES256";
  readonly use: "sig";
}

export interface SigningKeysOptions {
  readonly pool: Pool;
  readonly rotateEveryMs: number;
  readonly now: () => number;
}

/**
 * The keys that our tokens are signed with (ES256), the same for all processes of a database. The next one is made, and shown to
 * others, some time before it signs; an old one is shown until its last token has ended. Keys come and go when they are read,
 * under a lock, so it does not matter which process does it.
 */
export class SigningKeys {
  private readonly options: SigningKeysOptions;
  private keys: readonly SigningKey[] = [];
  private readMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(options: SigningKeysOptions) {
    this.options = options;
  }

  /** The key to sign with now. */
  async current(): Promise<SigningKey> {
    await this.readIfOlder(authLimits.keysEveryMs);
    const key = this.keys.findLast(each => each.signsFromMs <= this.options.now());
    if (key === undefined) throw new Error("there is no key to sign tokens with");
    return key;
  }

  /** The key of that name. One that is not known is looked for in the database, but not again and again. */
  async find(keyId: string): Promise<SigningKey | undefined> {
    await this.readIfOlder(authLimits.keysEveryMs);
    if (!this.keys.some(key => key.keyId === keyId)) await this.readIfOlder(authLimits.keysAgainMs);
    return this.keys.find(key => key.keyId === keyId);
  }

  /** What others check tokens with. */
  async jwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    await this.readIfOlder(authLimits.keysEveryMs);
    return { keys: this.keys.toReversed().map(({ keyId, publicKey }) => jwkOf(publicKey, keyId)) };
  }

  private async readIfOlder(ageMs: number): Promise<void> {
    if (this.options.now() - this.readMs < ageMs) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const { pool, rotateEveryMs, now } = this.options;
    const nowMs = now();
    const rows = await transaction(pool, async client => {
      const known = await lockSigningKeys(client);
      const plan = planKeys(known, { nowMs, rotateEveryMs });
      const made = plan.signsFromMs.map(newKey);
      for (const key of made) await insertSigningKey(client, key);
      if (plan.ended.length > 0) await deleteSigningKeys(client, plan.ended);
      return [...known.filter(key => !plan.ended.includes(key.key_id)), ...made];
    });
    const before = new Map(this.keys.map(key => [key.keyId, key]));
    this.keys = rows.map(row => before.get(row.key_id) ?? keyOf(row));
    this.readMs = nowMs;
  }
}

type KeyTimes = Pick<SigningKeyRow, "key_id" | "signs_from_ms">;

/** Which keys are to be made, by when they begin to sign, and which have ended. `keys` are in the order in which they sign. */
export function planKeys(
  keys: readonly KeyTimes[],
  { nowMs, rotateEveryMs }: { readonly nowMs: number; readonly rotateEveryMs: number },
): { readonly signsFromMs: readonly number[]; readonly ended: readonly string[] } {
  const { tokenMs, clockSkewMs, keyAheadMs } = authLimits;
  // A key's last token is signed when the next key begins, or a little later by a process that has not read of it yet.
  const lastTokenMs = tokenMs + clockSkewMs + authLimits.keysEveryMs;
  const ended = keys.filter((_, index) => (keys[index + 1]?.signs_from_ms ?? nowMs) + lastTokenMs < nowMs);
  const newest = keys.at(-1);
  if (newest === undefined) return { signsFromMs: [nowMs], ended: [] };
  const dueMs = newest.signs_from_ms + rotateEveryMs;
  const next = dueMs - keyAheadMs <= nowMs ? [Math.max(dueMs, nowMs + keyAheadMs)] : [];
  return { signsFromMs: next, ended: ended.map(key => key.key_id) };
}

function newKey(signsFromMs: number): SigningKeyRow {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { key_id: thumbprint(createPublicKey(privateKey)), private_key: pem, signs_from_ms: signsFromMs };
}

function keyOf({ key_id, private_key, signs_from_ms }: SigningKeyRow): SigningKey {
  const privateKey = createPrivateKey(private_key);
  return { keyId: key_id, privateKey, publicKey: createPublicKey(privateKey), signsFromMs: signs_from_ms };
}

/** A key's name: the beginning of its thumbprint, RFC 7638. */
function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  return hash("sha256", JSON.stringify({ crv, kty, x, y }), "base64url").slice(0, 22);
}

function jwkOf(publicKey: KeyObject, kid: string): PublicJwk {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  return { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" };
}
