import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import type { Recorded } from "../stock/model.ts";
import { replay, sumsAsOf, type Taken } from "../stock/replay.ts";
import { recorded, TestBooks } from "../stock/testing.ts";
import { type Given, TestEdge } from "./testing.ts";
import { openTestLedger, type TestLedger } from "./testing-ledger.ts";

const gtin = "(01)09506000134352";
const tag = `${gtin}(21)1`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("I9: a late movement changes history and never corrupts today", () => {
  test("I9: a movement older than the last two goes where it belongs, however long the history is", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: tag, to: "dock", eventTimeMs: 10 }));
    for (let step = 1; step <= 5; step++) {
      await ledger.apply(edge.record({ code: tag, from: "dock", to: `shelf-${step}`, eventTimeMs: 100 * step }));
    }
    const { commits } = await ledger.apply(edge.record({ code: tag, to: "bench", eventTimeMs: 350 }));
    expect(commits).toMatchObject([{ levels: [] }]);
    expect(await ledger.stock("OAT")).toEqual({ "shelf-5@lyon": 1, "supplier@lyon": -1 });
    expect(await ledger.stockAsOf("OAT", 349)).toEqual({ "shelf-3@lyon": 1, "supplier@lyon": -1 });
    expect(await ledger.stockAsOf("OAT", 350)).toEqual({ "bench@lyon": 1, "supplier@lyon": -1 });
    expect(await ledger.stockAsOf("OAT", 400)).toEqual({ "shelf-4@lyon": 1, "supplier@lyon": -1 });
  });

  test("I9: a thing that another site still has is taken from there, and both sites are told", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    await ledger.apply(lyon.record({ code: tag, eventTimeMs: 10 }));
    const { commits } = await ledger.apply(oslo.record({ code: tag, eventTimeMs: 20 }));
    expect(commits).toMatchObject([
      { site: "lyon", version: 2, cursors: [], levels: [{ place: "dock", onHand: 0 }] },
      { site: "oslo", version: 1, cursors: [{ seq: 1 }], levels: [{ place: "dock", onHand: 1 }] },
    ]);
  });
});

describe("movements of the same event time", () => {
  test("I9: count in the order in which they were recorded, also when their code is bound later and one comes late", async () => {
    await using ledger = await openTestLedger(server);
    const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
    await ledger.apply(oslo.record({ code: "code:other" })); // Oslo's epoch is the ledger's first, and speaks last.
    await ledger.apply(lyon.record({ code: tag, to: "shelf", eventTimeMs: 30 }));
    await ledger.apply(oslo.record({ code: tag, from: "dock", to: "bench", eventTimeMs: 30 }));
    await ledger.bind("OAT", gtin);
    await ledger.apply(lyon.record({ code: tag, from: "found", to: "gate", eventTimeMs: 20 }));
    expect(await ledger.stockAsOf("OAT", 20)).toEqual({ "found@lyon": -1, "gate@lyon": 1 });
    expect(await ledger.stockAsOf("OAT", 30)).toEqual({ "found@lyon": -1, "bench@oslo": 1 });
    expect(await ledger.stock("OAT")).toEqual({ "found@lyon": -1, "bench@oslo": 1 });
  });
});

describe("unknown codes are held and post when they are bound", () => {
  test("I9, I10: held movements count for nothing, then post at their own event time", async () => {
    await using ledger = await openTestLedger(server);
    const edge = new TestEdge("lyon");
    const held = await ledger.apply(
      edge.record(
        { code: tag, eventTimeMs: 10 },
        { code: tag, to: "shelf", eventTimeMs: 30 },
        { code: gtin, quantity: 5, eventTimeMs: 20 },
      ),
    );
    expect(held).toMatchObject({ movements: 3, held: 3, commits: [{ cursors: [{ seq: 3 }], levels: [] }] });
    expect(await ledger.rows("select problem, key, count from exception")).toEqual([
      { problem: "movement.code_unknown", key: gtin, count: 3 },
    ]);
    const commits = await ledger.bind("OAT", gtin);
    expect(commits).toMatchObject([{ site: "lyon", version: 2, cursors: [] }]);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 5, "shelf@lyon": 1, "supplier@lyon": -6 });
    expect(await ledger.stockAsOf("OAT", 20)).toEqual({ "dock@lyon": 6, "supplier@lyon": -6 });
    expect(await ledger.count("held_movement")).toBe(0);
    await ledger.apply(edge.record({ code: tag, to: "customer", eventTimeMs: 40 }));
    expect(await ledger.stock("OAT")).toEqual({ "customer@lyon": 1, "dock@lyon": 5, "supplier@lyon": -6 });
  });

  test("a movement that comes while its code is being bound is not held for ever", async () => {
    await using ledger = await openTestLedger(server);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: gtin }));
    const batches = Array.from({ length: 30 }, () => edge.record({ code: gtin }));
    const applying = (async () => {
      for (const batch of batches) await ledger.apply(batch);
    })();
    await Promise.all([applying, ledger.bind("OAT", gtin)]);
    expect(await ledger.count("held_movement")).toBe(0);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 31, "supplier@lyon": -31 });
  });
});

