import { describe, expect, test } from "vitest";
import type { Tag } from "./model.ts";
import { lateTags, type Plan, plan } from "./plan.ts";
import { recorded, TestBooks } from "./testing.ts";

const gtin = "(01)09506000134352";
const tagged = `${gtin}(21)1`;
const sscc = "(00)095060001343520008";

interface Row {
  readonly what: string;
  readonly code: string;
  readonly quantity?: number;
  /** What the ledger has heard of the thing before. */
  readonly before?: readonly string[];
  readonly movement: string;
  /** `from > to` of the movement's own row. */
  readonly posted?: string;
  readonly further?: readonly string[];
  readonly held?: string;
  /** Where the tag is afterwards. */
  readonly tag?: string;
  readonly stock: Readonly<Record<string, number>>;
}

describe("posting, row by row of the table in docs/architecture.md", () => {
  test.each<Row>([
    {
      what: "a class of things is taken from and put where the edge says",
      code: gtin,
      quantity: 7,
      movement: "supplier > dock @1 t10",
      posted: "supplier@1 > dock@1",
      stock: { "supplier@1": -7, "dock@1": 7 },
    },
    {
      what: "a serialised thing that was never seen is taken from where the edge says",
      code: tagged,
      movement: "supplier > dock @1 t10",
      posted: "supplier@1 > dock@1",
      tag: "dock@1 since 10",
      stock: { "supplier@1": -1, "dock@1": 1 },
    },
    {
      what: "news of a serialised thing takes it from where the ledger has it, not from where the edge believed it",
      code: tagged,
      before: ["supplier > dock @1 t10"],
      movement: "found > shelf @1 t20",
      posted: "dock@1 > shelf@1",
      tag: "shelf@1 since 20",
      stock: { "dock@1": -1, "shelf@1": 1 },
    },
    {
      what: "news that it is where it is posts nothing, and keeps since when",
      code: tagged,
      before: ["supplier > dock @1 t10"],
      movement: "supplier > dock @1 t20",
      tag: "dock@1 since 10",
      stock: {},
    },
    {
      what: "a late movement goes there and back again: today stays as it is",
      code: tagged,
      before: ["supplier > dock @1 t10", "dock > shelf @1 t30"],
      movement: "dock > bench @1 t20",
      further: ["late dock@1 > bench@1 t20", "late bench@1 > dock@1 t30"],
      stock: {},
    },
    {
      what: "a late movement of before all that is known tells where the thing first came from",
      code: tagged,
      before: ["dock > shelf @1 t30"],
      movement: "supplier > dock @1 t20",
      further: ["late supplier@1 > dock@1 t20"],
      stock: { "supplier@1": -1, "dock@1": 1 },
    },
    {
      what: "a late movement to where it was anyway is one line that moves nothing",
      code: tagged,
      before: ["supplier > dock @1 t10", "dock > shelf @1 t30"],
      movement: "supplier > dock @1 t20",
      further: ["late dock@1 > dock@1 t20"],
      stock: {},
    },
    {
      what: "what left through one site's outside arrives through the other site's own",
      code: tagged,
      before: ["supplier > dock @1 t10", "dock > transit @1 t20"],
      movement: "supplier > dock @2 t30",
      posted: "transit@2 > dock@2",
      tag: "dock@2 since 30",
      stock: { "transit@2": -1, "dock@2": 1 },
    },
    {
      what: "what the ledger still has at a place of another site is taken from there",
      code: tagged,
      before: ["supplier > dock @1 t10"],
      movement: "supplier > dock @2 t30",
      posted: "dock@1 > dock@2",
      tag: "dock@2 since 30",
      stock: { "dock@1": -1, "dock@2": 1 },
    },
    {
      what: "a late arrival at another site moves the difference between the two sites' outsides",
      code: tagged,
      before: ["supplier > dock @1 t10", "dock > transit @1 t20", "transit > dock @1 t40"],
      movement: "transit > dock @2 t30",
      further: ["late transit@2 > dock@2 t30", "late dock@2 > transit@1 t40"],
      stock: { "transit@2": -1, "transit@1": 1 },
    },
    {
      what: "a logistic unit posts nothing, and its place is kept",
      code: sscc,
      before: ["supplier > dock @1 t10"],
      movement: "dock > shelf @1 t20",
      tag: "shelf@1 since 20",
      stock: {},
    },
    {
      what: "a logistic unit's older place does not come back",
      code: sscc,
      before: ["supplier > dock @1 t10"],
      movement: "supplier > gate @1 t5",
      stock: {},
    },
    {
      what: "a code that no item has is held",
      code: "(01)00000000000000",
      movement: "supplier > dock @1 t10",
      held: "movement.code_unknown",
      stock: {},
    },
    {
      what: "a tag whose class no item has is held",
      code: "epc:E2801160600002054CC2096F",
      movement: "supplier > dock @1 t10",
      held: "movement.code_unknown",
      stock: {},
    },
    {
      what: "more than one of a serialised thing makes no sense",
      code: tagged,
      quantity: 2,
      movement: "supplier > dock @1 t10",
      held: "movement.meaningless",
      stock: {},
    },
    {
      what: "a quantity from a place to itself makes no sense",
      code: gtin,
      movement: "dock > dock @1 t10",
      held: "movement.meaningless",
      stock: {},
    },
    {
      what: "a location that moves makes no sense",
      code: "(414)9506000134352",
      movement: "supplier > dock @1 t10",
      held: "movement.meaningless",
      stock: {},
    },
  ])("$what", row => {
    const books = new TestBooks().bind(gtin, 1);
    const before = row.before ?? [];
    const { tags, histories } = heard(books, row.code, before);
    const movement = recorded(before.length + 1, row.code, row.movement, row.quantity);
    const planned = plan({ movements: [movement], books, tags, histories, why: "recorded" });
    expect(postedOf(planned, books)).toEqual(row.posted);
    expect(furtherOf(planned, books)).toEqual(row.further ?? []);
    expect(planned.held[0]?.problem).toEqual(row.held);
    expect(tagOf(planned, books)).toEqual(row.tag);
    expect(stockOf(planned, books)).toEqual(row.stock);
  });
});

