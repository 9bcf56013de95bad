import type { Batch } from "@tallygate/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "./audit/verify.ts";
import { start } from "./audit/walk.ts";
import { readLevelsAsOf } from "./db/queries/stock.ts";
import { openTestServer, type TestServer } from "./db/testing.ts";
import { transaction } from "./db/transaction.ts";
import { type Given, TestEdge } from "./ingest/testing.ts";
import { openTestLedger, type TestLedger } from "./ingest/testing-ledger.ts";
import { recordMovements } from "./record/record-movements.ts";
import { Names } from "./reservations/names.ts";
import type { Reservations } from "./reservations/reservations.ts";
import { sweep } from "./reservations/sweep.ts";
import { ask, openTestReservations, reservedFaults, toEnd, toReserve } from "./reservations/testing.ts";

/** `MODEL_SEED` and `MODEL_RUNS` tell a run again, or more of them. */
const seed = Number(process.env["MODEL_SEED"] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env["MODEL_RUNS"] ?? 1_000);

let server: TestServer;
let ledger: TestLedger;
let writers: readonly Reservations[];
let round = 0;

beforeAll(async () => {
  server = await openTestServer();
  ledger = await openTestLedger(server);
  writers = [openTestReservations(ledger.pool), openTestReservations(ledger.pool)];
});
afterAll(async () => {
  for (const writer of writers ?? []) await writer[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const sites = ["lyon", "oslo"] as const;
const places = ["dock", "shelf"] as const;
const accounts = [...places, "supplier", "customer"] as const;
/** An item's own code, a case of twelve of it, and the code of an item that is in the catalogue later. */
const units = { each: 1, case: 12, later: 1 } as const;
type Site = (typeof sites)[number];
type Code = keyof typeof units;

const movement = fc
  .record({
    site: fc.constantFrom(...sites),
    code: fc.constantFrom<Code>("each", "each", "case", "later"),
    quantity: fc.integer({ min: 1, max: 6 }),
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    at: fc.integer({ min: 1, max: 6 }),
  })
  .filter(({ from, to }) => from !== to);
type Moved = typeof movement extends fc.Arbitrary<infer T> ? T : never;

const which = fc.nat({ max: 9 });
const writer = fc.nat({ max: 1 });
const hold = fc.record({
  site: fc.constantFrom(...sites),
  place: fc.constantFrom(...places),
  quantity: fc.integer({ min: 1, max: 9 }),
});
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("move" as const), all: fc.array(movement, { minLength: 1, maxLength: 3 }) }),
  },
  fc.record({ do: fc.constant("repeat" as const), which }),
  fc.record({ do: fc.constant("reverse" as const), which }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("record" as const), moved: movement }) },
  fc.record({ do: fc.constant("bind" as const) }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("race" as const), holds: fc.array(hold, { minLength: 1, maxLength: 3 }) }),
  },
  fc.record({
    do: fc.constant("end" as const),
    how: fc.constantFrom("fulfil" as const, "release" as const),
    which,
    writer,
  }),
  fc.record({ do: fc.constant("expire" as const), which }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** A line of the plain model: so many of an item went from one place to another. */
interface Line {
  readonly item: "item" | "late";
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
  readonly at: number;
  readonly posted: boolean;
}
interface Hold {
  readonly id: string;
  readonly key: string;
  readonly quantity: number;
}

/** One story, at sites and with items of its own, so that all stories share a database; and what it should have come to. */
class Story {
  readonly #run: number;
  readonly #edges: Readonly<Record<Site, TestEdge>>;
  #lines: Line[] = [];
  #holds: Hold[] = [];
  readonly #batches: Batch[] = [];
  readonly #told: { readonly moved: Moved; readonly epoch: string; readonly seq: number }[] = [];
  #isBound = false;
  /** What was true at a moment by the database's clock. */
  readonly #moments: { readonly time: string; readonly stock: Record<string, number> }[] = [];

  constructor(run: number) {
    this.#run = run;
    this.#edges = { lyon: new TestEdge(this.#name("lyon")), oslo: new TestEdge(this.#name("oslo")) };
  }

  #name(word: string): string {
    return `${word}-${this.#run}`;
  }

  async begin(): Promise<void> {
    await ledger.bind(this.#name("item"), `code:${this.#name("each")}`);
    await ledger.bind(this.#name("item"), `code:${this.#name("case")}`, units.case);
    // The centre moves goods to places that there are.
    for (const site of sites) {
      await this.#tell([
        { site, code: "each", quantity: 8, from: "supplier", to: "dock", at: 1 },
        { site, code: "each", quantity: 2, from: "dock", to: "shelf", at: 1 },
        { site, code: "each", quantity: 1, from: "shelf", to: "customer", at: 1 },
      ]);
    }
  }

  async take(given: Command): Promise<void> {
    if (given.do === "move") return this.#tell(given.all);
    if (given.do === "repeat") return this.#repeat(given.which);
    if (given.do === "reverse") return this.#reverse(given.which);
    if (given.do === "record") return this.#record(given.moved);
    if (given.do === "bind") return this.#bind();
    if (given.do === "race") return this.#race(given.holds);
    if (given.do === "end") return this.#end(given);
    return this.#expire(given.which);
  }

  async #tell(all: readonly Moved[], reverses?: Given["reverses"]): Promise<void> {
    const batches = sites.flatMap(site => {
      const own = all.filter(each => each.site === site);
      const edge = this.#edges[site];
      this.#told.push(...own.map((moved, index) => ({ moved, epoch: edge.epoch, seq: edge.lastSeq + 1 + index })));
      return own.length === 0
        ? []
        : [edge.record(...own.map(moved => ({ ...this.#given(moved), ...(reverses && { reverses }) })))];
    });
    this.#batches.push(...batches);
    await ledger.apply(...batches);
    for (const moved of all) this.#post(moved);
  }

  #given({ code, quantity, from, to, at }: Moved) {
    return { code: `code:${this.#name(code)}`, quantity, from, to, eventTimeMs: at * 1_000 };
  }

  #post({ site, code, quantity, from, to, at }: Moved): void {
    const item = code === "later" ? "late" : "item";
    const ends = { from: `${from}@${this.#name(site)}`, to: `${to}@${this.#name(site)}` };
    this.#lines.push({ item, ...ends, quantity: quantity * units[code], at, posted: item === "item" || this.#isBound });
  }

  /** Both writers get the same batch at once, a second time. */
  async #repeat(which: number): Promise<void> {
    const batch = this.#batches[which % this.#batches.length];
    if (batch !== undefined) await Promise.all([ledger.apply(batch), ledger.apply(batch)]);
  }

  async #reverse(which: number): Promise<void> {
    const told = this.#told[which % this.#told.length];
    if (told === undefined) return;
    const { moved, epoch, seq } = told;
    await this.#tell([{ ...moved, from: moved.to, to: moved.from }], { epoch, seq });
  }

  async #record(moved: Moved): Promise<void> {
    const asked = { ...this.#given(moved), site: this.#name(moved.site), bizStep: "storing", cause: "person" } as const;
    const result = await transaction(ledger.pool, client =>
      recordMovements(client, [asked], { actor: "person:maria", reason: undefined, document: undefined }),
    );
    const isKnown = moved.code !== "later" || this.#isBound;
    expect(result.ok, JSON.stringify(result)).toBe(isKnown);
    if (isKnown) this.#post(moved);
  }

  async #bind(): Promise<void> {
    if (this.#isBound) return;
    await ledger.bind(this.#name("late"), `code:${this.#name("later")}`);
    this.#isBound = true;
    this.#lines = this.#lines.map(line => ({ ...line, posted: true }));
  }

  /** Two writers promise at once: in some order, each of what is available then. */
  async #race(holds: readonly (typeof hold extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
    const sku = this.#name("item");
    const results = await Promise.all(
      holds.map(async ({ site, place, quantity }, index) => {
        const line = { sku, quantity, site: this.#name(site), place };
        return ask(writerOf(index), toReserve([line]));
      }),
    );
    const before = new Map(
      holds.map(({ site, place }) => [this.#key(site, place), this.#available(this.#key(site, place))]),
    );
    for (const [key, available] of before) {
      const here = holds
        .map((one, index) => ({ ...one, result: results[index] }))
        .filter(one => this.#key(one.site, one.place) === key);
      const granted = here.filter(({ result }) => result?.ok === true);
      const sum = granted.reduce((total, { quantity }) => total + quantity, 0);
      expect(sum, "never oversold").toBeLessThanOrEqual(Math.max(0, available));
      for (const { quantity, result } of here) {
        if (result?.ok === true) this.#holds.push({ id: result.value.id, key, quantity });
        else expect(quantity, "refused without need").toBeGreaterThan(available - sum);
      }
    }
  }

  async #end({ how, which, writer }: Extract<Command, { do: "end" }>): Promise<void> {
    const held = this.#holds[which % this.#holds.length];
    if (held === undefined) return;
    expect(await ask(writerOf(writer), toEnd(how, held.id))).toMatchObject({ ok: true });
    this.#holds = this.#holds.filter(each => each !== held);
  }

  async #expire(which: number): Promise<void> {
    const held = this.#holds[which % this.#holds.length];
    if (held === undefined) return;
    await ledger.pool.query("update reservation set expires_at = now() - interval '1 s' where id = $1", [held.id]);
    expect(await ask(writerOf(0), toEnd("fulfil", held.id))).toMatchObject({ problem: { code: "reservation.ended" } });
    for (let tries = 0; (await sweep(ledger.pool, new Names())) !== 0; tries++) expect(tries).toBeLessThan(1_000);
    this.#holds = this.#holds.filter(each => each !== held);
  }

  #key(site: Site, place: string): string {
    return `${place}@${this.#name(site)}`;
  }

  #available(key: string): number {
    const held = this.#holds.reduce((sum, one) => sum + (one.key === key ? one.quantity : 0), 0);
    return (this.#stock("item")[key] ?? 0) - held;
  }

  /** What is where, as of an event time. */
  #stock(item: Line["item"], at = Number.POSITIVE_INFINITY): Record<string, number> {
    const sums = new Map<string, number>();
    for (const line of this.#lines) {
      if (line.item !== item || !line.posted || line.at > at) continue;
      sums.set(line.from, (sums.get(line.from) ?? 0) - line.quantity);
      sums.set(line.to, (sums.get(line.to) ?? 0) + line.quantity);
    }
    return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
  }

  /** Remembers what is true now. */
  async look(): Promise<void> {
    const [row] = await ledger.rows<{ time: string }>("select clock_timestamp()::text as time");
    this.#moments.push({ time: row?.time ?? "", stock: this.#stock("item") });
  }

  async check(): Promise<void> {
    for (const item of ["item", "late"] as const) {
      const told = this.#stock(item);
      const stock = await ledger.stock(this.#name(item));
      expect(stock).toEqual(told);
      expect(Object.values(stock).reduce((sum, level) => sum + level, 0)).toBe(0);
      for (const at of [1, 3, 6])
        expect(await ledger.stockAsOf(this.#name(item), at * 1_000)).toEqual(this.#stock(item, at));
    }
    const [item] = await ledger.rows<{ id: number }>("select id from item where sku = $1", [this.#name("item")]);
    for (const { time, stock } of this.#moments) {
      const asked = { asOf: time, by: "record", limit: 100 } as const;
      const rows = await readLevelsAsOf(ledger.pool, [item?.id ?? 0], {}, asked);
      const levels = rows.filter(row => row.on_hand !== 0).map(row => [`${row.place}@${row.site}`, row.on_hand]);
      expect(Object.fromEntries(levels), `as it was recorded until ${time}`).toEqual(stock);
    }
    const reserved = await ledger.rows<{ at: string; reserved: number }>(
      `select place.code || '@' || site.code as at, reserved from stock join item on item.id = item_id join place on place.id = place_id
       join site on site.id = place.site_id where sku = $1 and reserved <> 0`,
      [this.#name("item")],
    );
    const held = Map.groupBy(this.#holds, ({ key }) => key);
    const sums = [...held].map(([key, all]) => [key, all.reduce((sum, { quantity }) => sum + quantity, 0)]);
    expect(Object.fromEntries(reserved.map(row => [row.at, row.reserved]))).toEqual(Object.fromEntries(sums));
  }
}

function writerOf(index: number): Reservations {
  const found = writers[index % writers.length];
  if (found === undefined) throw new Error("there are no writers");
  return found;
}

test("I5, I6, I8, I9: the whole centre is what a plain model says, whatever comes from sites, people and buyers in whatever order", {
  timeout: 900_000,
}, async () => {
  console.log(`MODEL_SEED=${seed} MODEL_RUNS=${numRuns}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 10 }),
      fc.nat({ max: 9 }),
      async (commands, lookAt) => {
        const story = new Story(++round);
        await story.begin();
        for (const [index, each] of commands.entries()) {
          await story.take(each);
          if (index === lookAt) await story.look();
        }
        await story.check();
      },
    ),
    // Shrinking on one database would take long: the seed and the whole story are printed.
    { numRuns, seed, endOnFailure: true },
  );
  expect(await ledger.rows(reservedFaults)).toEqual([]);
  expect(
    await verify(ledger.pool, { from: start, rowsMax: Number.POSITIVE_INFINITY, deadlineMs: 120_000 }),
  ).toMatchObject({ fault: undefined });
});
