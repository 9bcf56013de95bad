import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProjectedRow } from "../db/queries/projector.ts";
import { projectorLimits } from "./limits.ts";
import { pointOf } from "./point.ts";

const row: ProjectedRow = {
  epoch_id: 1,
  seq: 1,
  site: "lyon",
  biz_step: "receiving",
  from: "supplier",
  to: "dock-1",
  item_id: 7,
  sku: "OAT 1,L=x",
  quantity: 12,
  event_time_ms: 1_795_426_200_000,
};

const lineOf = (over: Partial<ProjectedRow>) => pointOf({ ...row, ...over })?.toLineProtocol();
const timeOf = (over: Partial<ProjectedRow>) => lineOf(over)?.split(" ").at(-1);

describe("the point of a ledger row", () => {
  test("has the movement's tags and sums, and its time to the millisecond", () => {
    expect(lineOf({})).toBe(
      "movement,biz_step=receiving,from=supplier,site=lyon,sku=OAT\\ 1\\,L\\=x,to=dock-1 count=1i,quantity=12i 1795426200000618034",
    );
  });

  test("is the same for the same row, and lies in the millisecond of its event", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        (epoch_id, seq) => {
          const time = timeOf({ epoch_id, seq });
          expect(time).toBe(timeOf({ epoch_id, seq }));
          expect(time).toMatch(/^1795426200000\d{6}$/);
        },
      ),
    );
  });

  test("differs from that of every other row in one millisecond of its epoch, and of the epochs beside it", () => {
    const times = new Set<string | undefined>();
    for (let epoch_id = 400; epoch_id < 408; epoch_id++) {
      for (let seq = 1; seq <= 5_000; seq++) times.add(timeOf({ epoch_id, seq }));
    }
    expect(times.size).toBe(8 * 5_000);
  });

  test("has no SKU as a tag for rows without an item, and one for all items above the limit", () => {
    expect(lineOf({ item_id: null, sku: null })).toContain(",sku=none,");
    expect(lineOf({ item_id: projectorLimits.skuTagsMax })).toContain(",sku=OAT");
    expect(lineOf({ item_id: projectorLimits.skuTagsMax + 1 })).toContain(",sku=other,");
  });

  test("is left out where InfluxDB cannot hold its time", () => {
    expect(pointOf({ ...row, event_time_ms: Date.UTC(2262, 3, 12) })).toBeUndefined();
    expect(pointOf({ ...row, event_time_ms: Date.UTC(2262, 3, 11) })).toBeDefined();
    expect(pointOf({ ...row, event_time_ms: 253_402_300_799_999 })).toBeUndefined();
    expect(timeOf({ event_time_ms: 0, epoch_id: 1_000_000, seq: 1 })).toBe("0000001");
  });
});
