import { describe, expect, test } from "vitest";
import { awaitedKey } from "./board.ts";
import type { BoundList, DocumentLine, End, Known, Moved } from "./model.ts";
import { type Matched, match } from "./rule.ts";
import { waysOf } from "./ways.ts";

/** One site, 1, with the places 10 (shelf), 11 (dock) and 19 (packing, where nothing can be promised); another site, 2. */
const place = (placeId: number, siteId = 1): End => ({ placeId, siteId, outside: undefined });
const outside = (name: string, siteId = 1): End => ({ placeId: 90 + siteId, siteId, outside: name });
const shelf = place(10);
const dock = place(11);
const packing = place(19);
const customer = outside("customer");
const supplier = outside("supplier");
const transit = outside("transit");

let seq = 0;
function moved(given: Partial<Moved> = {}): Moved {
  seq += 1;
  return {
    epochId: 1,
    seq,
    siteId: 1,
    code: "(01)7",
    serialised: false,
    lot: undefined,
    itemId: 7,
    quantity: 1,
    from: dock,
    to: customer,
    bizStep: "shipping",
    readPoint: "dock-1/2",
    eventTimeMs: 1_000_000,
    reverses: undefined,
    announced: undefined,
    ...given,
  };
}

function line(documentId: string, given: Partial<DocumentLine> = {}): DocumentLine {
  return {
    documentId,
    line: 1,
    kind: "order",
    number: documentId,
    siteId: 1,
    toSiteId: undefined,
    toPlaceId: undefined,
    itemId: 7,
    lot: undefined,
    quantity: 5,
    picked: 0,
    done: 0,
    dueMs: undefined,
    madeMs: 0,
    endedMs: undefined,
    reservationId: undefined,
    inUnit: false,
    ...given,
  };
}

const list = (documentIds: readonly string[], given: Partial<BoundList> = {}): BoundList => ({
  id: `list of ${documentIds.join(" ")}`,
  siteId: 1,
  readPoint: "dock-1",
  step: "shipping",
  openedMs: 500_000,
  closedMs: undefined,
  documentIds,
  ...given,
});

type Given = Partial<Omit<Known, "awaited">> & { readonly awaited?: readonly DocumentLine[] };

function matched(movements: readonly Moved[], { awaited = [], ...given }: Given = {}): Matched {
  const open = new Map<string, DocumentLine[]>();
  for (const one of movements) {
    for (const way of waysOf(one)) {
      const own = awaited.filter(
        each =>
          each.kind === way.kind &&
          each.itemId === one.itemId &&
          (way.side === "site" ? each.siteId : each.toSiteId) === 1,
      );
      open.set(awaitedKey(way, one), own);
    }
  }
  return match(movements, {
    lines: [],
    lists: [],
    announced: new Map(),
    counted: [],
    before: new Map(),
    reversed: new Set(),
    working: new Set(["1/order", "1/shipment", "1/return", "1/transfer"]),
    complete: [],
    isAvailable: placeId => placeId !== 19,
    ...given,
    awaited: open,
  });
}

/** `order a/1 done 3 (awaited)` of each match, and the problems. */
function told(movements: readonly Moved[], given: Given = {}): readonly string[] {
  const { matches, misfits } = matched(movements, given);
  return [
    ...matches.map(({ documentId, line, step, quantity, why }) => `${documentId}/${line} ${step} ${quantity} ${why}`),
    ...misfits.map(({ problem, quantity }) => `${problem} ${quantity}`),
  ];
}

describe("which documents a movement may carry out, by where it goes", () => {
  const to2 = { kind: "transfer", toSiteId: 2 } as const;
  const from2 = { kind: "transfer", siteId: 2, toSiteId: 1 } as const;
  const within = { kind: "transfer", toSiteId: 1, toPlaceId: 11 } as const;
  const cases: readonly (readonly [string, Partial<Moved>, Partial<DocumentLine>, string])[] = [
    ["to the customer: an order", { from: dock, to: customer }, { kind: "order" }, "done"],
    ["to the customer: no notice", { from: dock, to: customer }, { kind: "shipment" }, "document.none"],
    ["into transit: a transfer leaves", { from: dock, to: transit }, to2, "picked"],
    ["into transit: no order", { from: dock, to: transit }, { kind: "order" }, "document.none"],
    ["out of transit: a transfer arrives", { from: transit, to: dock }, from2, "done"],
    ["out of transit: not one that leaves here", { from: transit, to: dock }, to2, "document.none"],
    ["from the supplier: a notice", { from: supplier, to: dock }, { kind: "shipment" }, "done"],
    ["from the supplier: no return", { from: supplier, to: dock }, { kind: "return" }, "document.none"],
    ["from the customer: a return", { from: customer, to: dock }, { kind: "return" }, "done"],
    ["picked: an order", { from: shelf, to: dock, bizStep: "picking" }, { kind: "order" }, "picked"],
    ["packed: an order", { from: shelf, to: packing, bizStep: "packing" }, { kind: "order" }, "picked"],
    ["staged: an order", { from: shelf, to: dock, bizStep: "staging_outbound" }, { kind: "order" }, "picked"],
    ["stored: nobody's", { from: shelf, to: dock, bizStep: "storing" }, { kind: "order" }, ""],
    ["to where a transfer of the site wants it", { from: shelf, to: dock, bizStep: "storing" }, within, "done"],
    ["elsewhere in the site", { from: dock, to: shelf, bizStep: "storing" }, within, ""],
    ["lost: nobody's", { from: shelf, to: outside("loss") }, { kind: "order" }, ""],
    ["from one outside to another: nobody's", { from: supplier, to: customer }, { kind: "order" }, ""],
  ];
  test.each(cases)("%s", (_what, movement, document, expected) => {
    const [first = ""] = told([moved(movement)], { awaited: [line("a", document)] });
    expect(first).toContain(expected);
    if (expected === "") expect(first).toBe("");
  });
});

