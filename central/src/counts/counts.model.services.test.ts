import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusable } from "../api/once.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import type { Asking } from "./advance.ts";
import { submitCount } from "./decide.ts";
import { enter } from "./entries.ts";
import { planCount } from "./plan.ts";
import { recountAfter } from "./recount-after.ts";
import { settleDue } from "./settle.ts";

const oats = "(01)09506000134352";
const shoes = "(01)05000112637922";
const serials = ["S1", "S2", "S3"] as const;
const codeOf = (serial: string) => `${shoes}(21)${serial}`;
const startMs = Date.UTC(2026, 0, 5);
const far = { units: 1_000_000 };

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const place = fc.constantFrom("a", "b");
const account = fc.constantFrom("a", "b", "supplier", "customer");
/** Minutes from the beginning: what comes may be older than what came before. Counts are at half minutes, each at its own. */
const minute = fc.integer({ min: 1, max: 40 });

const moveOats = fc
  .record({ from: account, to: account, quantity: fc.integer({ min: 1, max: 5 }), minute })
  .filter(({ from, to }) => from !== to)
  .map(given => ({ kind: "oats" as const, ...given }));
const moveShoe = fc
  .record({ serial: fc.constantFrom(...serials), from: account, to: account, minute })
  .filter(({ from, to }) => from !== to)
  .map(given => ({ kind: "shoe" as const, ...given }));
const count = fc
  .record({ place, minute, oats: fc.integer({ min: 0, max: 6 }), shoes: fc.subarray([...serials]) })
  .map(given => ({ kind: "count" as const, ...given }));
const follow = fc.constant({ kind: "follow" as const });
type Of<T> = T extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Of<typeof moveOats | typeof moveShoe | typeof count | typeof follow>;

interface Counted {
  readonly place: string;
  readonly atMs: number;
  readonly oats: number;
  readonly shoes: readonly string[];
}

/** A site whose movements come in any order, with counts in between, and who follows them now and then. */
class Site {
  readonly ledger: TestLedger;
  readonly edge = new TestEdge("lyon");
  readonly counted: Counted[] = [];
  readonly moved: { readonly from: string; readonly to: string; readonly quantity: number; readonly atMs: number }[] =
    [];
  private readonly followed = new Map<number, number>();
  private nowMs = startMs + 3_600_000;

  constructor(ledger: TestLedger) {
    this.ledger = ledger;
  }

  async do(step: Step): Promise<void> {
    if (step.kind === "follow") return this.follow();
    if (step.kind === "count") return this.count(step);
    const { from, to } = step;
    const eventTimeMs = startMs + step.minute * 60_000;
    const quantity = step.kind === "oats" ? step.quantity : 1;
    const code = step.kind === "oats" ? oats : codeOf(step.serial);
    if (step.kind === "oats") this.moved.push({ from, to, quantity, atMs: eventTimeMs });
    await this.ledger.apply(this.edge.record({ code, quantity, from, to, eventTimeMs }));
  }

  /** Counts all of a place, things by their serial numbers. No two counts are of the same moment, or they might contradict each other. */
  private async count({ place, minute, oats: found, shoes: things }: Extract<Step, { kind: "count" }>): Promise<void> {
    const atMs = startMs + minute * 60_000 + 30_000 + this.counted.length;
    const counted_at = new Date(atMs).toISOString();
    const asking: Asking = { actor: "person:maria", nowMs: this.nowMs, allow: () => undefined };
    const entries = [
      { place, sku: "OATS", quantity: found, counted_at },
      ...things.map(serial => ({ place, code: codeOf(serial), quantity: 1, counted_at })),
    ];
    const done = await refusable(this.ledger.pool, async client => {
      const given = { site: "lyon", kind: "cycle", blind: true, places: [place], limits: far } as const;
      const planned = await planCount(client, given, asking);
      if (!planned.ok) return planned;
      const { id } = planned.value;
      const entered = await enter(client, id, { entries, done: [{ place, counted_at }] }, asking);
      return entered.ok ? submitCount(client, id, { partial: false, priceList: "retail" }, asking) : entered;
    });
    expect(done).toMatchObject({ ok: true, value: { state: "approved" } });
    this.counted.push({ place, atMs, oats: found, shoes: things });
  }