test("movements of one transaction see each other", () => {
  const books = new TestBooks().bind(gtin, 1);
  const movements = ["supplier > dock @1 t10", "dock > shelf @1 t30", "dock > bench @1 t20"].map((text, index) =>
    recorded(index + 1, tagged, text),
  );
  const planned = plan({ movements, books, tags: new Map(), histories: new Map(), why: "recorded" });
  expect(furtherOf(planned, books)).toEqual(["late dock@1 > bench@1 t20", "late bench@1 > dock@1 t30"]);
  expect(planned.rows.map(row => row.previous?.seq)).toEqual([undefined, 1, undefined]);
  expect(tagOf(planned, books)).toBe("shelf@1 since 30");
  expect(stockOf(planned, books)).toEqual({ "supplier@1": -1, "shelf@1": 1 });
});

test("a bound movement posts beside its row, at its own event time", () => {
  const books = new TestBooks().bind(gtin, 1);
  const movements = ["supplier > dock @1 t10", "dock > shelf @1 t30"].map((text, index) =>
    recorded(index + 1, tagged, text),
  );
  const planned = plan({ movements, books, tags: new Map(), histories: new Map(), why: "bound" });
  expect(furtherOf(planned, books)).toEqual(["bound supplier@1 > dock@1 t10", "bound dock@1 > shelf@1 t30"]);
  expect(planned.rows.every(row => row.posting === undefined)).toBe(true);
  expect(stockOf(planned, books)).toEqual({ "supplier@1": -1, "shelf@1": 1 });
});

test("late tags are those of which a movement is older than what is known by then", () => {
  const known: Tag = {
    code: tagged,
    itemId: 1,
    units: 1,
    placeId: 1,
    siteId: 1,
    since: 10,
    seen: 20,
    epochId: 1,
    seq: 1,
  };
  const movements = [
    recorded(1, tagged, "a > b @1 t20"),
    recorded(2, tagged, "a > b @1 t15"),
    recorded(3, tagged, "a > b @1 t12"),
    recorded(4, `${gtin}(21)2`, "a > b @1 t5"),
    recorded(5, gtin, "a > b @1 t1"),
  ];
  expect([...lateTags(movements, new Map([[tagged, known]]))]).toEqual([[tagged, 12]]);
});