describe("the order of trust", () => {
  const notice = line("notice", { kind: "shipment" });
  const listed = line("listed", { kind: "shipment" });
  const waits = line("waits", { kind: "shipment" });
  const inward = { from: supplier, to: dock, bizStep: "receiving", code: "(01)7(21)s", serialised: true } as const;
  const receiving = list(["listed"], { step: "receiving" });

  test("the list at the read point goes before the notice that announced it, and that before who awaits it", () => {
    const announced = new Map([["(01)7(21)s", [notice]]]);
    const all = { lines: [listed, notice, waits], awaited: [waits], announced };
    expect(told([moved(inward)], { ...all, lists: [receiving] })).toEqual(["listed/1 done 1 list"]);
    expect(told([moved(inward)], all)).toEqual(["notice/1 done 1 unit"]);
    expect(told([moved(inward)], { ...all, announced: new Map() })).toEqual(["waits/1 done 1 awaited"]);
  });

  test("the contents of a unit are the notice's that announced the unit", () => {
    const contents = { ...inward, announced: { documentId: "notice", line: 1 } };
    expect(told([moved(contents)], { lines: [notice, waits], awaited: [waits] })).toEqual(["notice/1 done 1 unit"]);
  });

  test("of those that await it, what was announced in units goes before what is due earlier", () => {
    const inUnit = line("b", { kind: "shipment", inUnit: true, dueMs: 9 });
    const loose = line("a", { kind: "shipment", dueMs: 1 });
    expect(told([moved({ ...inward, serialised: false })], { awaited: [loose, inUnit] })).toEqual([
      "b/1 done 1 awaited",
    ]);
  });

  test("a thing goes to the order that it was picked for, whatever is due before", () => {
    const thing = { code: "(01)7(21)s", serialised: true };
    const counted = [{ code: thing.code, documentId: "b", step: "picked" as const, line: 1 }];
    const lines = [line("a", { dueMs: 1 }), line("b", { dueMs: 2, picked: 1 })];
    expect(told([moved(thing)], { lines, awaited: lines, counted })).toEqual(["b/1 done 1 awaited"]);
  });
});

