import { recountAfter } from "../counts/recount-after.ts";
import {
  type LaterMovement,
  moveCursors,
  readLater,
  readStretches,
  type Stretch,
  takeLater,
} from "../db/follow/cursors.ts";
import { markMoved, queueLevels } from "../db/follow/levels.ts";
import { lockVersions } from "../db/follow/lines.ts";
import { readMoved, readSitesWithDocuments } from "../db/follow/moved.ts";
import { deleteCounted, insertCounted, insertReversed, insertUnexpected } from "../db/follow/traces.ts";
import { queueUnits } from "../db/follow/units.ts";
import type { Client, Pool } from "../db/pool.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import { isConflict, isUnavailable, Outdated, transaction } from "../db/transaction.ts";
import { recordProgress } from "../documents/progress.ts";
import { openExceptions } from "../exceptions/open.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { checkReorderPoints } from "../places/reorder.ts";
import type { Names } from "../reservations/names.ts";
import { takeHolds } from "../reservations/take-holds.ts";
import { readKnown } from "./known.ts";
import { followLimits } from "./limits.ts";
import { exceptionsOf } from "./misfits.ts";
import type { Moved } from "./model.ts";
import { type Matched, match } from "./rule.ts";

/** What a pass follows. */
export interface Followed {
  readonly stretches: readonly Stretch[];
  readonly later: readonly LaterMovement[];
}

/** What came of a pass. */
export interface PassResult {
  readonly movements: number;
  readonly matched: readonly Matched["matches"][number]["why"][];
  readonly misfits: readonly Matched["misfits"][number]["problem"][];
  /** Movements that could not be followed. */
  readonly failed: number;
  /** When the last of them was recorded. */
  readonly recordedMs: number | undefined;
  readonly more: boolean;
}

export interface PassOptions {
  readonly pool: Pool;
  readonly names: Names;
  readonly log: { error(fields: object, message: string): void };
  readonly passMovements?: number;
}

const nothing: PassResult = { movements: 0, matched: [], misfits: [], failed: 0, recordedMs: undefined, more: false };

/**
 * Follows the next movements, in one transaction with the cursors: marks the levels that they changed, finds their documents, carries
 * these on and lets the holds go. What fails for a reason of its own is tried in halves, until the movement that fails stands alone; it
 * is told to a person and passed over, and the rest is followed.
 */
export async function followNext(options: PassOptions): Promise<PassResult> {
  const { stretches, recordedMs, more } = await readStretches(
    options.pool,
    options.passMovements ?? followLimits.passMovements,
  );
  const later = await readLater(options.pool, followLimits.laterMax);
  if (stretches.length + later.length === 0) return nothing;
  const done = await follow(options, { stretches, later });
  return { ...done, recordedMs, more: more || later.length === followLimits.laterMax };
}

async function follow(options: PassOptions, followed: Followed): Promise<PassResult> {
  try {
    return await transaction(
      options.pool,
      client => followInTransaction(client, options, followed),
      `begin; ${byIndexOnly}`,
    );
  } catch (error) {
    if (isUnavailable(error) || isConflict(error)) throw error;
    return followApart(options, followed, error);
  }
}

async function followApart(options: PassOptions, followed: Followed, error: unknown): Promise<PassResult> {
  const halves = halved(followed);
  if (halves === undefined) return passOver(options, followed, error);
  const [before, after] = [await follow(options, halves[0]), await follow(options, halves[1])];
  return {
    ...nothing,
    movements: before.movements + after.movements,
    matched: [...before.matched, ...after.matched],
    misfits: [...before.misfits, ...after.misfits],
    failed: before.failed + after.failed,
  };
}

/** Undefined for a single movement. */
function halved({ stretches, later }: Followed): readonly [Followed, Followed] | undefined {
  const [only, second] = stretches;
  if (only !== undefined && later.length > 0) {
    return [
      { stretches, later: [] },
      { stretches: [], later },
    ];
  }
  if (second !== undefined || later.length > 1) {
    const [ofStretches, ofLater] = [stretches.length >>> 1, later.length >>> 1];
    return [
      { stretches: stretches.slice(0, ofStretches), later: later.slice(0, ofLater) },
      { stretches: stretches.slice(ofStretches), later: later.slice(ofLater) },
    ];
  }
  if (only === undefined || only.upto - only.after === 1) return undefined;
  const middle = only.after + Math.floor((only.upto - only.after) / 2);
  return [
    { stretches: [{ ...only, upto: middle }], later },
    { stretches: [{ ...only, after: middle }], later },
  ];
}

