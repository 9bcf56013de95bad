import { centralEpoch, type Problem } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verify } from "../audit/verify.ts";
import { start } from "../audit/walk.ts";
import { readLevelsPage } from "../db/ledger/site-state.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { received, TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { type CentralMovement, lockForMovements, recordMovements } from "./record-movements.ts";

const gtin = "(01)09506000134352";
const tag = `${gtin}(21)1`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A movement as a person asks for it, as far as it differs from ten taken from the dock to the shelf at Lyon. */
function asked(given: Partial<CentralMovement> = {}): CentralMovement {
  const usual = { site: "lyon", code: gtin, quantity: 10, from: "dock", to: "shelf" };
  return { ...usual, bizStep: "storing", cause: "person", eventTimeMs: 2_000_000, ...given };
}

const maria = { actor: "person:maria", reason: "shelf was empty", document: undefined };

/** The first row of the whole ledger that disagrees. */
function audit(ledger: TestLedger) {
  return verify(ledger.pool, { from: start, rowsMax: Number.POSITIVE_INFINITY, deadlineMs: 60_000 });
}

function record(ledger: TestLedger, movements: readonly CentralMovement[], note = maria) {
  return transaction(ledger.pool, client => recordMovements(client, movements, note));
}

/** A ledger with 100 at Lyon's dock, 100 at Oslo's, a tag at Lyon's dock, and a shelf at each. */
async function openStocked(): Promise<TestLedger & { readonly lyon: TestEdge; readonly oslo: TestEdge }> {
  const ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
  await ledger.apply(
    lyon.record({ code: gtin, quantity: 101 }, { code: gtin, from: "dock", to: "shelf" }, { code: tag }),
    oslo.record({ code: gtin, quantity: 101 }, { code: gtin, from: "dock", to: "shelf" }),
  );
  return Object.assign(ledger, { lyon, oslo });
}

