import type { Batch } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { applyBatches } from "./apply.ts";
import { readMessage } from "./read-message.ts";
import { encoded, received, TestEdge } from "./testing.ts";
import { openTestLedger, type TestLedger } from "./testing-ledger.ts";

const gtin = "(01)09506000134352";
const tag = (serial: number) => `${gtin}(21)${serial}`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function withItem(): Promise<TestLedger> {
  const ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  return ledger;
}

describe("I4: the centre applies a site's movements in sequence, each once", () => {
  test("I4: a batch that comes twice, in one transaction or later, changes nothing and is confirmed again", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const batch = edge.record({ code: gtin, quantity: 5 }, { code: tag(1) });
    const first = await ledger.apply(batch, batch);
    const again = await ledger.apply(batch);
    expect([first.movements, again.movements]).toEqual([2, 0]);
    expect(again.commits).toMatchObject([
      { site: "lyon", version: 2, cursors: [{ epoch: edge.epoch, seq: 2 }], levels: [] },
    ]);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 6, "supplier@lyon": -6 });
    expect(await ledger.count("movement")).toBe(2);
  });

  test("I4: of a batch that overlaps what is there, only the rest is applied", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: gtin }, { code: gtin }));
    edge.record({ code: gtin, quantity: 10 });
    const { movements } = await ledger.apply(edge.batch(2, 3));
    expect(movements).toBe(1);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 12, "supplier@lyon": -12 });
  });

  test("I4: a gap applies nothing and asks for what is missing; then all of it is applied in order", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const [first, second, third] = [
      edge.record({ code: gtin }),
      edge.record({ code: gtin }),
      edge.record({ code: gtin }),
    ];
    await ledger.apply(first);
    const gap = await ledger.apply(third);
    expect(gap).toMatchObject({ movements: 0, commits: [], outcomes: ["missing"] });
    expect(gap.resends).toMatchObject([{ site: "lyon", epoch: edge.epoch, from: 2 }]);
    expect(await ledger.count("movement")).toBe(1);
    expect((await ledger.apply(second, third)).movements).toBe(2);
    expect(await ledger.rows("select seq from movement order by seq")).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  });

  test("I4: batches in the wrong order within one transaction are asked for again", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const [first, second] = [edge.record({ code: gtin }), edge.record({ code: gtin })];
    const applied = await ledger.apply(second, first);
    expect(applied).toMatchObject({ movements: 1, resends: [{ epoch: edge.epoch, from: 1 }] });
    expect((await ledger.apply(first, second)).movements).toBe(1);
  });

  test("I4: two processes that apply the same batches at once apply each movement once", async () => {
    await using ledger = await withItem();
    await using other = await openSecond(ledger);
    const edges = ["lyon", "oslo", "porto"].map(site => new TestEdge(site));
    const batches = Array.from({ length: 20 }, (_, round) =>
      edges.map(edge => edge.record({ code: gtin, quantity: 3 }, { code: tag(round % 7), to: `zone-${round % 3}` })),
    ).flat();
    await Promise.all([feed(ledger, batches), feed(other, batches)]);
    expect(await ledger.count("movement")).toBe(120);
    expect(await ledger.rows("select code, cursor_seq from epoch order by code")).toEqual(
      edges.map(edge => ({ code: edge.epoch, cursor_seq: 40 })),
    );
    await expectConsistent(ledger);
    const units = await ledger.rows<{ sum: number }>("select sum(on_hand) from stock where on_hand > 0");
    expect(Number(units[0]?.sum)).toBe(3 * 20 * 3 + 7);
  });

  test("I4: a thing that two sites see for the first time at once is in one place", async () => {
    await using ledger = await withItem();
    await using other = await openSecond(ledger);
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    for (let serial = 0; serial < 40; serial += 4) {
      const seen = [0, 1, 2, 3].map(more => ({ code: tag(serial + more) }));
      await Promise.all([ledger.apply(lyon.record(...seen)), other.apply(oslo.record(...seen.toReversed()))]);
    }
    await expectConsistent(ledger);
    expect(await ledger.rows("select sum(on_hand) from stock where on_hand > 0")).toEqual([{ sum: "40" }]);
  });

  test("several sites go in one transaction, each with its own version and cursor", async () => {
    await using ledger = await withItem();
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    const { commits } = await ledger.apply(
      lyon.record({ code: gtin }),
      oslo.record({ code: gtin, quantity: 2 }),
      lyon.record({ code: gtin }),
    );
    expect(commits).toMatchObject([
      { site: "lyon", version: 1, cursors: [{ seq: 2 }], levels: [{ onHand: -2 }, { onHand: 2 }] },
      { site: "oslo", version: 1, cursors: [{ seq: 1 }], levels: [{ onHand: -2 }, { onHand: 2 }] },
    ]);
  });
});

