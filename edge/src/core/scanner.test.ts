import { describe, expect, test } from "vitest";
import { epcOf, rule, Story, startMs } from "./core.fixture.ts";
import { ReadPointConfig } from "./types.ts";

const gtin = "]E09506000134352";
const receive = (config: object = {}) => new Story([rule("gun", { mode: "scanner", place: "dock-1", ...config })]);
const ship = { place: "packing", from: "packing", to: "customer" };

describe("a class of things", () => {
  test("each scan is one more of them", () => {
    const story = receive().scan("gun", gtin).scan("gun", gtin).wait(1).scan("gun", gtin);
    expect(story.routes()).toEqual(["supplier → dock-1", "supplier → dock-1", "supplier → dock-1"]);
    expect(story.last?.movements[0]).toMatchObject({
      classKey: "(01)09506000134352",
      movement: { code: "(01)09506000134352", bizStep: "receiving", cause: "scan", readPoint: "gun" },
    });
  });

  test("a count on the label is the quantity", () => {
    const story = receive().scan("gun", "]C101095060001343523024").scan("gun", "]d20109506000134352\x1d3012");
    expect(story.routes()).toEqual(["supplier → dock-1 × 24", "supplier → dock-1 × 12"]);
  });

  test("a count of nothing is said to be meaningless, and moves nothing", () => {
    const story = receive().scan("gun", "]C10109506000134352300");
    expect(story.movements).toEqual([]);
    expect(story.exceptions).toEqual([{ problem: "movement.meaningless", key: "(01)09506000134352" }]);
  });

  test.each([
    ["to a customer", ship, "packing → customer", "shipping"],
    ["from place to place", { place: "shelf-1", from: "dock-1" }, "dock-1 → shelf-1", "storing"],
    ["as configured", { place: "shelf-1", from: "dock-1", biz_step: "picking" }, "dock-1 → shelf-1", "picking"],
  ])("goes %s", (_, config, route, bizStep) => {
    const story = receive(config).scan("gun", gtin);
    expect(story.routes()).toEqual([route]);
    expect(story.last?.movements[0]?.movement.bizStep).toBe(bizStep);
  });

  test("a hand that trembles counts once where the read point says so", () => {
    const story = receive({ repeat_ms: 500 }).scan("gun", gtin).wait(400).scan("gun", gtin).wait(600).scan("gun", gtin);
    expect(story.routes()).toHaveLength(2);
    expect(story.scan("gun", "]E05000112637922").routes()).toHaveLength(3);
  });

  test("a code that no standard knows moves under its own text", () => {
    expect(receive().scan("gun", "BOLT M6x20").movements).toMatchObject([{ code: "code:BOLT M6x20" }]);
  });
});

describe("a message that comes again", () => {
  const stamp = { readerTimeMs: startMs - 120, sequence: 4 };

  test("counts once, also after a restart", () => {
    const story = receive().scan("gun", gtin, stamp).wait(50).scan("gun", gtin, stamp);
    expect(story.routes()).toHaveLength(1);
    const restarted = receive();
    for (const scan of story.known.scans) restarted.known.scans.add(scan);
    expect(restarted.scan("gun", gtin, stamp).routes()).toEqual([]);
  });

  test("counts once within a tick", () => {
    const story = receive();
    const scanned = story.reading("gun", { scan: gtin, ...stamp });
    expect(story.tick(scanned, scanned).routes()).toHaveLength(1);
  });

  test("is told from a second scan by the device's counter or milliseconds, not by whole seconds", () => {
    const story = receive();
    story
      .scan("gun", gtin, { readerTimeMs: startMs, sequence: 4 })
      .scan("gun", gtin, { readerTimeMs: startMs, sequence: 5 });
    story.scan("gun", gtin, { readerTimeMs: startMs }).scan("gun", gtin, { readerTimeMs: startMs });
    expect(story.routes()).toHaveLength(4);
  });
});

describe("one thing of its own", () => {
  const serialised = "]d2010950600013435221ABC";

  test("moves once, however often it is scanned", () => {
    const story = receive().scan("gun", serialised).wait(60_000).scan("gun", serialised);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
  });

  test("moves from where it is known to be", () => {
    const story = receive(ship)
      .knows("(01)09506000134352(21)ABC", "shelf-4", startMs - 1)
      .scan("gun", serialised);
    expect(story.routes()).toEqual(["shelf-4 → customer"]);
  });

  test("is the same thing by its tag and by its label", () => {
    const story = new Story([rule("gate", {}), rule("gun", { mode: "scanner", ...ship })]);
    story.tick(story.reading("gate", { epcHex: epcOf(7) }));
    story.wait(1000).scan("gun", "]d20109506000134352217").wait(100);
    expect(story.routes()).toEqual(["supplier → gate", "gate → customer"]);
    expect(story.core.tags.size).toBe(1);
  });
});

test("a read point that would move from an account to itself is refused", () => {
  const config = { mode: "scanner", place: "dock-1", from: "dock-1" };
  expect(ReadPointConfig.safeParse(config).success).toBe(false);
});
