import type { Cursor, Level } from "@tallygate/protocol";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import { advanceEpochs } from "../db/ledger/epochs.ts";
import { insertHeld } from "../db/ledger/held.ts";
import { appendMovements } from "../db/ledger/movements.ts";
import { insertFurther } from "../db/ledger/postings.ts";
import { lockSites } from "../db/ledger/sites.ts";
import { insertTags, lockTags, readHistories, updateTags } from "../db/ledger/tags.ts";
import type { Client } from "../db/pool.ts";
import { Outdated } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import type { StockDelta } from "../stock/deltas.ts";
import type { Books, Meaning, Recorded, Tag } from "../stock/model.ts";
import { type HeldMovement, lateTags, type Plan, plan } from "../stock/plan.ts";
import type { Applied } from "./apply.ts";
import type { Directory } from "./directory.ts";
import type { ItemCache } from "./item-cache.ts";
import { type Accepted, type Judged, judgeAll } from "./judge-all.ts";
import { learnFromLabels } from "./learn-from-labels.ts";
import { postLevels } from "./post-levels.ts";
import { raiseSites } from "./raise-sites.ts";
import type { ReadBatch } from "./read-message.ts";
import { levelsBySite } from "./site-commit.ts";

/**
 * Joins of the arrays below with tables that grow without end must go by index, whatever the planner makes of arrays whose
 * length it does not know: at 270,000 tags it chose to read the whole table for 8,000 of them.
 */
export const byIndexOnly = `set local enable_hashjoin = off; set local enable_mergejoin = off;
  set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan`;

export interface ApplyInput {
  readonly client: Client;
  readonly reads: readonly ReadBatch[];
  readonly directory: Directory;
  readonly items: ItemCache;
  /** Sites to lock besides those of the batches. A try that finds another one that it needs adds it and ends. */
  readonly alsoLock: Set<number>;
}

/** The work of one transaction, which was begun with {@link byIndexOnly}. Locks are taken in one order by everyone: catalogue, sites by id, tags by
 * code, exceptions, levels by item and place. */
export async function applyInTransaction({ client, reads, directory, items, alsoLock }: ApplyInput): Promise<Applied> {
  const meanings = await items.load(client, classKeys(reads));
  const locked = [...new Set([...reads.map(read => directory.siteId(read.batch.site)), ...alsoLock])].sort(ascending);
  await lockSites(client, locked);
  const judged = await judgeAll(client, reads, directory);
  const movements = recordedOf(judged.accepted);
  const books = booksOf(directory, meanings);
  const planned = await planMovements({ client, movements, directory, books, why: "recorded" });
  requireLocked(planned.stock, directory, new Set(locked), alsoLock);
  const { nowMs, partition } = judged;
  await appendMovements(client, planned.rows, { nowMs, partition, hashOf: hashesOf(judged.accepted) });
  await insertHeld(client, planned.held);
  const unlike = await learnFromLabels(client, movements, { books, directory });
  const exceptions = [...judged.exceptions, ...heldCases(planned.held), ...unlike];
  await openExceptions(client, exceptions);
  await advanceEpochs(
    client,
    judged.confirmed.map(({ id, cursorSeq, cursorHash }) => ({ id, cursorSeq, cursorHash })),
  );
  const { levels } = await writePlan({ client, planned, directory, recordTimeMs: nowMs });
  const cursors = cursorsOf(judged);
  const commits = await raiseSites(client, {
    siteIds: cursors.keys(),
    levels,
    cursors,
    directory,
    nowMs,
  });
  const { resends, outcomes } = judged;
  const recorded = { movements: movements.length, held: planned.held.length };
  return { commits, resends, ...recorded, exceptions, outcomes };
}

/** Reads what the ledger knows of the things that moved, and plans. */
export async function planMovements({
  client,
  movements,
  directory,
  books,
  why,
}: {
  readonly client: Client;
  readonly movements: readonly Recorded[];
  readonly directory: Directory;
  readonly books: Books;
  readonly why: "recorded" | "bound";
}): Promise<Plan> {
  const tags = await lockTags(client, tagCodes(movements));
  const asked = [...lateTags(movements, tags)].flatMap(([code, at]) => {
    const tag = tags.get(code);
    return tag === undefined ? [] : [{ tag, at }];
  });
  const histories = await readHistories(client, asked);
  await directory.ensurePlaces(client, placesOf(tags.values(), histories.values()));
  return plan({ movements, books, tags, histories, why });
}

