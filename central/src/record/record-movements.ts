import {
  type BizStep,
  type Cause,
  centralEpoch,
  genesisHash,
  hashMovement,
  Movement,
  type MovementId,
  ok,
  type Result,
  refuse,
} from "@tallygate/protocol";
import { readMeanings } from "../db/ledger/catalogue.ts";
import { advanceEpochs, openEpoch, readEpochs } from "../db/ledger/epochs.ts";
import { appendMovements } from "../db/ledger/movements.ts";
import { lockSites, lockSitesNow } from "../db/ledger/sites.ts";
import { lockTags } from "../db/ledger/tags.ts";
import type { Client } from "../db/pool.ts";
import { insertNotes } from "../db/record/notes.ts";
import { readSitesOfCodes } from "../db/record/sites.ts";
import { booksOf, byIndexOnly, planMovements, writePlan } from "../ingest/apply-in-transaction.ts";
import { Directory } from "../ingest/directory.ts";
import { raiseSites } from "../ingest/raise-sites.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import type { Recorded } from "../stock/model.ts";
import type { Plan } from "../stock/plan.ts";
import { thingOf } from "../stock/thing.ts";
import { hashNote, type Note } from "./note.ts";

/** A movement that a person, a client, an order or a count causes, in the words of the contract. */
export interface CentralMovement {
  readonly site: string;
  readonly code: string;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly bizStep: BizStep;
  readonly cause: Cause;
  readonly eventTimeMs: number;
  /** Where it was observed; without it, at the centre. */
  readonly readPoint?: string | undefined;
  readonly reverses?: { readonly epoch: string; readonly seq: number } | undefined;
  /** In place of the note's own. */
  readonly reason?: string | undefined;
  readonly document?: string | undefined;
}

export interface RecordedMovements {
  /** One for each movement, in their order. */
  readonly ids: readonly MovementId[];
  /** To be published when the caller's transaction is committed. */
  readonly commits: readonly SiteCommit[];
  readonly recordTimeMs: number;
}

/** The read point of what was observed nowhere. */
export const centralReadPoint = "central";

/**
 * Records movements of the centre's own, in the caller's transaction: planned and posted like any other, in each site's epoch
 * {@link centralEpoch}, chained and append-only, with who caused them and why. Late ones change history as an edge's do (I9).
 *
 * Takes the locks of the sites and of the tags (those of {@link lockForMovements}), then those of the levels; so a caller that locks
 * documents or reservations besides calls {@link lockForMovements} before it does. Until the end of the transaction PostgreSQL then joins
 * by index only, as ingest has it. Throws `Outdated`, and PostgreSQL's conflicts, when
 * the transaction must be run again, which `transaction()` does. Publish `commits` after the commit.
 *
 * Refuses `site.unknown`, `place.unknown`, `movement.code_unknown` and `movement.meaningless` before anything is recorded, at
 * `movements[3].code` and the like.
 */
export async function recordMovements(
  client: Client,
  movements: readonly CentralMovement[],
  note: Note,
): Promise<Result<RecordedMovements>> {
  if (movements.length === 0) return ok({ ids: [], commits: [], recordTimeMs: 0 });
  await client.query(byIndexOnly);
  const locked = await lockForMovements(client, movements);
  const directory = new Directory();
  const named = await lookUp(client, directory, movements);
  if (!named.ok) return named;
  const { chains, nowMs, partition } = await readChains(client, directory, movements);
  const recorded = number(movements, chains, directory);
  const planned = await plan(client, directory, recorded);
  const refused = firstHeld(planned, recorded);
  if (refused !== undefined) return refused;
  await lockFurther(client, directory, planned, locked);
  const notes = movements.map(({ reason = note.reason, document = note.document }) => ({ ...note, reason, document }));
  const hashes = chain(recorded, notes, chains, directory);
  await appendMovements(client, planned.rows, { nowMs, partition, hashOf: row => hashes[row] ?? "" });
  await insertNotes(
    client,
    recorded.map(({ epochId, seq }, index) => ({ epochId, seq, note: notes[index] ?? note })),
  );
  await advanceEpochs(client, [...chains.values()]);
  const { levels } = await writePlan({ client, planned, directory, recordTimeMs: nowMs });
  const commits = await raiseSites(client, { siteIds: chains.keys(), levels, directory, nowMs });
  return ok({ ids: recorded.map(each => idOf(each, directory)), commits, recordTimeMs: nowMs });
}

/**
 * Locks what {@link recordMovements} will lock of sites and tags, for callers that lock documents or reservations in between.
 *
 * @returns the ids of the sites, in order
 */
export async function lockForMovements(
  client: Client,
  movements: readonly Pick<CentralMovement, "site" | "code">[],
): Promise<readonly number[]> {
  const codes = new Set(movements.filter(({ code }) => hasTag(code)).map(({ code }) => code));
  const sites = new Set(movements.map(({ site }) => site));
  const siteIds = await readSitesOfCodes(client, { sites: [...sites], codes: [...codes] });
  await lockSites(client, siteIds);
  await lockTags(client, [...codes].sort());
  return siteIds;
}

