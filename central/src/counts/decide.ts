import { ok, type Result, refuse } from "@tallygate/protocol";
import { makeDue } from "../db/counts/due.ts";
import { readCounters } from "../db/counts/entries.ts";
import { findItems } from "../db/counts/items.ts";
import { writeReasons } from "../db/counts/lines.ts";
import {
  countAgain,
  endDiffering,
  findPlaces,
  leaveOut,
  readCountPlaces,
  readProgress,
  uncountedPlaces,
} from "../db/counts/places.ts";
import type { Client } from "../db/pool.ts";
import { type Asking, advance, openCount } from "./advance.ts";
import { aboveLimits, mayApprove, type Variance } from "./approval.ts";
import { approvalSettled, askForApproval } from "./exceptions.ts";
import { type CountLine, eachLines } from "./lines.ts";
import type { Count } from "./model.ts";
import { takeWaiting } from "./observe.ts";

/** Begins a count before anything of it is counted. */
export async function startCount(client: Client, id: string, { actor, nowMs, allow }: Asking): Promise<Result<Count>> {
  const count = await openCount(client, id, { allow });
  return count.ok ? advance(client, count.value, { step: "start", actor, nowMs }) : count;
}

/**
 * Hands a count in. What is within its limits is approved at once, the rest waits for somebody who did not count. Refuses
 * `count.incomplete` while places were not counted, unless `partial` leaves them out, and `count.serial_needed` and `count.no_code`
 * where a line cannot be posted as it is.
 */
export async function submitCount(
  client: Client,
  id: string,
  { partial, priceList }: { readonly partial: boolean; readonly priceList: string },
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  const opened = await openCount(client, id, { allow });
  if (!opened.ok) return opened;
  if (opened.value.state === "counting") {
    // What nobody knew when it was counted may have an item by now.
    await takeWaiting(client, opened.value, { sinceMs: Date.parse(opened.value.createdAt), actor, nowMs });
    const incomplete = await findIncomplete(client, opened.value, partial);
    if (!incomplete.ok) return incomplete;
  }
  await leaveOut(client, id);
  const submitted = await advance(client, opened.value, { step: "submit", actor, nowMs });
  if (!submitted.ok) return submitted;
  const variances = await readVariances(client, submitted.value, { priceList, nowMs });
  if (!variances.ok) return variances;
  const why = aboveLimits(variances.value, submitted.value.limits);
  if (why !== undefined) {
    await askForApproval(client, submitted.value, why);
    return submitted;
  }
  await makeDue(client, id);
  return advance(client, submitted.value, { step: "approve", actor: null, nowMs });
}

async function findIncomplete(client: Client, { id }: Count, partial: boolean): Promise<Result<undefined>> {
  const missing = await uncountedPlaces(client, id, 11);
  if (missing.length === 0) return ok(undefined);
  const { counted } = await readProgress(client, id);
  if (partial && counted > 0) return ok(undefined);
  const named = missing.slice(0, 10).join(", ") + (missing.length > 10 ? " and more" : "");
  const todo = counted === 0 ? "count something first" : "count them, say that they are done, or submit with partial";
  return refuse("count.incomplete", `Not counted yet: ${named}; ${todo}.`);
}

async function readVariances(
  client: Client,
  count: Count,
  { priceList, nowMs }: { readonly priceList: string; readonly nowMs: number },
): Promise<Result<readonly Variance[]>> {
  const variances: Variance[] = [];
  for await (const lines of eachLines(client, { countId: count.id, priceList, nowMs })) {
    for (const line of lines) {
      const fault = faultOf(line);
      if (fault !== undefined) return fault;
      variances.push(varianceOf(line));
    }
  }
  return ok(variances);
}

/** Why a line cannot be posted. */
function faultOf({ item, place, unresolved, classes }: CountLine) {
  if (unresolved) {
    const detail = `${item.sku} at ${place.place}: some were counted without a serial number, and some with one were not found; count it again by serial numbers.`;
    return refuse("count.serial_needed", detail);
  }
  if (classes.length === 0 || item.classKey !== undefined) return undefined;
  return refuse(
    "count.no_code",
    `${item.sku} at ${place.place} differs, but has no code of a single unit: give it one.`,
  );
}

export function varianceOf({ expected, variance, item }: CountLine): Variance {
  return { expected, variance, price: item.price };
}

export interface GivenReason {
  readonly place: string;
  readonly sku: string;
  readonly reason: string;
}