/** What a plan has changed, besides the movements' own rows. */
export interface Written {
  readonly levels: ReadonlyMap<number, readonly Level[]>;
}

/** Writes what a plan changes besides the movements' own rows, and gives the levels that it reached by site. */
export async function writePlan({
  client,
  planned,
  directory,
  recordTimeMs,
}: {
  readonly client: Client;
  readonly planned: Plan;
  readonly directory: Directory;
  readonly recordTimeMs: number;
}): Promise<Written> {
  await insertTags(client, planned.newTags);
  await updateTags(client, planned.changedTags);
  await insertFurther(client, planned.further, recordTimeMs);
  const levels = await postLevels(client, planned, directory);
  await directory.ensureSkus(client, new Set(levels.map(level => level.itemId)));
  return { levels: levelsBySite(levels, directory) };
}

/** Ends the try when levels of a site would change whose row is not locked; the next try locks it in its turn. */
export function requireLocked(
  deltas: readonly StockDelta[],
  directory: Directory,
  locked: ReadonlySet<number>,
  alsoLock: Set<number>,
): void {
  const size = alsoLock.size;
  for (const { placeId } of deltas) {
    const { siteId } = directory.place(placeId);
    if (!locked.has(siteId)) alsoLock.add(siteId);
  }
  if (alsoLock.size > size) throw new Outdated("the movements take things from further sites");
}

export function booksOf(directory: Directory, meanings: ReadonlyMap<string, Meaning>): Books {
  return {
    meaning: classKey => meanings.get(classKey),
    place: id => directory.place(id),
    account: (siteId, code) => directory.account(siteId, code),
  };
}

/** The cursors of the epochs that batches were applied to, or repeated, by site. */
function cursorsOf({ confirmed }: Judged): ReadonlyMap<number, readonly Cursor[]> {
  const bySite = Map.groupBy(confirmed, epoch => epoch.siteId);
  return new Map(
    [...bySite].map(([siteId, epochs]) => [
      siteId,
      epochs.map(({ code, cursorSeq }) => ({ epoch: code as Cursor["epoch"], seq: cursorSeq })),
    ]),
  );
}

function recordedOf(accepted: readonly Accepted[]): readonly Recorded[] {
  const recorded: Recorded[] = [];
  for (const { read, siteId, epochId, skip } of accepted) {
    const { movements, first } = read.batch;
    for (let index = skip; index < movements.length; index++) {
      const movement = movements[index];
      const thing = read.things[index];
      if (movement === undefined || thing === undefined) continue;
      recorded.push({ epochId, seq: first + index, siteId, movement, thing });
    }
  }
  return recorded;
}

/** The hash of each recorded movement, in the same order. */
function hashesOf(accepted: readonly Accepted[]): (row: number) => string {
  const hashes = accepted.flatMap(({ read, skip }) => read.hashes.slice(skip));
  return row => hashes[row] ?? "";
}

function classKeys(reads: readonly ReadBatch[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { things } of reads) {
    for (const { kind, classKey } of things) if (kind === "class" || kind === "instance") keys.add(classKey);
  }
  return keys;
}

function tagCodes(movements: readonly Recorded[]): readonly string[] {
  const codes = new Set<string>();
  for (const { movement, thing } of movements) {
    if (thing.kind === "instance" || thing.kind === "unit") codes.add(movement.code);
  }
  return [...codes].sort();
}

function placesOf(
  tags: Iterable<Tag>,
  histories: Iterable<readonly { placeId: number; fromId: number }[]>,
): Set<number> {
  const ids = new Set<number>();
  for (const { placeId } of tags) ids.add(placeId);
  for (const history of histories) {
    for (const { placeId, fromId } of history) ids.add(placeId).add(fromId);
  }
  return ids;
}

function heldCases(held: readonly HeldMovement[]): readonly ExceptionCase[] {
  const cases = new Map<string, ExceptionCase>();
  for (const { recorded, problem, detail } of held) {
    const { siteId, thing } = recorded;
    const name = `${siteId}/${problem}/${thing.classKey}`;
    const count = (cases.get(name)?.count ?? 0) + 1;
    cases.set(name, { siteId, problem, key: thing.classKey, detail, count });
  }
  return [...cases.values()];
}

function ascending(a: number, b: number): number {
  return a - b;
}