describe("the centre's own movements", () => {
  test("are posted, chained in the site's own epoch at the centre, and told without a cursor", async () => {
    await using ledger = await openStocked();
    const first = await record(ledger, [asked(), asked({ code: tag, quantity: 1 })]);
    const second = await record(ledger, [asked({ quantity: 5, to: "loss" })]);
    expect(first).toMatchObject({
      value: {
        ids: [
          { site: "lyon", epoch: centralEpoch, seq: 1 },
          { site: "lyon", epoch: centralEpoch, seq: 2 },
        ],
        commits: [{ site: "lyon", version: 2, cursors: [], levels: [{ onHand: 90 }, { onHand: 12 }] }],
      },
    });
    expect(second).toMatchObject({ value: { ids: [{ seq: 3 }], commits: [{ version: 3 }] } });
    expect(await ledger.stock("OAT")).toMatchObject({ "dock@lyon": 85, "shelf@lyon": 12, "loss@lyon": 5 });
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("go to many sites at once, in the order given, each chain its own", async () => {
    await using ledger = await openStocked();
    const movements = Array.from({ length: 200 }, (_, index) =>
      asked({ site: index % 2 === 0 ? "oslo" : "lyon", quantity: 1, eventTimeMs: 2_000_000 + index }),
    );
    const done = await record(ledger, movements);
    expect(done.ok && done.value.ids.map(({ site, seq }) => `${site} ${seq}`)).toEqual(
      movements.map(({ site }, index) => `${site} ${Math.floor(index / 2) + 1}`),
    );
    expect(await ledger.stock("OAT")).toMatchObject({ "shelf@lyon": 101, "shelf@oslo": 101 });
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("take a thing from where the ledger has it, also from another site, and both are told", async () => {
    await using ledger = await openStocked();
    const done = await record(ledger, [asked({ site: "oslo", code: tag, quantity: 1, from: "dock", to: "shelf" })]);
    expect(done).toMatchObject({
      value: { commits: [{ site: "lyon", levels: [{ place: "dock", onHand: 100 }] }, { site: "oslo" }] },
    });
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("that come late change history and not today (I9)", async () => {
    await using ledger = await openStocked();
    await record(ledger, [asked({ code: tag, quantity: 1, eventTimeMs: 3_000_000 })]);
    await record(ledger, [asked({ code: tag, quantity: 1, to: "loss", eventTimeMs: 2_000_000 })]);
    expect(await ledger.stockAsOf("OAT", 2_500_000)).toMatchObject({ "loss@lyon": 1 });
    expect(await ledger.stock("OAT")).not.toHaveProperty("loss@lyon");
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });

  test("and an edge's, all at the same levels and things at once, never wait for each other in a circle", async () => {
    await using ledger = await openStocked();
    const own = Array.from({ length: 20 }, (_, index) =>
      record(ledger, [
        asked({ site: index % 2 === 0 ? "oslo" : "lyon", quantity: 1 }),
        asked({ site: index % 2 === 0 ? "lyon" : "oslo", quantity: 1 }),
        asked({ site: index % 2 === 0 ? "lyon" : "oslo", code: tag, quantity: 1, eventTimeMs: 2_000_000 + index }),
      ]),
    );
    const edges = [ledger.lyon, ledger.oslo].map(async edge => {
      for (let n = 0; n < 10; n++) {
        await ledger.apply(
          edge.record({ code: gtin, from: "dock", to: "shelf" }, { code: tag, eventTimeMs: 2_000_005 + n }),
        );
      }
    });
    const results = await Promise.all(own);
    await Promise.all(edges);
    expect(results.every(result => result.ok)).toBe(true);
    expect(await ledger.count("movement")).toBe(5 + 60 + 40);
    expect(await audit(ledger)).toMatchObject({ fault: undefined });
  });
});

test("an edge that asks for a snapshot is told the levels, and no cursor of the centre's own epoch", async () => {
  await using ledger = await openStocked();
  await record(ledger, [asked()]);
  const page = await readLevelsPage(ledger.pool, { site: "lyon", after: undefined });
  expect(page.cursors).toEqual([{ epoch: ledger.lyon.epoch, seq: 3 }]);
  expect(page.levels).toContainEqual(expect.objectContaining({ place: "shelf", onHand: 11 }));
});

describe("what is refused is not recorded", () => {
  const cases: readonly (readonly [string, Partial<CentralMovement>, Problem["code"], string])[] = [
    ["a code that no item has", { code: "code:NOBODY" }, "movement.code_unknown", "movements[1].code"],
    ["more than one of one thing", { code: tag, quantity: 2 }, "movement.meaningless", "movements[1].code"],
    ["from a place to itself", { to: "dock" }, "movement.meaningless", "movements[1].code"],
    ["a place that nobody has", { to: "attic" }, "place.unknown", "movements[1].to"],
    ["a site that nobody has heard", { site: "nowhere" }, "site.unknown", "movements[1].site"],
  ];
  test.each(cases)("%s", async (_, given, code, at) => {
    await using ledger = await openStocked();
    expect(await record(ledger, [asked(), asked(given)])).toMatchObject({ ok: false, problem: { code, at } });
    expect(await ledger.count("movement_note")).toBe(0);
    expect(await ledger.count("movement")).toBe(5);
    expect(await ledger.stock("OAT")).toMatchObject({ "dock@lyon": 101, "shelf@lyon": 1 });
  });

  test("a batch of an edge that claims the centre's epoch, which is kept", async () => {
    await using ledger = await openStocked();
    await record(ledger, [asked()]);
    const edge = new TestEdge("lyon");
    const batch = { ...edge.record({ code: gtin }), epoch: centralEpoch };
    expect(received(batch)).toMatchObject({ kind: "refused", problem: { code: "batch.epoch" } });
    expect(await ledger.apply(batch)).toMatchObject({ movements: 0, exceptions: [{ problem: "batch.epoch" }] });
  });
});

test("who caused a movement and why cannot be changed, and are covered by its hash", async () => {
  await using ledger = await openStocked();
  await record(ledger, [asked(), asked({ reason: "of its own", document: "/v1/orders/1" })]);
  expect(await ledger.rows("select seq, actor, reason, document from movement_note order by seq")).toEqual([
    { seq: 1, actor: "person:maria", reason: "shelf was empty", document: null },
    { seq: 2, actor: "person:maria", reason: "of its own", document: "/v1/orders/1" },
  ]);
  await expect(ledger.pool.query("update movement_note set reason = ''")).rejects.toThrow("append-only");
  await ledger.pool.query(
    "set session_replication_role = replica; update movement_note set actor = 'person:tom' where seq = 1; set session_replication_role = default",
  );
  expect(await audit(ledger)).toMatchObject({ fault: { kind: "altered", epoch: centralEpoch, seq: 1 } });
});

test("a caller that locks documents gets the sites and the tags before them", async () => {
  await using ledger = await openStocked();
  const movement = asked({ site: "oslo", code: tag, quantity: 1 });
  await transaction(ledger.pool, async client => {
    const sites = await lockForMovements(client, [movement]);
    expect(sites).toHaveLength(2); // The thing is still at Lyon.
    const waits = "select from site where id = any($1) for update nowait";
    await expect(ledger.pool.query(waits, [sites])).rejects.toThrow("could not obtain lock");
    expect(await recordMovements(client, [movement], maria)).toMatchObject({ ok: true });
  });
});
