import { SiteList } from "@tallygate/protocol";
import { describe, expect, it, test } from "vitest";
import { ListProgress, type OwnMovement, sumOf } from "./progress.ts";

const openedMs = Date.UTC(2026, 8, 7, 12);

function list(change: object = {}): SiteList {
  return SiteList.parse({
    id: "one",
    readPoint: "dock-2",
    step: "loading",
    openedMs,
    documents: [{ kind: "order", number: "SO-1" }],
    lines: [{ document: "SO-1", line: 1, sku: "KETTLE", quantity: 10 }],
    items: [{ sku: "KETTLE", wanted: 40, done: 30 }],
    ...change,
  });
}

const wave = (id: string, wanted: number, change: object = {}) =>
  list({ id, readPoint: undefined, step: "picking", items: [{ sku: "KETTLE", wanted, done: 0 }], ...change });

function moved(change: Partial<OwnMovement> = {}): OwnMovement {
  return {
    code: "kettle",
    sku: "KETTLE",
    quantity: 1,
    from: "dock-2",
    to: "customer",
    bizStep: "shipping",
    readPoint: "dock-2/1",
    eventTimeMs: openedMs + 1000,
    isThing: false,
    isReversal: false,
    isFollowed: false,
    ...change,
  };
}

function progressOf(lists: readonly SiteList[], ...movements: readonly Partial<OwnMovement>[]) {
  const progress = new ListProgress(lists);
  for (const each of movements) progress.take(moved(each));
  return {
    count: (id = "one") => sumOf(progress.of(id).own.get("KETTLE")),
    unexpected: (id = "one") => progress.of(id).unexpected.map(({ sku, code, quantity }) => [sku ?? code, quantity]),
  };
}

const thing = { code: "kettle 881", isThing: true } as const;
const back = { from: "customer", to: "dock-2", bizStep: "receiving" } as const;

describe("at the read point of an open list", () => {
  test.each<[string, readonly Partial<OwnMovement>[], number]>([
    ["what leaves counts, with what is in a pack", [{}, { quantity: 12 }], 13],
    ["another gate's goods do not count", [{ readPoint: "dock-20/1" }], 0],
    ["goods that enter are none of a loading list", [back], 0],
    ["what happened before it was opened does not count", [{ eventTimeMs: openedMs - 60_001 }], 0],
    ["what a clock that is late put just before it counts", [{ eventTimeMs: openedMs - 59_000 }], 1],
    ["what the centre has counted does not count again", [{ isFollowed: true }, {}], 1],
    ["one thing counts once, however often it is read", [thing, thing], 1],
    ["a thing that the centre has counted counts no second time", [{ ...thing, isFollowed: true }, thing], 0],
    ["an undo takes back what it undoes", [{}, { ...back, isReversal: true }], 0],
    ["an undo of what the centre has counted takes it off", [{ isFollowed: true }, { ...back, isReversal: true }], -1],
    ["a thing that comes back in is on the lorry no more", [thing, { ...thing, ...back }], 0],
    ["and counts again when it leaves again", [thing, { ...thing, ...back }, thing], 1],
    [
      "and is taken off the centre's count",
      [
        { ...thing, isFollowed: true },
        { ...thing, ...back },
      ],
      -1,
    ],
  ])("%s", (_, movements, expected) => {
    expect(progressOf([list()], ...movements).count()).toBe(expected);
  });

  it("the antenna's list goes before its device's, and the one that was opened last before an older one", () => {
    const lists = [
      list({ id: "device" }),
      list({ id: "antenna", readPoint: "dock-2/1" }),
      list({ id: "later", step: "shipping", openedMs: openedMs + 5000 }),
    ];
    const { count } = progressOf(
      lists,
      {},
      { readPoint: "dock-2/3" },
      { readPoint: "dock-2/3", eventTimeMs: openedMs + 6000 },
    );
    expect([count("antenna"), count("device"), count("later")]).toEqual([1, 1, 1]);
  });

  it("what no item of the list is stands apart, until it comes back", () => {
    const { unexpected, count } = progressOf(
      [list()],
      { sku: "TOASTER", quantity: 2 },
      { sku: undefined, code: "(01)1" },
    );
    expect(unexpected()).toEqual([
      ["TOASTER", 2],
      ["(01)1", 1],
    ]);
    expect(count()).toBe(0);
    const undone = progressOf([list()], { sku: "TOASTER" }, { ...back, sku: "TOASTER", isReversal: true });
    expect(undone.unexpected()).toEqual([]);
  });
});

describe("a wave that is picked anywhere", () => {
  const pick = { from: "A-1", to: "packing", bizStep: "picking", readPoint: "handheld-1" } as const;

  it("takes what is picked, the oldest first that still wants some", () => {
    const { count } = progressOf([wave("first", 2), wave("second", 2)], pick, pick, pick);
    expect([count("first"), count("second")]).toEqual([2, 1]);
  });

  it("of a read point takes what is picked there at once for the customer", () => {
    const bound = wave("first", 2, { readPoint: "handheld-1" });
    expect(progressOf([bound], { ...pick, to: "customer" }).count("first")).toBe(1);
  });

  it("takes no goods that are only stored, and none that no wave names", () => {
    const { count, unexpected } = progressOf(
      [wave("first", 2)],
      { ...pick, bizStep: "storing" },
      { ...pick, sku: "TOASTER" },
    );
    expect(count("first")).toBe(0);
    expect(unexpected("first")).toEqual([]);
  });
});