/**
 * Approves a count that was handed in, or the correction that a late movement made necessary; stock follows. Refuses `count.four_eyes`
 * to whoever counted or handed in.
 */
export async function approveCount(
  client: Client,
  id: string,
  { reasons, remark }: { readonly reasons: readonly GivenReason[]; readonly remark: string | undefined },
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  const opened = await openCount(client, id, { allow });
  if (!opened.ok) return opened;
  const count = opened.value;
  const counters = [...(await readCounters(client, id)), ...(count.submittedBy === null ? [] : [count.submittedBy])];
  if (!mayApprove(actor, counters)) {
    return refuse("count.four_eyes", `${actor} counted, or handed the count in: somebody else must approve it.`);
  }
  const approved = await advance(client, count, { step: "approve", actor, nowMs, remark });
  if (!approved.ok) return approved;
  const given = await findLines(client, count, reasons, "reasons");
  if (!given.ok) return given;
  await writeReasons(
    client,
    id,
    given.value.map(({ placeId, itemId }, index) => {
      return { placeId, itemId: itemId ?? 0, reason: reasons[index]?.reason ?? "unknown" };
    }),
  );
  if (count.state === "differing") await endDiffering(client, id, true);
  else await makeDue(client, id);
  await approvalSettled(client, count);
  return approved;
}

/** Rejects a count; after it was posted, only that stock follows it any further. */
export async function rejectCount(
  client: Client,
  id: string,
  remark: string,
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  const opened = await openCount(client, id, { allow });
  if (!opened.ok) return opened;
  const rejected = await advance(client, opened.value, { step: "reject", actor, nowMs, remark });
  if (!rejected.ok) return rejected;
  if (opened.value.state === "differing") await endDiffering(client, id, false);
  await approvalSettled(client, opened.value);
  return rejected;
}

export async function cancelCount(
  client: Client,
  id: string,
  remark: string | undefined,
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  const opened = await openCount(client, id, { allow });
  if (!opened.ok) return opened;
  const cancelled = await advance(client, opened.value, { step: "cancel", actor, nowMs, remark });
  if (cancelled.ok) await approvalSettled(client, opened.value);
  return cancelled;
}

/** Has lines, or whole places, counted once more: what was found there before does not count. */
export async function recount(
  client: Client,
  id: string,
  lines: readonly { readonly place: string; readonly sku?: string | undefined }[],
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  const opened = await openCount(client, id, { allow });
  if (!opened.ok) return opened;
  const again = await advance(client, opened.value, { step: "recount", actor, nowMs, data: { lines: lines.length } });
  if (!again.ok) return again;
  const found = await findLines(client, opened.value, lines, "lines");
  if (!found.ok) return found;
  const placeIds = found.value.map(({ placeId }) => placeId);
  await countAgain(client, id, { placeIds, itemIds: found.value.map(({ itemId }) => itemId), nowMs });
  await approvalSettled(client, opened.value);
  return again;
}

/** The places and items that lines name; the item is null for a whole place. */
async function findLines(
  client: Client,
  count: Count,
  lines: readonly { readonly place: string; readonly sku?: string | undefined }[],
  field: string,
): Promise<Result<readonly { readonly placeId: number; readonly itemId: number | null }[]>> {
  const places = await findPlaces(
    client,
    count.siteId,
    lines.map(({ place }) => place),
  );
  const ids = [...places.values()].map(({ id }) => id);
  const own = new Set(
    (await readCountPlaces(client, count.id, { limit: ids.length, ids })).map(({ placeId }) => placeId),
  );
  const items = await findItems(
    client,
    lines.flatMap(({ sku }) => sku ?? []),
  );
  const found: { placeId: number; itemId: number | null }[] = [];
  for (const [index, { place, sku }] of lines.entries()) {
    const placeId = places.get(place)?.id;
    const at = `body.${field}[${index}]`;
    if (placeId === undefined)
      return refuse("place.unknown", `The site ${count.site} has no place ${place}.`, { at: `${at}.place` });
    if (!own.has(placeId))
      return refuse("count.out_of_scope", `${place} is no place of this count.`, { at: `${at}.place` });
    const item = sku === undefined ? undefined : items.get(sku);
    if (sku !== undefined && item === undefined)
      return refuse("item.unknown", `There is no item ${sku}.`, { at: `${at}.sku` });
    found.push({ placeId, itemId: item?.id ?? null });
  }
  return ok(found);
}
