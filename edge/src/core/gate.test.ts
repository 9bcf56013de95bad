import { describe, expect, test } from "vitest";
import { epcOf, rule, Story, startMs } from "./core.fixture.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const thing = (serial: number) => `(01)09506000134352(21)${serial}`;

const oneDock = () => new Story([rule("dock-1", { min_rssi_dbm: -70, min_reads: 1 })]);
const twoDocks = (config: object = {}) => new Story([rule("dock-1", config), rule("dock-2", config)]);

describe("one gate", () => {
  test("a thing never seen comes from the supplier", () => {
    const story = oneDock().hear("dock-1", 7, -50);
    expect(story.movements).toEqual([
      { code: thing(7), quantity: 1, from: "supplier", to: "dock-1", eventTimeMs: startMs },
    ]);
    expect(story.last?.movements[0]).toMatchObject({
      classKey: "(01)09506000134352",
      movement: { epcHex: epcOf(7), bizStep: "receiving", readPoint: "dock-1", cause: "reading" },
    });
    expect(story.presence).toEqual(["arrived dock-1"]);
  });

  test("a tag seen again within the window does not arrive twice", () => {
    const story = oneDock();
    for (let n = 0; n < 100; n++) story.hear("dock-1", 7, -50).wait(1000);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
    expect(story.presence).toEqual(["arrived dock-1"]);
  });

  test("a tag seen again after its window arrives again, but makes no movement", () => {
    const story = oneDock().hear("dock-1", 7, -50).wait(hourMs).tick().wait(1000).hear("dock-1", 7, -50);
    expect(story.presence).toEqual(["arrived dock-1", "departed dock-1", "arrived dock-1"]);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
  });

  test("a thing known elsewhere comes from there", () => {
    const story = oneDock()
      .knows(thing(7), "shelf-3", startMs - hourMs)
      .hear("dock-1", 7, -50);
    expect(story.routes()).toEqual(["shelf-3 → dock-1"]);
  });

  test("weak readings do not count, and are recorded", () => {
    const story = oneDock().hear("dock-1", 7, -71);
    expect(story.routes()).toEqual([]);
    expect(story.last?.readings).toHaveLength(1);
    expect(story.hear("dock-1", 7, -70).routes()).toHaveLength(1);
  });

  test("it takes as many readings as the rule says, within the window", () => {
    const story = new Story([rule("dock-1", { min_reads: 3, window_ms: 5000 })]);
    story.hear("dock-1", 7).wait(100).hear("dock-1", 7).wait(6000).hear("dock-1", 7).wait(100).hear("dock-1", 7);
    expect(story.routes()).toEqual([]);
    expect(story.wait(100).hear("dock-1", 7).routes()).toHaveLength(1);
    expect(story.hear("dock-1", 8, -50, { readCount: 3 }).routes()).toHaveLength(2);
  });

  test("a shipping gate takes to the customer, and the same door takes back nothing", () => {
    const story = new Story([rule("door", { place: "dock-9", to: "customer", from: "shelf-1" })]);
    story.hear("door", 7).wait(hourMs).hear("door", 7);
    expect(story.routes()).toEqual(["shelf-1 → customer"]);
    expect(story.last?.movements).toEqual([]);
  });

  test("antennas of one door may be two places", () => {
    const inside = rule("door", { antennas: [1, 2], place: "hall" });
    const outside = rule("door", { antennas: [3], place: "yard" });
    const story = new Story([inside, outside]);
    story.hear("door", 7, -50, { antenna: 3 }).wait(5000);
    story.hear("door", 7, -50, { antenna: 2 });
    expect(story.routes()).toEqual(["supplier → yard", "yard → hall"]);
    expect(story.last?.movements[0]?.movement.readPoint).toBe("door/2");
  });

  test("one reading elsewhere is enough once its own place has been silent, and not before", () => {
    const story = new Story([rule("dock", { place: "dock" }), rule("inner", { place: "hall" })]);
    story.hear("dock", 7).wait(300).hear("inner", 7);
    expect(story.routes()).toEqual(["supplier → dock"]);
    story.wait(5000).hear("inner", 7);
    expect(story.routes()).toEqual(["supplier → dock", "dock → hall"]);
    const carried = new Story([rule("dock", { place: "dock" }), rule("inner", { place: "hall" })]);
    expect(carried.hear("dock", 8).wait(3000).hear("inner", 8).routes()).toEqual(["supplier → dock", "dock → hall"]);
  });

  test("readings of a device or an antenna without a read point are recorded and no more", () => {
    const story = new Story([rule("door", { antennas: [1] })]);
    story.hear("door", 7, -50, { antenna: 2 }).hear("elsewhere", 7);
    expect(story.movements).toEqual([]);
    expect(story.last?.readings).toHaveLength(1);
  });

  test.each([
    ["a logistic unit moves without being stock", "3134257BF4499602D2000000", "(00)106141412345678908", undefined],
    ["a tag that is no GS1 key keeps its EPC", "DEADBEEF00112233", "epc:DEADBEEF00112233", "epc:DEADBEEF00112233"],
  ])("%s", (_, epcHex, code, classKey) => {
    const story = oneDock();
    story.tick(story.reading("dock-1", { epcHex }));
    expect(story.movements).toMatchObject([{ code }]);
    expect(story.last?.movements[0]?.classKey).toBe(classKey);
    expect(story.tick(story.reading("dock-1", { epcHex })).movements).toHaveLength(1);
  });

  test("a place is not moved", () => {
    const story = oneDock();
    // SGLN-96 of 9506000134352.
    story.tick(story.reading("dock-1", { epcHex: "3214257BF40D1A0000000000" }));
    story.tick(story.reading("dock-1", { scan: "]C14149506000134352" }));
    expect(story.movements).toEqual([]);
  });
});