/** The ledger has the movement whatever becomes of what follows from it. */
async function passOver({ pool, names, log }: PassOptions, followed: Followed, error: unknown): Promise<PassResult> {
  const [movement] = [
    ...followed.stretches.map(({ siteId, epochId, upto: seq }) => ({ siteId, epochId, seq })),
    ...followed.later,
  ];
  if (movement === undefined) throw error;
  const { siteId, epochId, seq } = movement;
  log.error(
    { err: error, code: "internal", epochId, seq },
    "what follows from a movement fails; it is in the exceptions",
  );
  await transaction(pool, async client => {
    await moveCursors(client, followed.stretches);
    await takeLater(client, followed.later);
    await names.directory.ensureSitesById(client, [siteId]);
    const detail = `The movement ${seq} of the epoch number ${epochId} is in the ledger, but what follows from it fails: ${String(error)}`;
    const raised = {
      siteId,
      problem: "internal",
      key: `follow ${epochId}/${seq}`,
      detail: detail.slice(0, 1000),
      count: 1,
    } as const;
    await openExceptions(client, [raised]);
  });
  return { ...nothing, movements: 1, failed: 1 };
}

/** Locks are taken in the one order: cursors, documents by id, reservations by id, levels, exceptions. */
async function followInTransaction(client: Client, { names }: PassOptions, followed: Followed): Promise<PassResult> {
  const { stretches, later } = followed;
  await moveCursors(client, stretches);
  await takeLater(client, later);
  const reached = await markMoved(client, followed);
  await queueUnits(client, stretches);
  await recountAfter(client, followed);
  const movements = later.length + stretches.reduce((sum, { after, upto }) => sum + upto - after, 0);
  const siteIds = await readSitesWithDocuments(client, [
    ...new Set([...stretches, ...later].map(({ siteId }) => siteId)),
  ]);
  const moved = siteIds.length === 0 ? [] : await readMoved(client, { stretches, later, siteIds });
  const nowMs = await readNowMs(client);
  const matched = await matchLocked(client, moved);
  await write(client, matched, { names, nowMs });
  await checkReorderPoints(client, reached, nowMs);
  return {
    ...nothing,
    movements,
    matched: matched.matches.map(({ why }) => why),
    misfits: matched.misfits.map(({ problem }) => problem),
  };
}

/** Decides on what was read, and then locks what was decided on: when a document has changed in between, the pass is run again. */
async function matchLocked(client: Client, moved: readonly Moved[]): Promise<Matched> {
  if (moved.length === 0) return nothingMatched;
  const known = await readKnown(client, moved);
  const matched = match(moved, known);
  const versions = await lockVersions(client, [...new Set(matched.matches.map(({ documentId }) => documentId))]);
  for (const [id, version] of versions) {
    if (known.versions.get(id) !== version) throw new Outdated("a document has changed while movements were matched");
  }
  return matched;
}

const nothingMatched: Matched = { matches: [], misfits: [], holds: [], counted: [], uncounted: [], reversed: [] };

async function write(
  client: Client,
  matched: Matched,
  { names, nowMs }: { readonly names: Names; readonly nowMs: number },
): Promise<void> {
  const { matches, misfits, holds } = matched;
  await recordProgress(
    client,
    matches.map(({ moved, ...rest }) => ({ ...rest, ...moved })),
    nowMs,
  );
  await insertReversed(client, matched.reversed);
  await deleteCounted(client, matched.uncounted);
  await insertCounted(client, matched.counted);
  await insertUnexpected(
    client,
    misfits.flatMap(({ problem, list, moved }) =>
      problem === "document.unexpected" && list !== undefined ? [{ listId: list.id, moved }] : [],
    ),
  );
  await takeHolds(client, holds, { names, nowMs });
  await queueLevels(
    client,
    holds.flatMap(({ itemId, toPlaceId }) => (toPlaceId === undefined ? [] : [{ itemId, placeId: toPlaceId }])),
  );
  await openExceptions(client, await exceptionsOf(client, misfits, names.directory));
}