/** The part of a site's epoch that this transaction writes. */
interface Chain {
  readonly id: number;
  cursorSeq: number;
  cursorHash: string;
}

function hasTag(code: string): boolean {
  const { kind } = thingOf(code);
  return kind === "instance" || kind === "unit";
}

async function lookUp(
  client: Client,
  directory: Directory,
  movements: readonly CentralMovement[],
): Promise<Result<undefined>> {
  await directory.look(
    client,
    movements.flatMap(({ site, from, to }) => [
      { site, code: from },
      { site, code: to },
    ]),
  );
  for (const [index, { site, from, to }] of movements.entries()) {
    if (!directory.hasSite(site)) {
      return refuse("site.unknown", `No site ${site} has been heard.`, { at: `movements[${index}].site` });
    }
    for (const [field, place] of Object.entries({ from, to })) {
      if (directory.hasAccount(directory.siteId(site), place)) continue;
      const detail = `The site ${site} has no place ${place}.`;
      return refuse("place.unknown", detail, { at: `movements[${index}].${field}` });
    }
  }
  return ok(undefined);
}

/** The sites' own epochs at the centre, opened where they are needed for the first time. The sites are locked. */
async function readChains(client: Client, directory: Directory, movements: readonly CentralMovement[]) {
  const siteIds = [...new Set(movements.map(({ site }) => directory.siteId(site)))];
  const names = siteIds.map(siteId => ({ siteId, code: centralEpoch }));
  const { epochs, nowMs, partition } = await readEpochs(client, names);
  const chains = new Map<number, Chain>(epochs.map(epoch => [epoch.siteId, { ...epoch }]));
  for (const name of names) {
    if (chains.has(name.siteId)) continue;
    const id = await openEpoch(client, { ...name, startHash: genesisHash, follows: undefined });
    chains.set(name.siteId, { id, cursorSeq: 0, cursorHash: genesisHash });
  }
  return { chains, nowMs, partition };
}

function number(
  movements: readonly CentralMovement[],
  chains: ReadonlyMap<number, Chain>,
  directory: Directory,
): readonly Recorded[] {
  const counts = new Map<number, number>();
  return movements.map(given => {
    const siteId = directory.siteId(given.site);
    const { id: epochId, cursorSeq } = chainOf(chains, siteId);
    const count = (counts.get(siteId) ?? 0) + 1;
    counts.set(siteId, count);
    const movement = Movement.parse({ ...given, readPoint: given.readPoint ?? centralReadPoint });
    return { epochId, seq: cursorSeq + count, siteId, movement, thing: thingOf(given.code) };
  });
}

async function plan(client: Client, directory: Directory, movements: readonly Recorded[]): Promise<Plan> {
  const keys = new Set(movements.map(({ thing }) => thing.classKey));
  const books = booksOf(directory, await readMeanings(client, [...keys]));
  return planMovements({ client, movements, directory, books, why: "recorded" });
}

/** What an edge's movement is held for is refused here: whoever asked is there to mend it. */
function firstHeld({ held: [held] }: Plan, recorded: readonly Recorded[]) {
  if (held === undefined) return undefined;
  return refuse(held.problem, held.detail, { at: `movements[${recorded.indexOf(held.recorded)}].code` });
}

/** Sites that things are taken from, or were at by their history, besides those that are locked; seldom any. */
async function lockFurther(
  client: Client,
  directory: Directory,
  { stock }: Plan,
  locked: readonly number[],
): Promise<void> {
  const further = new Set(stock.map(({ placeId }) => directory.place(placeId).siteId)).difference(new Set(locked));
  if (further.size > 0) await lockSitesNow(client, [...further]);
}

/** Each movement's hash behind the one before it; the chains go on. */
function chain(
  recorded: readonly Recorded[],
  notes: readonly Note[],
  chains: ReadonlyMap<number, Chain>,
  directory: Directory,
): readonly string[] {
  return recorded.map(({ siteId, seq, movement }, index) => {
    const own = chainOf(chains, siteId);
    const note = notes[index];
    if (note === undefined) throw new Error(`movement ${index} has no note`);
    own.cursorHash = hashMovement(
      own.cursorHash,
      directory.siteCode(siteId),
      centralEpoch,
      seq,
      movement,
      hashNote(note),
    );
    own.cursorSeq = seq;
    return own.cursorHash;
  });
}

function chainOf(chains: ReadonlyMap<number, Chain>, siteId: number): Chain {
  const found = chains.get(siteId);
  if (found === undefined) throw new Error(`the site number ${siteId} has no epoch of the centre's own`);
  return found;
}

function idOf({ siteId, seq }: Recorded, directory: Directory): MovementId {
  return { site: directory.siteCode(siteId) as MovementId["site"], epoch: centralEpoch, seq };
}
