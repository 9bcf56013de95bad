import { describe, expect, test } from "vitest";
import { type Candidate, propose } from "./propose.ts";

const nowMs = Date.UTC(2026, 10, 23);
const dayMs = 86_400_000;
const usual: Candidate = {
  sku: "OATS",
  place: "bin-1",
  onHand: 10,
  price: 100,
  provenMs: nowMs - dayMs,
  sinceMs: nowMs - dayMs,
  adjustments: 0,
  movements: 1,
  exceptions: 0,
};
const order = (...candidates: Partial<Candidate>[]) =>
  propose(
    candidates.map(each => ({ ...usual, ...each })),
    nowMs,
    10,
  ).map(({ sku }) => sku);

describe("what is proposed to be counted", () => {
  test.each([
    ["what cannot be, before what is worth much", { onHand: -1 }, { price: 1_000_000 }],
    ["what nobody explains, before what is right", { exceptions: 2 }, {}],
    ["what was adjusted by hand, before what is right", { adjustments: 2 }, {}],
    ["what is worth more, before what is worth less", { price: 5000 }, { price: 10 }],
    ["what was not proven for long, before what was", { provenMs: nowMs - 300 * dayMs }, {}],
    ["what was never proven, by how long it is there", { provenMs: undefined, sinceMs: nowMs - 300 * dayMs }, {}],
  ])("%s", (_, first, second) => {
    expect(order({ ...second, sku: "SECOND" }, { ...first, sku: "FIRST" })).toEqual(["FIRST", "SECOND"]);
  });

  test("age says nothing where nothing has moved since", () => {
    const [found] = propose([{ ...usual, provenMs: nowMs - 300 * dayMs, movements: 0 }], nowMs, 1);
    expect(found?.reasons).toEqual(["stock worth 1000 (minor units) is there"]);
  });

  test("the reasons are said, the heaviest first, and the score is never above 100", () => {
    const all = { onHand: -5, exceptions: 100, adjustments: 100, provenMs: nowMs - 4000 * dayMs };
    const [found] = propose([{ ...usual, ...all }], nowMs, 1);
    expect(found?.reasons).toEqual([
      "the ledger has -5 there, which cannot be",
      "100 open exceptions and 100 adjustments by hand",
      "not counted for 4000 days, 1 movements since",
    ]);
    expect(found?.score).toBeLessThanOrEqual(100);
  });
});
