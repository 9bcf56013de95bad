import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { Command, Reservation, StockRow } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Candidate } from "./policies/policy.ts";

/** `site:available` of places 1, 2, … */
function candidates(text: string): Candidate[] {
  return text.split(" ").map((part, index) => {
    const [siteId = 0, available = 0] = part.split(":").map(Number);
    return { placeId: index + 1, siteId, available };
  });
}

describe("a policy", () => {
  test.each([
    ["one_place", 5, "1:4 1:6 2:9", [], "3:5"],
    ["one_place", 5, "1:6 2:6", [], "1:5"],
    ["one_place", 7, "1:4 1:6", [], "none"],
    ["fewest_places", 5, "1:1 1:5 2:4", [], "2:5"],
    ["fewest_places", 9, "1:1 1:5 2:4", [], "2:5 3:4"],
    ["fewest_places", 11, "1:1 1:5 2:4", [], "none"],
    ["nearest", 5, "1:9 2:1 2:2", [2, 1], "3:2 2:1 1:2"],
    ["nearest", 2, "1:9 2:1 2:2", [2, 1], "3:2"],
  ] as const)("%s takes %i of %s, sites %j: %s", (name, quantity, given, siteIds, expected) => {
    const picks = policies[name].choose(quantity, candidates(given), siteIds);
    expect(picks?.map(pick => `${pick.placeId}:${pick.quantity}`).join(" ") ?? "none").toBe(expected);
  });
});

const level = (onHand: number, reserved = 0, blocked = 0): StockRow => {
  return { itemId: 1, placeId: 1, siteId: 1, onHand, reserved, blocked };
};

const reserve = (id: string, ...quantities: number[]): Command => ({
  kind: "reserve",
  id,
  policy: "one_place",
  reference: undefined,
  expiresInMs: 1_000,
  lines: quantities.map(quantity => ({ sku: "A", itemId: 1, quantity, siteId: undefined, placeId: undefined })),
  siteIds: [],
});

function held(id: string, quantity: number, expiresMs = 9_000): Reservation {
  const hold = { line: 0, itemId: 1, placeId: 1, siteId: 1, quantity, fulfilled: 0, released: 0 };
  const times = { createdMs: 0, expiresMs, endedMs: undefined };
  return { id, state: "held", policy: "one_place", reference: undefined, ...times, holds: [hold] };
}

const part = (kind: "fulfil" | "release", id: string, quantity: number): Command => {
  return { kind, id, lines: [{ sku: "A", itemId: 1, quantity, siteId: undefined, placeId: undefined }] };
};

describe("a group, at time 5000", () => {
  test.each<[string, StockRow, Reservation[], Command[], string[], number]>([
    [
      "in the order in which they came",
      level(5),
      [],
      [reserve("a", 3), reserve("b", 3), reserve("c", 2)],
      ["held", "reservation.insufficient", "held"],
      5,
    ],
    [
      "never of what is blocked or reserved",
      level(9, 3, 4),
      [],
      [reserve("a", 3), reserve("b", 2)],
      ["reservation.insufficient", "held"],
      2,
    ],
    [
      "nothing of a reservation that lacks one line",
      level(5),
      [],
      [reserve("a", 4, 2), reserve("b", 5)],
      ["reservation.insufficient", "held"],
      5,
    ],
    [
      "with what the one before it gave back",
      level(5, 5),
      [held("r", 5)],
      [{ kind: "release", id: "r", lines: undefined }, reserve("a", 5)],
      ["released", "held"],
      0,
    ],
    [
      "one end each",
      level(5, 5),
      [held("r", 5)],
      [part("fulfil", "r", 2), part("release", "r", 3), part("fulfil", "r", 1)],
      ["held", "released", "reservation.ended"],
      -5,
    ],
    [
      "nothing of an end that names more than is held",
      level(5, 5),
      [held("r", 5)],
      [part("fulfil", "r", 6)],
      ["reservation.insufficient"],
      0,
    ],
    [
      "an end on time only",
      level(5, 5),
      [held("r", 5, 5_000)],
      [part("fulfil", "r", 1), { kind: "expire", id: "r" }, { kind: "expire", id: "r" }],
      ["reservation.ended", "expired", "expired"],
      -5,
    ],
    ["no expiry before its time", level(5, 5), [held("r", 5, 5_001)], [{ kind: "expire", id: "r" }], ["held"], 0],
    ["nothing of what is not there", level(5), [], [part("fulfil", "r", 1)], ["reservation.unknown"], 0],
    ["nothing where there is less than nothing", level(-5), [], [reserve("a", 1)], ["reservation.insufficient"], 0],
  ])("decides %s", (_, row, known, commands, expected, by) => {
    const reservations = new Map(known.map(each => [each.id, each]));
    const { results, stock } = decide({ commands, stock: [row], reservations, nowMs: 5_000 });
    expect(results.map(result => (result.ok ? result.value.state : result.problem.code))).toEqual(expected);
    expect(stock.reduce((sum, change) => sum + change.by, 0)).toBe(by);
  });
});

describe("what is held for a document", () => {
  const command = { ...reserve("a", 7, 4), expiresInMs: undefined, documentId: "d", whenShort: "take" as const };

  test("is as much of each line as there is, and no clock ends it", () => {
    const { results, created } = decide({
      commands: [command],
      stock: [level(9)],
      reservations: new Map(),
      nowMs: 5_000,
    });
    expect(results).toMatchObject([{ ok: true, value: { expiresMs: undefined, documentId: "d" } }]);
    expect(created[0]?.holds).toMatchObject([
      { line: 0, quantity: 7 },
      { line: 1, quantity: 2 },
    ]);
    const late = {
      commands: [{ kind: "expire" as const, id: "a" }],
      stock: [level(9, 9)],
      nowMs: Number.MAX_SAFE_INTEGER,
    };
    const after = decide({ ...late, reservations: new Map(created.map(one => [one.id, one])) });
    expect(after.results).toMatchObject([{ ok: true, value: { state: "held" } }]);
  });

  test("is answered where there is nothing, and nothing is written", () => {
    const { results, created, stock } = decide({
      commands: [command],
      stock: [level(0)],
      reservations: new Map(),
      nowMs: 5_000,
    });
    expect(results).toMatchObject([{ ok: true, value: { holds: [] } }]);
    expect([created, stock]).toEqual([[], []]);
  });

  test("grows by what there is, one hold for a line at a place, and never a hold of another's", () => {
    const known = { ...held("a", 3), expiresMs: undefined, documentId: "d" };
    const line = { sku: "A", itemId: 1, siteId: 1, placeId: undefined };
    const lines = [
      { ...line, number: 0, quantity: 2 },
      { ...line, number: 1, quantity: 9 },
    ];
    const more = { kind: "extend" as const, id: "a", documentId: "d", policy: "one_place" as const, lines };
    const input = { stock: [level(8, 3)], reservations: new Map([["a", known]]), nowMs: 5_000 };
    const { changed, stock } = decide({ ...input, commands: [more] });
    expect(changed[0]?.holds).toMatchObject([
      { line: 0, quantity: 5 },
      { line: 1, quantity: 3 },
    ]);
    expect(stock).toMatchObject([{ by: 5 }]);
    const { results } = decide({ ...input, commands: [{ ...more, documentId: "e" }, part("release", "a", 1)] });
    expect(results.map(result => !result.ok && result.problem.code)).toEqual(Array(2).fill("reservation.of_document"));
  });
});
