import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import type { Document } from "../documents/model.ts";
import { documentOf } from "../documents/testing.ts";
import { type Given, TestEdge } from "../ingest/testing.ts";
import { type FollowedLedger, followAll, oat, openFollowedLedger } from "./testing.ts";

const sscc = "(00)095060001343519998";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

let clock = Date.now();
const moved = (from: string, to: string, given: Given = {}): Given => {
  clock += 1_000;
  return { code: sscc, quantity: 1, from, to, eventTimeMs: clock, bizStep: "receiving", ...given };
};
const thing = (serial: string) => `${oat}(21)${serial}`;

/** A notice of five units in line 1, of which the pallet has two with serial numbers and three without. */
async function announced(ledger: FollowedLedger, site = "lyon"): Promise<Document> {
  const notice = await ledger.document({ kind: "shipment", site, lines: [{ sku: "OAT", quantity: 5 }] });
  await ledger.pool.query("insert into document_unit (document_id, code) values ($1, $2)", [notice.id, sscc]);
  await ledger.pool.query(
    `insert into document_unit_content (document_id, code, position, line, item_id, quantity, serial_code)
     select $1, $2, position, 1, item.id, quantity, serial from item,
       unnest(array[1, 2, 3], array[1, 1, 3], array[$3, $4, null]) as content (position, quantity, serial) where sku = 'OAT'`,
    [notice.id, sscc, thing("A"), thing("B")],
  );
  return notice;
}

async function stock(ledger: FollowedLedger): Promise<Record<string, number>> {
  const { "shelf@lyon": shelf = 0, "dock@lyon": dock = 0, ...rest } = await ledger.stock("OAT");
  const { "supplier@lyon": _, ...others } = rest;
  return { ...others, shelf: shelf - 100, dock: dock - 20 };
}

describe("what was announced in a logistic unit", () => {
  test("comes with it, once, and goes where it goes", async () => {
    await using ledger = await openFollowedLedger(server);
    const notice = await announced(ledger);
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock"), moved("supplier", "dock")));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 5, shelf: 0 });
    expect(await ledger.matches(notice)).toEqual(["1 done 1 unit", "1 done 1 unit", "1 done 3 unit"]);
    expect((await documentOf(ledger.pool, notice.id)).state).toBe("received");
    await ledger.apply(ledger.lyon.record(moved("dock", "shelf", { bizStep: "storing" })));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 0, shelf: 5 });
    const order = await ledger.order(5);
    await ledger.apply(ledger.lyon.record(moved("shelf", "customer", { bizStep: "shipping" })));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 0, shelf: 0, "customer@lyon": 5 });
    expect((await documentOf(ledger.pool, order.id)).state).toBe("shipped");
    expect(await ledger.open()).toEqual([]);
  });

  test("is told why it moved, and its movements are chained like any others", async () => {
    await using ledger = await openFollowedLedger(server);
    await announced(ledger);
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock")));
    await followAll(ledger.pool);
    expect(
      await ledger.rows(
        "select distinct actor, reason, read_point, cause from movement_note join movement using (epoch_id, seq)",
      ),
    ).toEqual([{ actor: "system:units", reason: `in the unit ${sscc}`, read_point: "dock-1/1", cause: "order" }]);
    expect(await ledger.count("unit_movement")).toBe(3);
  });

  test("and is read one by one besides, counts once where it has a serial number, and is too much where it has none", async () => {
    await using ledger = await openFollowedLedger(server);
    const notice = await announced(ledger);
    const [a, b] = [moved("supplier", "dock", { code: thing("A") }), moved("supplier", "dock", { code: thing("B") })];
    await ledger.apply(ledger.lyon.record(a, moved("supplier", "dock")));
    await followAll(ledger.pool);
    await ledger.apply(ledger.lyon.record({ ...b, eventTimeMs: clock + 1 }));
    await followAll(ledger.pool);
    expect((await documentOf(ledger.pool, notice.id)).lines).toMatchObject([{ done: 5 }]);
    expect(await stock(ledger)).toEqual({ dock: 5, shelf: 0 });
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock", { code: oat, quantity: 3 })));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual([`document.over shipment ${notice.number} OAT 1`]);
    expect(await stock(ledger)).toEqual({ dock: 8, shelf: 0 });
  });

  test("counts once though a thing of it was read earlier and is heard of later", async () => {
    await using ledger = await openFollowedLedger(server);
    const notice = await announced(ledger);
    const early = moved("supplier", "dock", { code: thing("B") });
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock")));
    await followAll(ledger.pool);
    await ledger.apply(ledger.lyon.record(early));
    await followAll(ledger.pool);
    expect((await documentOf(ledger.pool, notice.id)).lines).toMatchObject([{ done: 5 }]);
    expect(await stock(ledger)).toEqual({ dock: 5, shelf: 0 });
  });

  test("is in it no more once it was seen elsewhere on its own", async () => {
    await using ledger = await openFollowedLedger(server);
    await announced(ledger);
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock")));
    await followAll(ledger.pool);
    await ledger.apply(
      ledger.lyon.record(
        moved("dock", "bin-7", { code: thing("A"), bizStep: "storing" }),
        moved("dock", "shelf", { bizStep: "storing" }),
      ),
    );
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 0, shelf: 4, "bin-7@lyon": 1 });
    expect(await ledger.rows("select code, quantity from unit_content order by 1")).toEqual([
      { code: oat, quantity: 3 },
      { code: thing("B"), quantity: 1 },
    ]);
  });

  test("changes nothing by a movement of its unit that is older than the last", async () => {
    await using ledger = await openFollowedLedger(server);
    await announced(ledger);
    const late = moved("dock", "bin-7", { bizStep: "storing" });
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock"), late));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 5, shelf: 0 });
  });

  test("goes to another site through transit, whichever readings were missed", async () => {
    await using ledger = await openFollowedLedger(server);
    await announced(ledger);
    const oslo = new TestEdge("oslo");
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock")));
    await followAll(ledger.pool);
    await ledger.apply(oslo.record(moved("transit", "hall", { bizStep: "arriving" })));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toMatchObject({ dock: 0, "hall@oslo": 5 });
    const sums = await ledger.rows("select sum(on_hand)::integer as sum from stock");
    expect(sums).toEqual([{ sum: 0 }]);
  });

  test("that cannot move is told to a person, and the rest moves", async () => {
    await using ledger = await openFollowedLedger(server);
    await announced(ledger);
    await ledger.pool.query("update document_unit_content set serial_code = 'epc:00' where position = 1");
    await ledger.apply(ledger.lyon.record(moved("supplier", "dock")));
    await followAll(ledger.pool);
    expect(await stock(ledger)).toEqual({ dock: 4, shelf: 0 });
    expect(await ledger.open()).toEqual([`document.contents ${sscc} 1`]);
  });
});