const accounts = ["dock", "shelf", "transit", "supplier", "customer"];
const move = fc
  .record({
    thing: fc.constantFrom("known(21)1", "known(21)2", "later(21)1", "known", "box(21)1", "box", "later-box(21)1"),
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    site: fc.integer({ min: 1, max: 3 }),
    at: fc.integer({ min: 0, max: 9 }),
  })
  .filter(({ from, to }) => from !== to);
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

test("I5, I6, I9: in the database, too, sums are zero, stock is the sum of postings, and history is as it happened", async () => {
  await using ledger = await openTestLedger(server);
  const story = fc.record({
    transactions: fc.array(fc.array(move, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
    boundAt: fc.nat({ max: 8 }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(story, ({ transactions, boundAt }) => tellStory(ledger, new Story(++run), transactions, boundAt)),
    // Shrinking would take minutes on a database: the seed and the whole story are printed.
    { numRuns: 40, endOnFailure: true },
  );
});

/** What one run of the property uses of the ledger alone: its own sites, items and codes. */
class Story {
  readonly run: number;
  readonly known: string;
  readonly later: string;
  readonly box: string;
  readonly laterBox: string;
  readonly books: TestBooks;
  readonly edges: readonly TestEdge[];

  constructor(run: number) {
    this.run = run;
    this.known = `(01)1${String(run).padStart(13, "0")}`;
    this.later = `(01)2${String(run).padStart(13, "0")}`;
    this.box = `(01)3${String(run).padStart(13, "0")}`;
    this.laterBox = `(01)4${String(run).padStart(13, "0")}`;
    this.books = new TestBooks().bind(this.known, 1).bind(this.box, 1, 12);
    this.edges = [1, 2, 3].map(site => new TestEdge(this.site(site)));
  }

  site(number: number): string {
    return `s${this.run}-${number}`;
  }

  code(thing: string): string {
    const [name = "", serial = ""] = thing.split(/(?=\()/);
    const keys = new Map(
      Object.entries({ known: this.known, later: this.later, box: this.box, "later-box": this.laterBox }),
    );
    return `${keys.get(name)}${serial}`;
  }

  /** `dock@s7-1` of the place with this id in the books, where the site is 1. */
  nameOf(placeId: number): string {
    const { code, siteId } = this.books.place(placeId);
    return `${code}@${this.site(siteId)}`;
  }
}

async function tellStory(
  ledger: TestLedger,
  story: Story,
  transactions: readonly (readonly Move[])[],
  boundAt: number,
): Promise<void> {
  const { run, known, later, box, laterBox, books, edges } = story;
  await ledger.bind(`A${run}`, known);
  await ledger.bind(`A${run}`, box, 12);
  const bindLater = async () => {
    await ledger.bind(`B${run}`, later);
    await ledger.bind(`B${run}`, laterBox, 40);
  };
  const posted: Recorded[] = [];
  for (const [index, moves] of transactions.entries()) {
    if (index === boundAt) await bindLater();
    const bySite = Map.groupBy(moves, one => one.site);
    const batches = [...bySite].map(([site, own]) => edges[site - 1]?.record(...own.map(one => given(story, one))));
    await ledger.apply(...batches.filter(batch => batch !== undefined));
    for (const one of await inOrderOfEpochs(ledger, story, moves)) posted.push(toRecorded(story, one, posted.length));
  }
  if (boundAt >= transactions.length) await bindLater();
  books.bind(later, 2).bind(laterBox, 2, 40);
  const told = replay(posted, books);
  await compare(ledger, story, { itemId: 1, sku: `A${run}` }, told);
  await compare(ledger, story, { itemId: 2, sku: `B${run}` }, told);
}

async function compare(
  ledger: TestLedger,
  story: Story,
  { itemId, sku }: { readonly itemId: number; readonly sku: string },
  told: readonly Taken[],
): Promise<void> {
  const own = told.filter(line => line.itemId === itemId);
  for (let at = 0; at <= 9; at++) expect(await ledger.stockAsOf(sku, at)).toEqual(named(story, sumsAsOf(own, at)));
  const stock = await ledger.stock(sku);
  expect(stock).toEqual(named(story, sumsAsOf(own, 1_000)));
  expect(Object.values(stock).reduce((sum, onHand) => sum + onHand, 0)).toBe(0);
}

function named(story: Story, sums: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...sums].map(([key, sum]) => [story.nameOf(Number(key.split(" ").at(-1))), sum]));
}

/** One transaction applies its movements epoch by epoch, and the ledger gave the epochs their numbers. */
async function inOrderOfEpochs(ledger: TestLedger, story: Story, moves: readonly Move[]): Promise<readonly Move[]> {
  const epochs = await ledger.rows<{ code: string; id: number }>(
    "select site.code, epoch.id from epoch join site on site.id = site_id",
  );
  const ids = new Map(epochs.map(({ code, id }) => [code, id]));
  const idOf = ({ site }: Move) => ids.get(story.site(site)) ?? 0;
  return moves.toSorted((a, b) => idOf(a) - idOf(b));
}

function given(story: Story, { thing, from, to, at }: Move): Given {
  return { code: story.code(thing), from, to, eventTimeMs: at };
}

function toRecorded(story: Story, { thing, from, to, site, at }: Move, seq: number): Recorded {
  return recorded(seq, story.code(thing), `${from} > ${to} @${site} t${at}`);
}