describe("two gates", () => {
  test("a tag that is carried to the other one moves there", () => {
    const story = twoDocks().hear("dock-1", 7, -50).wait(3000);
    story.hear("dock-2", 7, -50).wait(100).hear("dock-2", 7, -50);
    expect(story.routes()).toEqual(["supplier → dock-1", "dock-1 → dock-2"]);
    expect(story.presence).toEqual(["arrived dock-1", "moved dock-2"]);
  });

  test("a single stray reading takes nothing away", () => {
    const story = twoDocks().hear("dock-1", 7, -55).wait(100).hear("dock-1", 7, -55);
    story.hear("dock-2", 7, -40).wait(100).hear("dock-1", 7, -55);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
  });

  test("a tag between both stays where it is, though the other hears it a little better", () => {
    const story = twoDocks();
    for (let n = 0; n < 200; n++) story.hear("dock-1", 7, -60).wait(50).hear("dock-2", 7, -56).wait(50);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
    expect(story.exceptions).toEqual([]);
  });

  test("a tag that the other hears much better moves, and does not flicker", () => {
    const story = twoDocks();
    for (let n = 0; n < 20; n++) story.hear("dock-1", 7, -70).wait(50);
    for (let n = 0; n < 200; n++)
      story
        .hear("dock-1", 7, -70 + (n % 3))
        .wait(50)
        .hear("dock-2", 7, -58 - (n % 3))
        .wait(50);
    expect(story.routes()).toEqual(["supplier → dock-1", "dock-1 → dock-2"]);
  });

  test("a tag that both hear equally well on its first way in is said to be doubtful, once", () => {
    const story = twoDocks({ min_reads: 3 });
    for (let n = 0; n < 20; n++) story.hear("dock-1", 7, -60).hear("dock-2", 7, -60).wait(50);
    expect(story.exceptions).toEqual([{ problem: "crossing.doubtful", key: thing(7) }]);
  });

  test("a gate that takes its time guesses nothing: a doubtful tag is not moved", () => {
    const story = twoDocks({ min_reads: 2, settle_ms: 500 });
    for (let n = 0; n < 20; n++) story.hear("dock-1", 7, -60).wait(25).hear("dock-2", 7, -60.5).wait(25);
    story.wait(1000).tick();
    expect(story.routes()).toEqual([]);
    expect(story.exceptions).toEqual([{ problem: "crossing.doubtful", key: thing(7) }]);
  });

  test("a gate that takes its time decides for the stronger one, though the other heard it first", () => {
    const story = twoDocks({ settle_ms: 500 });
    story.hear("dock-1", 7, -72).wait(30);
    for (let n = 0; n < 5; n++) story.hear("dock-2", 7, -55).wait(30);
    story.hear("dock-1", 7, -70).wait(2000).tick();
    expect(story.routes()).toEqual(["supplier → dock-2"]);
    expect(story.exceptions).toEqual([]);
  });

  test("a gate that takes its time decides without another reading", () => {
    const story = twoDocks({ settle_ms: 500 }).hear("dock-1", 7, -60);
    expect(story.wait(400).tick().routes()).toEqual([]);
    expect(story.wait(300).tick().routes()).toEqual(["supplier → dock-1"]);
    expect(story.last?.movements[0]?.movement.epcHex).toBe(epcOf(7));
  });

  test("a pallet that stands at one gate, and is heard by the other as well, raises no doubt", () => {
    const story = twoDocks()
      .knows(thing(7), "dock-1", startMs - hourMs)
      .hear("dock-1", 7, -60);
    for (let n = 0; n < 50; n++) story.hear("dock-2", 7, -60).hear("dock-1", 7, -60).wait(100);
    expect(story.routes()).toEqual([]);
    expect(story.exceptions).toEqual([]);
  });
});