describe("lists", () => {
  const order = line("a");
  const one = { lines: [order] };
  test.each([
    ["at its device and any antenna of it", { readPoint: "dock-1/9" }, list(["a"]), "a/1 done 1 list"],
    ["at its antenna alone", { readPoint: "dock-1/9" }, list(["a"], { readPoint: "dock-1/2" }), "document.none 1"],
    ["at no device whose name only begins like it", { readPoint: "dock-10" }, list(["a"]), "document.none 1"],
    ["at its own site", { siteId: 2 }, list(["a"]), undefined],
    ["before it was opened", { eventTimeMs: 400_000 }, list(["a"]), "document.none 1"],
    ["with an edge's clock a little behind", { eventTimeMs: 499_000 }, list(["a"]), "a/1 done 1 list"],
    ["late, when it is closed by now", {}, list(["a"], { closedMs: 1_000_001 }), "a/1 done 1 list"],
    ["from its closing on", {}, list(["a"], { closedMs: 1_000_000 }), "document.none 1"],
    ["only in its stage", {}, list(["a"], { step: "receiving" }), "document.none 1"],
    ["with a gate that names another outside", { to: transit }, list(["a"]), "a/1 done 1 list"],
  ])("take what passes %s", (_what, movement, open, expected) => {
    expect(told([moved(movement)], { ...one, lists: [open] })[0]).toBe(expected);
  });

  test("an antenna's goes before its device's, one that was open before one that was opened a moment later", () => {
    const [a, b] = [line("a"), line("b")];
    const lines = [a, b];
    const antenna = list(["b"], { readPoint: "dock-1/2" });
    expect(told([moved()], { lines, lists: [list(["a"]), antenna] })).toEqual(["b/1 done 1 list"]);
    const later = list(["b"], { openedMs: 1_000_500 });
    expect(told([moved()], { lines, lists: [later, list(["a"], { closedMs: 1_000_400 })] })).toEqual([
      "a/1 done 1 list",
    ]);
    expect(told([moved()], { lines, lists: [later] })).toEqual(["b/1 done 1 list"]);
  });

  test("what a list has no line for is for a person, and is not given to another document", () => {
    expect(told([moved({ itemId: 8 })], { ...one, lists: [list(["a"])], awaited: [line("b", { itemId: 8 })] })).toEqual(
      ["document.unexpected 1"],
    );
  });

  test("goods of a transfer may be picked on the way, and count when they leave the site", () => {
    const lines = [line("a", { kind: "transfer", toSiteId: 2 })];
    const picked = moved({ from: shelf, to: dock, bizStep: "picking" });
    expect(told([picked], { lines, lists: [list(["a"], { step: "picking" })] })).toEqual([]);
    expect(told([moved({ to: transit })], { lines, lists: [list(["a"], { step: "loading" })] })).toEqual([
      "a/1 picked 1 list",
    ]);
  });

  test("what is too much for it counts all the same, and is for a person", () => {
    expect(told([moved({ quantity: 7 })], { ...one, lists: [list(["a"])], awaited: [line("b")] })).toEqual([
      "a/1 done 7 list",
      "document.over 2",
    ]);
  });

  test("a thing that comes back in through the gate is taken off, and counts again when it leaves again", () => {
    const thing = { code: "(01)7(21)s", serialised: true };
    const out = moved(thing);
    const back = moved({ ...thing, from: customer, to: dock });
    expect(told([out, back], { ...one, lists: [list(["a"])] })).toEqual(["a/1 done 1 list", "a/1 done -1 list"]);
    expect(told([out, back, moved(thing)], { ...one, lists: [list(["a"])] })).toHaveLength(3);
  });
});

describe("ties", () => {
  test.each([
    ["the earliest due", [line("b", { dueMs: 2 }), line("a", { dueMs: 3 })], "b"],
    ["one that is due before one that is not", [line("a"), line("b", { dueMs: 9 })], "b"],
    ["the earliest made of those due together", [line("a", { madeMs: 2 }), line("b", { madeMs: 1 })], "b"],
    ["the smaller id of those made together", [line("b"), line("a")], "a"],
  ])("%s goes first", (_what, awaited, first) => {
    for (const given of [{ awaited }, { lines: awaited, lists: [list(awaited.map(({ documentId }) => documentId))] }]) {
      expect(told([moved()], given)[0]).toContain(`${first}/1 done 1`);
    }
  });

  test("the lower line of one document goes first", () => {
    const awaited = [line("a", { line: 2 }), line("a", { line: 1 })];
    expect(told([moved({ quantity: 8 })], { awaited })).toEqual(["a/1 done 5 awaited", "a/2 done 3 awaited"]);
  });
});

describe("quantities", () => {
  test("one movement is split over as many lines as it fills, and what is left over is for a person", () => {
    const awaited = [line("a", { quantity: 2 }), line("b", { quantity: 3, done: 1 }), line("c")];
    expect(told([moved({ quantity: 6 })], { awaited })).toEqual([
      "a/1 done 2 awaited",
      "b/1 done 2 awaited",
      "c/1 done 2 awaited",
    ]);
    expect(told([moved({ quantity: 11 })], { awaited }).slice(2)).toEqual(["c/1 done 7 awaited", "document.over 2"]);
  });

  test("movements fill a line one after the other, and the next document then", () => {
    const awaited = [line("a", { quantity: 2 }), line("b")];
    expect(told([moved(), moved(), moved()], { awaited })).toEqual([
      "a/1 done 1 awaited",
      "a/1 done 1 awaited",
      "b/1 done 1 awaited",
    ]);
  });

  test("what was picked, or went without being picked, is not picked again; who picks more needs no order for it", () => {
    const pick = { from: shelf, to: packing, bizStep: "picking" };
    const awaited = [line("a", { picked: 2, done: 4 })];
    expect(told([moved({ ...pick, quantity: 9 })], { awaited })).toEqual(["a/1 picked 1 awaited"]);
  });

  test("a line of a lot takes that lot, and goods that name none", () => {
    const awaited = [line("a", { lot: "L1" }), line("b")];
    expect(told([moved({ lot: "L2" })], { awaited })).toEqual(["b/1 done 1 awaited"]);
    expect(told([moved({ lot: "L1" })], { awaited })).toEqual(["a/1 done 1 awaited"]);
    expect(told([moved()], { awaited })).toEqual(["a/1 done 1 awaited"]);
  });

  test("a thing counts once for each step of a document, however often it is read", () => {
    const thing = { code: "(01)7(21)s", serialised: true };
    expect(told([moved(thing), moved(thing)], { awaited: [line("a")] })).toEqual(["a/1 done 1 awaited"]);
    expect(told([moved(thing), moved(thing)], { awaited: [line("a"), line("b")] })).toEqual([
      "a/1 done 1 awaited",
      "b/1 done 1 awaited",
    ]);
  });
});