describe("a pack", () => {
  const box = "(01)19506000134359";
  const boxes = () => new TestBooks().bind(gtin, 1).bind(box, 1, 12);
  const nothing = { tags: new Map(), histories: new Map() };

  test("counts as what is in it, beside a row that says how many packs were read", () => {
    const books = boxes();
    const movements = [recorded(1, box, "supplier > dock @1 t10", 3), recorded(2, gtin, "dock > customer @1 t20", 5)];
    const planned = plan({ movements, books, ...nothing, why: "recorded" });
    expect(planned.rows.map(row => row.posting)).toEqual([
      undefined,
      { itemId: 1, from: books.id("dock"), to: books.id("customer") },
    ]);
    expect(planned.further).toMatchObject([{ line: 1, itemId: 1, quantity: 36, why: "pack" }]);
    expect(stockOf(planned, books)).toEqual({ "supplier@1": -36, "dock@1": 31, "customer@1": 5 });
  });

  test("with a serial is one thing of many units in one place, and counts so wherever it goes", () => {
    const books = boxes();
    const movements = ["supplier > dock @1 t10", "shelf > bench @1 t20", "dock > bench @1 t30"].map((text, index) =>
      recorded(index + 1, `${box}(21)1`, text),
    );
    const planned = plan({ movements, books, ...nothing, why: "recorded" });
    expect(planned.further.map(line => [line.recorded.seq, line.quantity, line.why])).toEqual([
      [1, 12, "pack"],
      [2, 12, "pack"],
    ]);
    expect(planned.rows[2]?.previous).toMatchObject({ epochId: 1, seq: 2 });
    expect(stockOf(planned, books)).toEqual({ "supplier@1": -12, "bench@1": 12 });
    expect(planned.newTags).toMatchObject([{ itemId: 1, units: 12, seq: 3 }]);
  });

  test("keeps the content it was first seen with, whatever its code means by now, also when a movement is late", () => {
    const books = boxes();
    const code = `${box}(21)1`;
    const first = plan({
      movements: [recorded(1, code, "supplier > dock @1 t10")],
      books,
      ...nothing,
      why: "recorded",
    });
    const [tag] = first.newTags;
    if (tag === undefined) throw new Error("the first movement makes a tag");
    books.bind(box, 2, 24);
    const stay = { at: 10, siteId: 1, placeId: books.id("dock"), fromId: books.id("supplier") };
    const movements = [recorded(2, code, "dock > shelf @1 t30"), recorded(3, code, "dock > bench @1 t20")];
    const input = { movements, books, tags: new Map([[code, tag]]), histories: new Map([[code, [stay]]]) };
    const planned = plan({ ...input, why: "recorded" });
    expect(planned.further.map(line => [line.recorded.seq, line.line, line.itemId, line.quantity, line.why])).toEqual([
      [2, 1, 1, 12, "pack"],
      [3, 1, 1, 12, "late"],
      [3, 2, 1, 12, "late"],
    ]);
    expect(planned.changedTags).toMatchObject([{ itemId: 1, units: 12 }]);
  });

  test("whose code is bound later is posted with what is in it", () => {
    const books = boxes();
    const movements = [recorded(1, box, "supplier > dock @1 t10", 2)];
    const planned = plan({ movements, books, ...nothing, why: "bound" });
    expect(planned.further).toMatchObject([{ quantity: 24, why: "bound" }]);
  });
});

/** What the ledger knows after having heard movements one by one, in order of event time. */
function heard(books: TestBooks, code: string, texts: readonly string[]) {
  const movements = texts.map((text, index) => recorded(index + 1, code, text));
  const planned = plan({ movements, books, tags: new Map(), histories: new Map(), why: "recorded" });
  const stays = movements.map(({ siteId, movement }) => ({
    at: movement.eventTimeMs,
    siteId,
    placeId: books.account(siteId, movement.to).id,
    fromId: books.account(siteId, movement.from).id,
  }));
  return { tags: new Map(planned.newTags.map(tag => [tag.code, tag])), histories: new Map([[code, stays]]) };
}

function postedOf({ rows: [row] }: Plan, books: TestBooks): string | undefined {
  return row?.posting && `${books.name(row.posting.from)} > ${books.name(row.posting.to)}`;
}

function furtherOf({ further }: Plan, books: TestBooks): string[] {
  return further.map(({ why, from, to, at }) => `${why} ${books.name(from)} > ${books.name(to)} t${at}`);
}

function tagOf({ newTags, changedTags }: Plan, books: TestBooks): string | undefined {
  const [tag] = [...newTags, ...changedTags];
  return tag && `${books.name(tag.placeId)} since ${tag.since}`;
}

function stockOf({ stock }: Plan, books: TestBooks): Record<string, number> {
  return Object.fromEntries(stock.map(({ placeId, quantity }) => [books.name(placeId), quantity]));
}