describe("late readings", () => {
  const clocks = ["dock-1", "dock-2"].map(deviceId => ({ deviceId, skewMs: 0 }));
  const docks = () => new Story([rule("dock-1", {}), rule("dock-2", {})], { clocks });

  test("a reading older than what is known from another place is history", () => {
    const story = docks().hear("dock-2", 7, -50, { readerTimeMs: startMs });
    story.wait(hourMs).hear("dock-1", 7, -50, { readerTimeMs: startMs - hourMs });
    expect(story.routes()).toEqual(["supplier → dock-2"]);
    expect(story.last?.readings[0]?.eventTimeMs).toBe(startMs - hourMs);
  });

  test("that the tag was heard counts as known, also after it has left memory", () => {
    const story = docks()
      .knows(thing(7), "dock-2", startMs - 5 * hourMs)
      .hear("dock-2", 7);
    story.wait(hourMs).tick();
    expect(story.core.tags.size).toBe(0);
    story.hear("dock-1", 7, -50, { readerTimeMs: startMs - 2 * hourMs });
    expect(story.routes()).toEqual([]);
  });

  test("a replay of things never seen makes movements at their own times, once", () => {
    const story = docks();
    const replay = [1, 2, 3, 2, 1].map((serial, index) =>
      story.reading("dock-1", { epcHex: epcOf(serial), readerTimeMs: startMs - hourMs + index * 1000 }),
    );
    story.tick(...replay);
    expect(story.movements.map(({ eventTimeMs }) => eventTimeMs)).toEqual([
      startMs - hourMs,
      startMs - hourMs + 1000,
      startMs - hourMs + 2000,
    ]);
    expect(
      story
        .wait(minuteMs)
        .tick()
        .tick(...replay).movements,
    ).toHaveLength(3);
  });

  test("a known time that lies in the future, from a clock that was wrong, holds nothing up", () => {
    const story = docks()
      .knows(thing(7), "dock-2", startMs + 900 * hourMs)
      .hear("dock-1", 7, -50);
    expect(story.movements).toMatchObject([{ from: "dock-2", to: "dock-1", eventTimeMs: startMs }]);
  });

  test("live readings that overtake one another are not history", () => {
    const story = docks().hear("dock-1", 7, -70, { readerTimeMs: startMs });
    for (let n = 1; n < 4; n++) story.wait(50).hear("dock-2", 7, -50, { readerTimeMs: startMs - 100 + n });
    expect(story.routes()).toEqual(["supplier → dock-1", "dock-1 → dock-2"]);
    expect(story.movements[1]?.eventTimeMs).toBeGreaterThanOrEqual(startMs);
  });
});