  /** As the follower and the settler do, until nothing is left. */
  async follow(): Promise<void> {
    const { pool } = this.ledger;
    for (let rounds = 0; ; rounds++) {
      expect(rounds).toBeLessThan(50);
      const epochs = await this.ledger.rows<{ id: number; upto: number }>("select id, cursor_seq as upto from epoch");
      const stretches = epochs
        .map(({ id, upto }) => ({ epochId: id, after: this.followed.get(id) ?? 0, upto: Number(upto) }))
        .filter(({ after, upto }) => upto > after);
      await transaction(pool, client => recountAfter(client, { stretches, later: [] }));
      for (const { epochId, upto } of stretches) this.followed.set(epochId, upto);
      const settled = await settleDue(
        { pool, publish: () => undefined, priceList: "retail", now: () => this.nowMs },
        100,
      );
      if (stretches.length === 0 && settled === 0) return;
    }
  }

  async shoesAt(place: string, atMs: number): Promise<readonly string[]> {
    const rows = await this.ledger.rows<{ code: string }>(
      `select line.code from (
         select code, posted_to as place_id, quantity as change, event_time from posting
         union all select code, posted_from, -quantity, event_time from posting
       ) line join place on place.id = place_id where place.code = $1 and event_time <= to_timestamp($2::float8 / 1000) and line.code like '%(21)%'
       group by line.code having sum(change) > 0 order by line.code`,
      [place, atMs],
    );
    return rows.map(({ code }) => code);
  }

  /** What was counted is what there was; and what there is, is that and what moved since. */
  async check(): Promise<void> {
    for (const { place, atMs, oats: found, shoes: things } of this.counted) {
      const then = await this.ledger.stockAsOf("OATS", atMs);
      expect([place, then[`${place}@lyon`] ?? 0]).toEqual([place, found]);
      // A thing that first was heard when it left where it had never come to leaves a quantity too few there, which belongs to no thing.
      const shoesThen = await this.ledger.stockAsOf("SHOES", atMs);
      expect([place, shoesThen[`${place}@lyon`] ?? 0]).toEqual([place, things.length]);
      expect(things.map(codeOf)).toEqual(expect.arrayContaining([...(await this.shoesAt(place, atMs))]));
    }
    const now = await this.ledger.stock("OATS");
    for (const place of ["a", "b"]) {
      const last = this.counted.filter(each => each.place === place).sort((a, b) => b.atMs - a.atMs)[0];
      const since = this.moved.filter(({ atMs }) => atMs > (last?.atMs ?? 0));
      const sum = since.reduce(
        (total, { from, to, quantity }) => total + (to === place ? quantity : 0) - (from === place ? quantity : 0),
        0,
      );
      expect([place, now[`${place}@lyon`] ?? 0]).toEqual([place, (last?.oats ?? 0) + sum]);
    }
    const wrong = await this.ledger.rows(
      `select item_id from stock group by item_id having sum(on_hand) <> 0
       union all select tag.item_id from tag where not exists (select from place where id = tag.place_id)`,
    );
    expect(wrong).toEqual([]);
  }
}

test("whatever moves and is counted in whatever order, stock at each place as of each count is what was counted", {
  timeout: 240_000,
}, async () => {
  const steps = fc.array(fc.oneof(moveOats, moveShoe, count, follow), { minLength: 1, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(steps, async given => {
      await using ledger = await openTestLedger(server);
      await ledger.bind("OATS", oats);
      await ledger.bind("SHOES", shoes);
      const site = new Site(ledger);
      // The places are there before anything is counted at them.
      await ledger.apply(
        site.edge.record(
          { code: oats, quantity: 1, from: "supplier", to: "a", eventTimeMs: startMs },
          { code: oats, quantity: 1, from: "supplier", to: "b", eventTimeMs: startMs },
        ),
      );
      for (const to of ["a", "b"]) site.moved.push({ from: "supplier", to, quantity: 1, atMs: startMs });
      for (const step of given) await site.do(step);
      await site.follow();
      await site.check();
    }),
    { numRuns: 20 },
  );
});
