import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { newReservationId } from "./id.ts";
import { reservationLimits } from "./limits.ts";
import { Names } from "./names.ts";
import { sweep } from "./sweep.ts";
import { tellSites } from "./tell.ts";
import { ask, openTestReservations, reservedFaults, toEnd, toReserve } from "./testing.ts";

const skus = ["A", "B", "C", "D"];
const lyonPlaces = ["dock", "shelf", "yard"];

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Each item: 1,000 at each of three places of lyon and at oslo's dock. */
async function openStocked(): Promise<TestLedger & { lyon: TestEdge; oslo: TestEdge }> {
  const ledger = await openTestLedger(server);
  const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
  for (const sku of skus) await ledger.bind(sku, `code:${sku}`);
  const arrivals = (places: readonly string[]) =>
    skus.flatMap(sku => places.map(to => ({ code: `code:${sku}`, quantity: 1_000, to })));
  await ledger.apply(lyon.record(...arrivals(lyonPlaces)), oslo.record(...arrivals(["dock"])));
  return { ...ledger, lyon, oslo };
}

async function deadlocks(ledger: TestLedger): Promise<number> {
  const [row] = await ledger.rows<{ deadlocks: number }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return Number(row?.deadlocks);
}

test("two processes and ingest, all at the same levels at once, never wait for each other in a circle", {
  timeout: 120_000,
}, async () => {
  await using ledger = await openStocked();
  await using first = openTestReservations(ledger.pool);
  await using second = openTestReservations(ledger.pool);
  const rounds = Array.from({ length: 60 }, (_, n) => n);
  const ids: string[] = [];
  const reserving = [first, second].map(async (process, side) => {
    for (const n of rounds) {
      // One goes up the items, the other down: without an order of locks they would meet half-way.
      const inTurn = side === 0 ? skus : skus.toReversed();
      const lines = inTurn.map(sku => ({ sku, quantity: 1 + (n % 3) }));
      const asked = Array.from({ length: 8 }, () => ask(process, toReserve(lines, { policy: "fewest_places" })));
      for (const result of await Promise.all(asked)) if (result.ok) ids.push(result.value.id);
      const id = ids[(n * 7) % Math.max(1, ids.length)];
      if (id !== undefined) await ask(process, toEnd(n % 2 === 0 ? "fulfil" : "release", id));
    }
  });
  const moving = (async () => {
    for (const n of rounds) {
      const moves = (n % 2 === 0 ? skus : skus.toReversed()).flatMap(sku =>
        ["dock", "yard"].map(from => ({ code: `code:${sku}`, quantity: 1, from, to: "shelf" })),
      );
      await ledger.apply(
        ledger.lyon.record(...moves),
        ledger.oslo.record({ code: "code:A", from: "dock", to: "shelf" }),
      );
    }
  })();
  await Promise.all([...reserving, moving]);
  expect(await deadlocks(ledger)).toBe(0);
  expect(ids.length).toBe(2 * 60 * 8);
  expect(await ledger.rows(reservedFaults)).toEqual([]);
});

test("of a reservation that two processes end at once, and whose time is over, one end is told and its stock comes back once", async () => {
  await using ledger = await openStocked();
  await using first = openTestReservations(ledger.pool);
  await using second = openTestReservations(ledger.pool);
  for (let round = 0; round < 25; round++) {
    const made = await ask(first, toReserve([{ sku: "A", quantity: 5, site: "lyon", place: "dock" }]));
    const id = made.ok ? made.value.id : "";
    const aging = ledger.pool.query("update reservation set expires_at = now() where id = $1", [id]);
    const ends = Promise.all([ask(first, toEnd("fulfil", id)), ask(second, toEnd("release", id))]);
    await aging;
    await sweep(ledger.pool, new Names());
    const told = (await ends).filter(end => end.ok).length;
    const [row] = await ledger.rows<{ state: string }>("select state from reservation where id = $1", [id]);
    expect(told).toBe(row?.state === "fulfilled" || row?.state === "released" ? 1 : 0);
  }
  await vi.waitFor(async () => {
    expect(await ledger.rows("select 1 from stock where reserved <> 0")).toEqual([]);
  });
  expect(await ledger.rows(reservedFaults)).toEqual([]);
});

test("the same key in two processes at once is granted once, and both get the same answer", async () => {
  await using ledger = await openStocked();
  await using first = openTestReservations(ledger.pool);
  await using second = openTestReservations(ledger.pool);
  for (let round = 0; round < 20; round++) {
    const key = { id: newReservationId(), requestHash: newReservationId() };
    const line = [{ sku: "B", quantity: 1 }];
    const [one, other] = await Promise.all([first, second].map(each => ask(each, toReserve(line), key)));
    expect(one).toEqual(other);
  }
  const [row] = await ledger.rows<{ sum: number }>("select sum(reserved)::bigint as sum from stock");
  expect(row?.sum).toBe(20);
});

test("what cannot be written fails for itself and for none that wait with it", async () => {
  await using ledger = await openStocked();
  await using reservations = openTestReservations(ledger.pool);
  const line = [{ sku: "C", quantity: 1 }];
  const twice = toReserve(line);
  await ask(reservations, twice);
  const answers = await Promise.allSettled([
    ask(reservations, toReserve(line)),
    ask(reservations, twice),
    ask(reservations, toReserve(line)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await ledger.rows(reservedFaults)).toEqual([]);
});

test("more than may wait is refused, and decided when it is asked again", async () => {
  await using ledger = await openStocked();
  await using reservations = openTestReservations(ledger.pool);
  const lines = Array.from({ length: reservationLimits.linesMax }, () => ({ sku: "D", quantity: 1_000_000 }));
  const count = reservationLimits.waitingLinesMax / reservationLimits.linesMax + 1;
  const answers = await Promise.all(Array.from({ length: count }, () => ask(reservations, toReserve(lines))));
  const codes = answers.map(answer => (answer.ok ? "granted" : answer.problem.code));
  expect(codes.filter(code => code === "stock.unavailable")).toHaveLength(1);
  expect((await ask(reservations, toReserve([{ sku: "D", quantity: 1 }]))).ok).toBe(true);
});

test("what a process that died left untold is told by another, once, with the next versions of each site", async () => {
  await using ledger = await openStocked();
  await using reservations = openTestReservations(ledger.pool);
  const { directory } = ledger.ledger;
  for (let drained = true; drained; )
    drained = await tellSites({ pool: ledger.pool, directory, publish: () => undefined });
  await ledger.pool.query(`update stock set reserved = 3 where on_hand = 1000;
    insert into reserved_change (site_id, item_id, place_id) select site_id, item_id, place_id from stock where reserved = 3`);
  const before = await ledger.rows<{ code: string; version: number }>("select code, version from site order by code");
  await vi.waitFor(
    async () => {
      expect(await ledger.rows("select 1 from reserved_change")).toEqual([]);
    },
    { timeout: 10_000 },
  );
  const after = await ledger.rows<{ code: string; version: number }>("select code, version from site order by code");
  expect(after).toEqual(before.map(({ code, version }) => ({ code, version: version + 1 })));
  expect((await ask(reservations, toReserve([{ sku: "D", quantity: 1 }]))).ok).toBe(true);
});
