import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tamper } from "../audit/testing.ts";
import { verify } from "../audit/verify.ts";
import { start } from "../audit/walk.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { TestEdge } from "./testing.ts";
import { openTestLedger, type TestLedger } from "./testing-ledger.ts";

const gtin = "(01)09506000134352";
const lot = (name: string) => `${gtin}(10)${name}`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const audit = (ledger: TestLedger) =>
  verify(ledger.pool, { from: start, rowsMax: Number.POSITIVE_INFINITY, deadlineMs: 60_000 });

/** `"dock B7": [on hand]` of each lot, and `"dock": [on hand, blocked]` of each level. */
async function told(ledger: TestLedger) {
  const lots = await ledger.rows<{ at: string; on_hand: number }>(
    "select place.code || ' ' || lot as at, on_hand from lot_stock join place on place.id = place_id where not outside",
  );
  const levels = await ledger.rows<{ at: string; on_hand: number; blocked: number }>(
    "select place.code as at, on_hand, blocked from stock join place on place.id = place_id where not outside",
  );
  return Object.fromEntries([
    ...lots.map(({ at, on_hand }) => [at, [on_hand]]),
    ...levels.map(({ at, on_hand, blocked }) => [at, [on_hand, blocked]]),
  ]);
}

describe("lots", () => {
  test("are summed with the postings of the codes that name them", async () => {
    await using ledger = await openTestLedger(server);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: lot("EARLY"), quantity: 3 }));
    await ledger.bind("OAT", gtin);
    await ledger.apply(
      edge.record(
        { code: lot("B7"), quantity: 10 },
        { code: gtin, quantity: 5 },
        { code: lot("B7"), quantity: 4, from: "dock", to: "shelf" },
        { code: lot("A(1)".replaceAll("(", "\\(")), quantity: 2 },
        { code: `${gtin}(21)S-1` },
      ),
    );
    expect(await told(ledger)).toEqual({
      ...{ "dock EARLY": [3], "dock B7": [6], "shelf B7": [4], "dock A(1)": [2] },
      ...{ dock: [17, 0], shelf: [4, 0] },
    });
    expect(await ledger.rows("select lot from lot order by lot")).toEqual([
      { lot: "A(1)" },
      { lot: "B7" },
      { lot: "EARLY" },
    ]);
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("that are blocked block what is there of them, wherever it goes", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: lot("B7") }));
    await ledger.pool.query("update lot set status = 'blocked'; update stock set blocked = 1 where on_hand = 1");
    await ledger.apply(edge.record({ code: lot("B7"), quantity: 9 }, { code: lot("OK"), quantity: 5 }));
    expect(await told(ledger)).toMatchObject({ dock: [15, 10] });
    await ledger.apply(edge.record({ code: lot("B7"), quantity: 4, from: "dock", to: "shelf" }));
    expect(await told(ledger)).toMatchObject({ dock: [11, 6], shelf: [4, 4] });
    await ledger.apply(edge.record({ code: lot("B7"), from: "dock", to: "loss" }, { code: lot("OK"), quantity: 1 }));
    expect(await told(ledger)).toMatchObject({ dock: [11, 5] });
    await ledger.apply(edge.record({ code: lot("B7"), quantity: 8, from: "dock", to: "loss" }));
    expect(await told(ledger)).toMatchObject({ "dock B7": [-3], dock: [3, 0] });
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });
});

test("what is at a place that is not available is blocked, and less than nothing blocks nothing", async () => {
  await using ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  const edge = new TestEdge("lyon");
  await ledger.apply(edge.record({ code: gtin, quantity: 10 }, { code: gtin, to: "quarantine" }));
  await ledger.pool.query(
    "update place set available = false where code = 'quarantine'; update stock set blocked = 1 where on_hand = 1",
  );
  await ledger.apply(edge.record({ code: gtin, quantity: 4, from: "dock", to: "quarantine" }));
  expect(await told(ledger)).toEqual({ dock: [6, 0], quarantine: [5, 5] });
  await ledger.apply(edge.record({ code: gtin, quantity: 7, from: "quarantine", to: "loss" }));
  expect(await told(ledger)).toEqual({ dock: [6, 0], quarantine: [-2, 0] });
  expect(await audit(ledger)).toMatchObject({ fault: undefined });
});

test.each([
  [
    "a lot's changed quantity",
    "update lot_stock set on_hand = on_hand + 1 where lot = 'B7'",
    /OAT, lot B7, at .*add up to/,
  ],
  ["a lot's removed quantity", "delete from lot_stock where lot = 'B7'", /OAT, lot B7, at .*nothing/],
  [
    "an invented lot",
    "insert into lot_stock select item_id, place_id, 'X', site_id, 5 from lot_stock limit 1",
    /lot X/,
  ],
  ["what is blocked", "update stock set blocked = 3 where on_hand = 10", /3 are blocked/],
])("an audit finds %s", async (_, sql, detail) => {
  await using ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  await ledger.apply(new TestEdge("lyon").record({ code: lot("B7"), quantity: 10 }));
  await tamper(ledger, sql);
  expect(await audit(ledger)).toMatchObject({ fault: { kind: "balance", detail: expect.stringMatching(detail) } });
});

describe("labels that say when their lot ends", () => {
  const ends = (ledger: TestLedger) =>
    ledger.rows("select lot, expires_on::text from lot where expires_on is not null order by lot");
  const open = (ledger: TestLedger) =>
    ledger.rows("select problem, key, count from exception where state = 'open' order by id");

  test("are believed where nothing is known, once, and the trail tells who said so", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const edge = new TestEdge("lyon");
    const batch = edge.record(
      { code: lot("B7"), quantity: 3, expiresOn: "2027-03-01" },
      { code: `${gtin}(21)S-1`, lot: "C8", expiresOn: "2027-04-01" },
      { code: lot("D9"), quantity: 1 },
      { code: "code:nobody", expiresOn: "2027-05-01", lot: "E" },
      { code: gtin, expiresOn: "2027-05-01" },
    );
    await ledger.apply(batch, batch);
    await ledger.apply(edge.record({ code: lot("B7"), expiresOn: "2027-03-01" }));
    expect(await ends(ledger)).toEqual([
      { lot: "B7", expires_on: "2027-03-01" },
      { lot: "C8", expires_on: "2027-04-01" },
    ]);
    expect(await ledger.rows("select actor, action, resource, after from api_change order by resource")).toEqual([
      ...[["B7", "2027-03-01"] as const, ["C8", "2027-04-01"] as const].map(([name, day]) => ({
        ...{ actor: "central", action: "lot.set", resource: `/v1/lots/OAT/${name}` },
        after: { expires_on: day, said_by: "label" },
      })),
    ]);
    expect(await open(ledger)).toEqual([{ problem: "movement.code_unknown", key: "code:nobody", count: 1 }]);
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("change nothing that is known, and a person is told of each that says another day", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    const says = (expiresOn: string) => ({ code: lot("B7"), expiresOn });
    await ledger.apply(lyon.record(says("2027-03-01"), says("2027-03-02")));
    await ledger.apply(oslo.record(says("2027-03-03")));
    expect(await ends(ledger)).toEqual([{ lot: "B7", expires_on: "2027-03-01" }]);
    expect(await open(ledger)).toEqual([
      { problem: "lot.expiry", key: "OAT B7", count: 1 },
      { problem: "lot.expiry", key: "OAT B7", count: 1 },
    ]);
    expect(await ledger.stock("OAT")).toMatchObject({ "dock@lyon": 2, "dock@oslo": 1 });
  });
});
