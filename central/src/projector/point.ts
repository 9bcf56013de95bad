import { Point } from "@influxdata/influxdb-client";
import type { ProjectedRow } from "../db/queries/projector.ts";
import { projectorLimits } from "./limits.ts";

/** The measurement that all movements are drawn in. */
export const measurement = "movement";

/** What InfluxDB can hold: signed 64-bit nanoseconds since 1970, and we draw nothing before that. */
const latestMs = 9_223_372_036_854;

const nanosecondsPerMs = 1_000_000;

/** Odd, no multiple of 5, and near the golden ratio of a million: epochs that follow each other lie far apart. */
const epochStride = 618_033;

/**
 * The point of a ledger row: always the same for the same row, and another one for each other row. InfluxDB keeps one point for a
 * time and set of tags, and our times have whole milliseconds; so the nanoseconds below carry the sequence, and the epoch shifts it.
 * Two rows of one epoch meet only if a million rows lie between them in one millisecond.
 *
 * Undefined when the row's time is beyond what InfluxDB can hold (after the year 2262).
 */
export function pointOf(row: ProjectedRow): Point | undefined {
  if (row.event_time_ms < 0 || row.event_time_ms >= latestMs) return undefined;
  return new Point(measurement)
    .tag("site", row.site)
    .tag("biz_step", row.biz_step)
    .tag("from", row.from)
    .tag("to", row.to)
    .tag("sku", skuTag(row))
    .intField("quantity", row.quantity)
    .intField("count", 1)
    .timestamp(timeOf(row));
}

/** `none` for what was recorded without an item; a code that is bound later does not change the point. */
function skuTag({ item_id, sku }: ProjectedRow): string {
  if (item_id === null || sku === null) return "none";
  return item_id <= projectorLimits.skuTagsMax ? sku : "other";
}

function timeOf({ epoch_id, seq, event_time_ms }: ProjectedRow): string {
  // Each factor is reduced first: the product stays below 2^53.
  const shift = (epoch_id % nanosecondsPerMs) * epochStride;
  const nanoseconds = (shift + (seq % nanosecondsPerMs)) % nanosecondsPerMs;
  return `${event_time_ms}${String(nanoseconds).padStart(6, "0")}`;
}