describe("what fits nothing", () => {
  test("is for a person at a site that works with such documents, and nobody's business elsewhere", () => {
    expect(told([moved()])).toEqual(["document.none 1"]);
    expect(told([moved()], { working: new Set(["1/shipment", "2/order"]) })).toEqual([]);
  });

  test("because the document was made long after it happened, is so too", () => {
    expect(told([moved()], { awaited: [line("a", { madeMs: 1_060_001 })] })).toEqual(["document.none 1"]);
    expect(told([moved()], { awaited: [line("a", { madeMs: 1_059_999 })] })).toEqual(["a/1 done 1 awaited"]);
  });

  test("is too much, when it had come in a logistic unit a short while ago", () => {
    const complete = [line("a", { kind: "shipment", done: 5, inUnit: true })];
    expect(told([moved({ from: supplier, to: dock })], { complete })).toEqual(["document.over 1"]);
  });
});

describe("a movement that takes another back", () => {
  test("takes back what that one carried out, once, and not what it is itself", () => {
    const out = moved({ quantity: 6 });
    const undo = { reverses: { epochId: 1, seq: out.seq }, from: customer, to: dock, quantity: 6 };
    const awaited = [line("a", { quantity: 4 }), line("b")];
    expect(told([out, moved(undo), moved(undo)], { awaited })).toEqual([
      "a/1 done 4 awaited",
      "b/1 done 2 awaited",
      "a/1 done -4 reversal",
      "b/1 done -2 reversal",
    ]);
    expect(told([moved({ reverses: { epochId: 1, seq: 999_999 } })], { awaited })).toEqual([]);
  });

  test("takes nothing off for a thing that has come back in through the gate since", () => {
    const thing = { code: "(01)7(21)s", serialised: true };
    const out = moved(thing);
    const back = moved({ ...thing, from: customer, to: dock });
    const undo = moved({ ...thing, reverses: { epochId: 1, seq: out.seq }, from: customer, to: dock });
    const listed = { lines: [line("a")], lists: [list(["a"])] };
    expect(told([out, back, undo], listed)).toEqual(["a/1 done 1 list", "a/1 done -1 list"]);
  });

  test("can be taken back itself, and a thing counts again", () => {
    const thing = { code: "(01)7(21)s", serialised: true };
    const out = moved(thing);
    const undo = moved({ ...thing, reverses: { epochId: 1, seq: out.seq } });
    const redo = moved({ ...thing, reverses: { epochId: 1, seq: undo.seq } });
    const { matches, counted } = matched([out, undo, redo], { awaited: [line("a")] });
    expect(matches.map(({ quantity }) => quantity)).toEqual([1, -1, 1]);
    expect(counted).toMatchObject([{ documentId: "a", code: thing.code }]);
  });
});

describe("what is held", () => {
  const held = { reservationId: "r" };
  const cases: readonly (readonly [string, Partial<Moved>, Partial<DocumentLine>, object | undefined])[] = [
    ["ends when the goods leave the site", {}, held, { fromPlaceId: 11, toPlaceId: undefined }],
    [
      "ends when they are put where nothing can be promised",
      { from: shelf, to: packing, bizStep: "packing" },
      held,
      { fromPlaceId: 10, toPlaceId: undefined },
    ],
    [
      "goes with them to another place of the site",
      { from: shelf, to: dock, bizStep: "picking" },
      held,
      { fromPlaceId: 10, toPlaceId: 11 },
    ],
    ["has ended before, when they come from packing", { from: packing }, held, undefined],
    [
      "ends for a transfer that leaves",
      { to: transit },
      { ...held, kind: "transfer", toSiteId: 2 },
      { fromPlaceId: 11 },
    ],
    [
      "ends for a transfer that arrives within the site",
      { from: shelf, to: dock, bizStep: "storing" },
      { ...held, kind: "transfer", toSiteId: 1, toPlaceId: 11 },
      { fromPlaceId: 10, toPlaceId: undefined },
    ],
    ["is nothing where nothing is held", {}, {}, undefined],
  ];
  test.each(cases)("%s", (_what, movement, document, expected) => {
    const { holds } = matched([moved({ quantity: 3, ...movement })], { awaited: [line("a", document)] });
    expect(holds).toEqual(expected === undefined ? [] : [expect.objectContaining({ quantity: 3, ...expected })]);
  });
});
