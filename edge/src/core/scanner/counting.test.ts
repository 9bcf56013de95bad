import { describe, expect, test } from "vitest";
import { rule, Story } from "../core.fixture.ts";
import { decide } from "../decide.ts";
import type { CountedGoods } from "../types.ts";

const milk = "]E09506000134352";
const serialised = "]d2010950600013435221ABC";

/** A story that keeps what was counted. */
function counting(config: object = {}) {
  const story = new Story([rule("gun", { mode: "count", place: "bin-1", ...config })]);
  const counted: CountedGoods[] = [];
  const take = story.take.bind(story);
  story.take = decision => {
    counted.push(...decision.observations);
    return take(decision);
  };
  const sums = () => {
    const sums = new Map<string, number>();
    for (const { place, code, quantity } of counted)
      sums.set(`${place} ${code}`, (sums.get(`${place} ${code}`) ?? 0) + quantity);
    return Object.fromEntries(sums);
  };
  return { story, counted, sums };
}

describe("counting", () => {
  test("each scan of a class counts, with its quantity; a thing of its own counts once", () => {
    const { story, sums } = counting();
    for (const scan of [milk, milk, "TG:QTY:5", milk, serialised, serialised]) story.wait(1000).scan("gun", scan);
    expect(sums()).toEqual({ "bin-1 (01)09506000134352": 7, "bin-1 (01)09506000134352(21)ABC": 1 });
    expect(story.answers.at(-1)).toMatchObject({ did: "repeated", counted: 8 });
    expect(story.movements).toEqual([]);
  });

  test("a sweep with an RFID reader counts each tag once, however often it is heard", () => {
    const { story, counted } = counting();
    for (let round = 0; round < 50; round++) for (let tag = 1; tag <= 20; tag++) story.wait(10).hear("gun", tag, -50);
    expect(counted).toHaveLength(20);
    expect(new Set(counted.map(({ session }) => session)).size).toBe(1);
  });

  test("the readings of one tick are one sweep, too", () => {
    const { story, counted } = counting();
    story.tick(...[1, 2, 1, 2, 1].map(tag => story.reading("gun", { epcHex: `30364433400D1EC0000000${tag}0` })));
    expect(counted).toHaveLength(2);
  });

  test("another place, or a rest, is another sweep", () => {
    const { story, counted } = counting({ forget_ms: 10_000 });
    story.hear("gun", 1).wait(1000).scan("gun", "TG:PLACE:bin-2").hear("gun", 1);
    story.wait(10_001).hear("gun", 1);
    expect(counted.map(({ place }) => place)).toEqual(["bin-1", "bin-2", "bin-2"]);
    expect(new Set(counted.map(({ session }) => session)).size).toBe(3);
  });

  test("an undo takes back what was counted last, so that it may be counted again", () => {
    const { story, sums } = counting();
    for (const scan of ["TG:QTY:5", milk, serialised, "TG:UNDO", "TG:UNDO", serialised])
      story.wait(1000).scan("gun", scan);
    expect(story.answers.slice(-3)).toMatchObject([
      { did: "uncounted", quantity: 1, counted: 5 },
      { did: "uncounted", quantity: 5, counted: 0 },
      { did: "counted", counted: 1 },
    ]);
    expect(sums()).toEqual({ "bin-1 (01)09506000134352": 0, "bin-1 (01)09506000134352(21)ABC": 1 });
  });

  test("a quantity that one thing cannot have is refused, and nothing is counted", () => {
    const { story, counted } = counting();
    story.scan("gun", "TG:QTY:2").scan("gun", serialised);
    expect(story.answers.at(-1)).toMatchObject({ did: "refused", problem: { code: "movement.meaningless" } });
    expect(counted).toEqual([]);
  });

  test("a decision that is not committed counts nothing: the same tick decided again is the same", () => {
    const { story } = counting();
    story.hear("gun", 1);
    const readings = [story.reading("gun", { epcHex: "30364433400D1EC000000099" })];
    const lost = decide(story.core, readings, story.nowMs, story.known);
    const again = decide(story.core, readings, story.nowMs, story.known);
    expect(again.observations).toEqual(lost.observations);
    expect(again.observations).toHaveLength(1);
  });
});