describe("I3, I4: epochs follow one another", () => {
  test("I3: a store put back from an old copy gives no id twice: its new epoch follows a point that the ledger has passed", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const before = edge.epoch;
    await ledger.apply(edge.record({ code: gtin }, { code: gtin }, { code: gtin }));
    edge.reopen(2);
    expect((await ledger.apply(edge.record({ code: gtin, quantity: 10 }))).movements).toBe(1);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 13, "supplier@lyon": -13 });
    expect(
      await ledger.rows("select f.code, e.follows_seq from epoch e join epoch f on f.id = e.follows_epoch_id"),
    ).toEqual([{ code: before, follows_seq: 2 }]);
  });

  test("I3: an epoch waits until the ledger has the point that it follows", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const before = edge.epoch;
    const [first, second] = [edge.record({ code: gtin }), edge.record({ code: gtin })];
    edge.reopen();
    const third = edge.record({ code: gtin });
    expect(await ledger.apply(third)).toMatchObject({ movements: 0, resends: [{ epoch: before, from: 1 }] });
    await ledger.apply(first);
    expect(await ledger.apply(third)).toMatchObject({ movements: 0, resends: [{ epoch: before, from: 2 }] });
    expect((await ledger.apply(second, third)).movements).toBe(2);
  });

  test("an edge whose store was deleted begins a new chain", async () => {
    await using ledger = await withItem();
    await ledger.apply(new TestEdge("lyon").record({ code: gtin }));
    expect((await ledger.apply(new TestEdge("lyon").record({ code: gtin }))).movements).toBe(1);
  });
});

