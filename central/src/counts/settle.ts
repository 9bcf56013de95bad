import type { Logger } from "pino";
import { lockCount, readCount } from "../db/counts/counts.ts";
import { type Due, dropMarks, hasDue, readDue, readMarks } from "../db/counts/due.ts";
import { readCountedThings } from "../db/counts/entries.ts";
import { forgetThings, noteThings, readLines, readReasons, readTotals, writeLines } from "../db/counts/lines.ts";
import { forgetObservations } from "../db/counts/observations.ts";
import { anyDiffers, readCountPlaces, writeSettled } from "../db/counts/places.ts";
import type { Client, Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { lockForMovements, recordMovements } from "../record/record-movements.ts";
import { Repeat } from "../repeat.ts";
import { type Adjusted, adjustments, lateThings } from "./adjust.ts";
import { advance } from "./advance.ts";
import { aboveLimits } from "./approval.ts";
import { varianceOf } from "./decide.ts";
import { askForApproval } from "./exceptions.ts";
import { countLimits } from "./limits.ts";
import { type CountLine, eachLines, nameOf } from "./lines.ts";
import { addressOf, type Count, type CountPlace } from "./model.ts";

export interface SettleOptions {
  readonly pool: Pool;
  readonly publish: (commits: readonly SiteCommit[]) => void;
  readonly priceList: string;
  readonly now: () => number;
}

/** Settles places that are due, of one count or of all, at most so many; gives how many there were. */
export async function settleDue(options: SettleOptions, limit: number, countId?: string): Promise<number> {
  const due = await readDue(options.pool, limit, countId);
  for (const each of due) {
    const commits = await transaction(options.pool, client => settlePlace(client, each, options));
    options.publish(commits);
  }
  return due.length;
}

/**
 * Brings stock at a place to what was counted there, as of the place's time: after an approval, or when a late movement has changed what
 * was there then. In one transaction, under the locks of the count and of the site, so that nothing moves between looking and posting.
 */
async function settlePlace(client: Client, due: Due, options: SettleOptions): Promise<readonly SiteCommit[]> {
  await lockCount(client, due.countId);
  const marks = await readMarks(client, due);
  const count = await readCount(client, due.countId);
  const [place] = await readCountPlaces(client, due.countId, { limit: 1, ids: [due.placeId] });
  await dropMarks(client, marks);
  if (count === undefined || place === undefined || !isSettling(count, place)) return [];
  const things = await readCountedThings(client, due.countId, due.placeId);
  await lockForMovements(client, [{ site: count.site, code: "" }, ...things.map(code => ({ site: count.site, code }))]);
  const adjusted = await findAdjustments(client, count, place, options);
  const nowMs = options.now();
  const waits =
    count.state === "approved" || !place.settled ? undefined : aboveLimits(adjusted.variances, count.limits);
  if (waits !== undefined) {
    await writeSettled(client, { ...due, differs: true });
    if (count.state === "posted") await advance(client, count, { step: "differ", actor: null, nowMs });
    await askForApproval(client, count, `a movement came late to ${place.place}, and ${waits}`);
    return [];
  }
  const commits = await post(client, count, adjusted);
  await writeSettled(client, { ...due, differs: adjusted.unresolved > 0 });
  await finish(client, count, nowMs);
  return commits;
}

function isSettling({ state }: Count, { settled, leftOut }: CountPlace): boolean {
  if (leftOut) return false;
  return state === "approved" || (settled && (state === "posted" || state === "differing"));
}

async function findAdjustments(
  client: Client,
  count: Count,
  place: CountPlace,
  options: SettleOptions,
): Promise<Adjusted> {
  const { priceList, now } = options;
  const lines: CountLine[] = [];
  for await (const some of eachLines(client, { countId: count.id, priceList, nowMs: now() }, place.placeId))
    lines.push(...some);
  const pairs = lines.map(({ item }) => ({ placeId: place.placeId, itemId: item.itemId }));
  const before = new Map((await readLines(client, count.id, pairs)).map(line => [nameOf(line), line]));
  const reasons = new Map((await readReasons(client, count.id, pairs)).map(line => [nameOf(line), line.reason]));
  const things = place.settled ? await lateThings(client, count, place) : [];
  return adjustments({ count, place, lines, before, reasons, things, varianceOf });
}

/** Posts what is to be adjusted, and writes down what that proves. */
async function post(client: Client, count: Count, adjusted: Adjusted): Promise<readonly SiteCommit[]> {
  const { movements, lines, things, elsewhere, place } = adjusted;
  const note = { actor: count.approvedBy ?? count.submittedBy ?? count.createdBy, document: addressOf(count.id) };
  const recorded = await recordMovements(client, movements, note);
  if (!recorded.ok)
    throw new Error(`the count ${count.id} cannot be posted at ${place.place}: ${recorded.problem.detail}`);
  await writeLines(client, { countId: count.id, siteId: count.siteId }, lines);
  await noteThings(client, count.id, things);
  await forgetThings(client, { countId: count.id, placeId: place.placeId, codes: elsewhere });
  return recorded.value.commits;
}

/** When no place of an approved count is due any more, it is posted. */
async function finish(client: Client, count: Count, nowMs: number): Promise<void> {
  if (count.state !== "approved" || (await hasDue(client, count.id))) return;
  const totals = await readTotals(client, count.id);
  const data = {
    lines: totals.lines,
    right: totals.right,
    units_found: totals.unitsFound,
    units_lost: totals.unitsLost,
  };
  const posted = await advance(client, count, { step: "post", actor: null, nowMs, data });
  if (!posted.ok || !(await anyDiffers(client, count.id))) return;
  await advance(client, posted.value, { step: "differ", actor: null, nowMs });
  await askForApproval(
    client,
    posted.value,
    "some of its lines cannot be told without serial numbers; count them again",
  );
}

/** Settles what is due, again and again, until it is disposed. Any number of processes may do so at once. */
export function openSettler(options: SettleOptions & { readonly log: Pick<Logger, "warn"> }): AsyncDisposable {
  const { observationsKeptMs, observationsForgottenAtOnce, placesAtOnce, sweepEveryMs, settleEveryMs } = countLimits;
  let sweepMs = 0;
  return new Repeat({
    pass: async () => {
      if ((await settleDue(options, placesAtOnce)) === placesAtOnce) return true;
      if (options.now() - sweepMs > sweepEveryMs) {
        await forgetObservations(options.pool, observationsKeptMs, observationsForgottenAtOnce);
        sweepMs = options.now();
      }
      return false;
    },
    everyMs: settleEveryMs,
    failing: "counts cannot be settled; it is tried again",
    log: options.log,
  });
}