describe("I10: bad input is kept, whole, with its reason, and blocks nothing behind it", () => {
  test("I10: a movement changed on its way is found; the batch is kept with its bytes and asked for again", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    const sound = edge.record({ code: gtin }, { code: gtin });
    const [first, ...rest] = sound.movements;
    const forged = { ...sound, movements: [{ ...first, quantity: 900 }, ...rest] };
    const applied = await applyBatches(ledger.ledger, [readMessage("tallygate.movements.0.lyon", encoded(forged))]);
    expect(applied).toMatchObject({ movements: 0, outcomes: ["broken"], resends: [{ epoch: edge.epoch, from: 1 }] });
    const [kept] = await ledger.rows<{ problem: string; body: Buffer }>("select problem, body from exception");
    expect(kept?.problem).toBe("batch.chain");
    expect(kept?.body).toEqual(Buffer.from(encoded(forged)));
    expect((await ledger.apply(sound)).movements).toBe(2);
  });

  test("I10: a chain that does not go on from the ledger's is not applied", async () => {
    await using ledger = await withItem();
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: gtin }));
    const impostor = new TestEdge("lyon");
    impostor.epoch = edge.epoch;
    impostor.record({ code: gtin, quantity: 2 });
    expect(await ledger.apply(impostor.record({ code: gtin }))).toMatchObject({ movements: 0, outcomes: ["broken"] });
    expect(await ledger.count("movement")).toBe(1);
  });

  test("I10: what cannot be read, names another site, or has another version is kept, and the rest goes on", async () => {
    await using ledger = await withItem();
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    const good = oslo.record({ code: gtin });
    const batch = lyon.record({ code: gtin });
    const applied = await applyBatches(ledger.ledger, [
      readMessage("tallygate.movements.0.lyon", new TextEncoder().encode("{ not JSON")),
      readMessage("tallygate.movements.0.lyon", new Uint8Array([0xff, 0xfe])),
      readMessage("tallygate.movements.0.porto", encoded(batch)),
      readMessage("tallygate.movements.0.lyon", encoded({ ...batch, v: 2 })),
      readMessage("tallygate.movements.0.lyon", encoded({ ...batch, movements: [] })),
      received(good),
    ]);
    expect(applied.movements).toBe(1);
    expect(await ledger.rows("select problem, body is not null as kept from exception order by id")).toEqual(
      ["batch.subject", "batch.unreadable", "batch.unreadable", "batch.unreadable", "message.version"].map(problem => ({
        problem,
        kept: true,
      })),
    );
  });

  test("I10: a batch on which the ledger fails goes to the exceptions alone; those beside it are applied", async () => {
    await using ledger = await withItem();
    await ledger.pool.query("alter table movement add constraint fails check (read_point <> 'poison')");
    const edges = ["a", "b", "c", "d", "e"].map(site => new TestEdge(site));
    const batches = edges.map(edge => edge.record({ code: gtin }));
    const poisoned = new TestEdge("poisoned");
    const poison = poisoned.record({ code: gtin, readPoint: "poison" });
    const applied = await ledger.apply(...batches.slice(0, 2), poison, ...batches.slice(2));
    expect(applied.movements).toBe(5);
    expect(await ledger.rows("select problem, body is not null as kept from exception")).toEqual([
      { problem: "internal", kept: true },
    ]);
  });

  test("the same exception is one row with a count", async () => {
    await using ledger = await withItem();
    const junk = () => readMessage("tallygate.movements.0.lyon", new TextEncoder().encode("junk"));
    await applyBatches(ledger.ledger, [junk(), junk()]);
    await applyBatches(ledger.ledger, [junk()]);
    expect(await ledger.rows("select count from exception")).toEqual([{ count: 3 }]);
  });
});

describe("I7: the ledger is append-only", () => {
  test.each([
    "update movement set quantity = 2",
    "delete from movement",
    "truncate movement",
    "update further_posting set quantity = 2",
    "delete from further_posting",
    "truncate further_posting",
  ])("I7: %s is refused by the database", async sql => {
    await using ledger = await withItem();
    await ledger.apply(new TestEdge("lyon").record({ code: gtin }));
    await expect(ledger.pool.query(sql)).rejects.toThrow(/append-only/);
  });
});

/** A second process on the same database. */
async function openSecond(ledger: TestLedger): Promise<TestLedger> {
  return openTestLedger({
    open: () => sameDatabase(ledger),
    openEmpty: () => server.openEmpty(),
    [Symbol.asyncDispose]: async () => undefined,
  });
}

async function sameDatabase({ url, pool }: TestLedger) {
  return { url, pool, [Symbol.asyncDispose]: async () => undefined };
}

/** Gives batches in small transactions, over and over until none is missing. */
async function feed(ledger: TestLedger, batches: readonly Batch[]): Promise<void> {
  for (let index = 0; index < batches.length; index += 4) {
    const applied = await ledger.apply(...batches.slice(index, index + 4));
    expect(applied.outcomes).not.toContain("broken");
  }
}

/** I5 and I6 in the database itself. */
async function expectConsistent(ledger: TestLedger): Promise<void> {
  expect(await ledger.rows("select item_id from stock group by item_id having sum(on_hand) <> 0")).toEqual([]);
  expect(
    await ledger.rows(`select item_id, place_id from (
        select item_id, posted_to as place_id, quantity from posting
        union all select item_id, posted_from, -quantity from posting
        union all select item_id, place_id, -on_hand from stock
      ) line group by 1, 2 having sum(quantity) <> 0`),
  ).toEqual([]);
}
