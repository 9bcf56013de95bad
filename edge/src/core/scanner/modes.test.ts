import { PlaceCode } from "@tallygate/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epcOf, rule, Story, startMs } from "../core.fixture.ts";
import { decide } from "../decide.ts";
import { parseCommand } from "./commands.ts";
import { scanModes } from "./modes.ts";
import { viewScanner } from "./scan.ts";
import { scannerLimits } from "./scanner-state.ts";

const milk = "]E09506000134352";
const oats = "]E05000112637922";
const serialised = "]d2010950600013435221ABC";
const serialKey = "(01)09506000134352(21)ABC";

const places = ["dock-1", "bin-1", "bin-2", "packing"].map(code => ({ code: PlaceCode.parse(code) }));
const scanner = (config: object = {}, options = {}) =>
  new Story([rule("gun", { mode: "receive", place: "dock-1", ...config })], { places, ...options });
const scan = (story: Story, ...texts: readonly string[]) => {
  for (const text of texts) story.wait(1000).scan("gun", text);
  return story;
};
const answersOf = (story: Story) => story.answers.map(({ did, problem }) => problem?.code ?? did);

describe("command barcodes", () => {
  test.each([
    ["TG:MODE:PICK", { kind: "mode", mode: "pick" }],
    ["]C0TG:MODE:LOOK_UP\r\n", { kind: "mode", mode: "look_up" }],
    ["TG:mode:count", { kind: "mode", mode: "count" }],
    ["TG:PLACE:bin-3", { kind: "place", place: "bin-3" }],
    ["TG:PLACE:BIN-3", { kind: "place", place: "bin-3" }],
    ["TG:QTY:12", { kind: "quantity", quantity: 12 }],
    ["TG:UNDO", { kind: "undo" }],
    ["TG:CANCEL", { kind: "cancel" }],
  ])("%j is one", (text, value) => {
    expect(parseCommand(text)).toEqual({ ok: true, value });
  });

  test.each([
    "TG:",
    "TG:MODE:",
    "TG:MODE:SELL",
    "TG:QTY:0",
    "TG:QTY:1.5",
    "TG:QTY:9999999999",
    "TG:UNDO:2",
    "TG:constructor",
    "TG:NEW",
  ])("%j begins as one, so it is never goods", text => {
    expect(parseCommand(text)).toMatchObject({ ok: false, problem: { code: "command.unknown" } });
    const story = scan(scanner(), text);
    expect(story.movements).toEqual([]);
    expect(story.exceptions).toEqual([{ problem: "command.unknown", key: text }]);
  });

  test("no code of goods is one", () => {
    for (const text of [
      milk,
      serialised,
      "tg:undo",
      "TGUNDO",
      "BOLT TG:UNDO",
      "https://id.gs1.org/01/09506000134352",
    ]) {
      expect(parseCommand(text)).toBeUndefined();
    }
    fc.assert(fc.property(fc.stringMatching(/^[0-9(\]h][ -~]{0,30}$/), text => parseCommand(text) === undefined));
  });
});

describe("a label that says when its lot ends", () => {
  const day = "17270301";
  const ofClass = `]d20109506000134352${day}10B7`;
  const ofThing = `]d2010950600013435221ABC\u001d${day}10B7`;
  const labelOf = (story: Story) =>
    story.last?.movements.map(({ movement: { code, lot, expiresOn } }) => [code, lot, expiresOn]);

  test("is passed on with the movement; the lot of goods of a class is in their code", () => {
    expect(labelOf(scan(scanner(), ofClass))).toEqual([["(01)09506000134352(10)B7", undefined, "2027-03-01"]]);
    expect(labelOf(scan(scanner(), ofThing))).toEqual([[serialKey, "B7", "2027-03-01"]]);
    expect(labelOf(scan(scanner(), milk))).toEqual([["(01)09506000134352", undefined, undefined]]);
  });

  test("is not forgotten while its goods wait for the place they go to", () => {
    const story = scan(scanner({ mode: "move" }), "TG:PLACE:dock-1", ofClass, ofThing, "TG:PLACE:bin-1");
    expect(labelOf(story)).toEqual([
      ["(01)09506000134352(10)B7", undefined, "2027-03-01"],
      [serialKey, "B7", "2027-03-01"],
    ]);
  });
});

describe("the modes", () => {
  test.each([
    ["TG:MODE:RECEIVE", "supplier → dock-1", "receiving"],
    ["TG:MODE:PICK", "dock-1 → customer", "picking"],
    ["TG:MODE:SHIP", "dock-1 → customer", "shipping"],
  ])("%s moves %s", (command, route, bizStep) => {
    const story = scan(scanner({ mode: "look_up" }), command, milk);
    expect(story.routes()).toEqual([route]);
    expect(story.last?.movements[0]?.movement.bizStep).toBe(bizStep);
    expect(answersOf(story)).toEqual(["mode_set", "moved"]);
  });

  test("a scanned place is where it works until the mode changes", () => {
    const story = scan(scanner(), "TG:PLACE:bin-1", milk, "TG:MODE:PICK", milk, "TG:PLACE:bin-1", milk);
    expect(story.routes()).toEqual(["supplier → bin-1", "dock-1 → customer", "bin-1 → customer"]);
  });

  test("what the configuration says of the configured mode holds at other places too", () => {
    const story = scan(scanner({ mode: "pick", place: "bin-1", to: "packing", biz_step: "packing" }), milk);
    scan(story, "TG:PLACE:bin-2", milk);
    expect(story.routes()).toEqual(["bin-1 → packing", "bin-2 → packing"]);
    expect(story.last?.movements[0]?.movement.bizStep).toBe("packing");
    scan(story, "TG:PLACE:packing", milk);
    expect(answersOf(story).at(-1)).toBe("movement.meaningless");
    expect(story.movements).toHaveLength(2);
  });

  test("a place that the configuration lacks is refused, and the old one stays", () => {
    const story = scan(scanner(), "TG:PLACE:bin-9", "TG:PLACE:supplier", milk);
    expect(story.routes()).toEqual(["supplier → dock-1"]);
    expect(story.exceptions.map(({ problem }) => problem)).toEqual(["place.unknown", "place.unknown"]);
  });

  test("a location barcode is the place that has its GLN", () => {
    const gln = { code: PlaceCode.parse("bin-1"), glnKey: "(414)9506000134376(254)B1" };
    const story = scan(scanner({}, { places: [...places, gln] }), "]C14149506000134376254B1", milk);
    expect(story.routes()).toEqual(["supplier → bin-1"]);
    expect(answersOf(scan(story, "]C14149506000134376254B2"))).toEqual(["place_set", "moved", "place.unknown"]);
  });

  test("counting and looking up move nothing, and know where a thing is", () => {
    const story = scanner().knows(serialKey, "bin-2", startMs);
    scan(story, "TG:MODE:COUNT", milk, serialised, "TG:QTY:7", milk, "TG:MODE:LOOK_UP", milk, serialised);
    expect(story.movements).toEqual([]);
    expect(story.answers.slice(1, 5)).toMatchObject([
      { did: "counted", classKey: "(01)09506000134352", quantity: 1, place: "dock-1", counted: 1 },
      { did: "counted", counted: 2 },
      { did: "quantity_set" },
      { did: "counted", quantity: 7, counted: 9 },
    ]);
    expect(story.answers.slice(-2)).toMatchObject([{ did: "looked_up" }, { did: "looked_up", knownAt: "bin-2" }]);
    expect(story.answers[2]).not.toHaveProperty("knownAt");
    expect(story.core.tags.size).toBe(0);
  });

  test("a tag that is read in the scanner's hand is a scan", () => {
    const story = scan(scanner(), "TG:MODE:PICK").hear("gun", 1);
    expect(story.routes()).toEqual(["dock-1 → customer"]);
    expect(story.last?.movements[0]?.movement.cause).toBe("reading");
  });

  test("a person may set mode and place at the page; a fault changes nothing", () => {
    const story = scanner().order("gun", "pick", "bin-2").order("gun", "receive", "bin-9").scan("gun", milk);
    expect(story.routes()).toEqual(["bin-2 → customer"]);
    story.order("gun", "move", "bin-1");
    expect(viewScanner(story.core, "gun")).toMatchObject({ mode: "move", place: "dock-1", from: "bin-1" });
    story.order("nobody", "pick");
    expect(answersOf(story)).toEqual(["mode_set", "place.unknown", "moved", "mode_set", "device.no_scanner"]);
    expect(story.readings).toBe(1);
  });
});

describe("the quantity", () => {
  test("is for the next goods, and counts labels", () => {
    const story = scan(scanner(), "TG:QTY:12", milk, milk, "TG:QTY:3", "]C101095060001343523024");
    expect(story.routes()).toEqual(["supplier → dock-1 × 12", "supplier → dock-1", "supplier → dock-1 × 72"]);
  });

  test("is none for one thing of its own, and is forgotten then", () => {
    const story = scan(scanner(), "TG:QTY:2", serialised, serialised);
    expect(answersOf(story)).toEqual(["quantity_set", "movement.meaningless", "moved"]);
    expect(story.exceptions).toEqual([{ problem: "movement.meaningless", key: serialKey }]);
  });
});

describe("a move", () => {
  const mover = (config: object = {}) => scanner({ mode: "move", ...config });

  test("is a place, goods, and a place", () => {
    const story = scan(mover(), "TG:PLACE:bin-1", milk, "TG:QTY:5", oats, serialised);
    expect(story.movements).toEqual([]);
    expect(viewScanner(story.core, "gun")).toMatchObject({ from: "bin-1", goods: 3 });
    scan(story, "TG:PLACE:bin-2");
    expect(story.routes()).toEqual(["bin-1 → bin-2", "bin-1 → bin-2 × 5", "bin-1 → bin-2"]);
    expect(story.answers.at(-1)).toMatchObject({ did: "moved", from: "bin-1", to: "bin-2", goods: 3 });
    expect(viewScanner(story.core, "gun")).toMatchObject({ from: undefined, goods: 0 });
  });

  test("takes one thing from where it is known to be, and a tag read in between as a tag", () => {
    const story = mover().knows(serialKey, "packing", startMs);
    scan(story, "TG:PLACE:bin-1", serialised, serialised).hear("gun", 7);
    scan(story, "TG:PLACE:bin-2");
    expect(story.routes()).toEqual(["packing → bin-2", "bin-1 → bin-2"]);
    expect(story.last?.movements[1]?.movement).toMatchObject({ cause: "reading", epcHex: epcOf(7) });
  });

  test("refuses goods before a place, and a place that they are at already", () => {
    const story = scan(mover(), milk, "TG:PLACE:packing", "TG:PLACE:bin-1", milk, "TG:PLACE:bin-1", "TG:PLACE:bin-2");
    expect(story.routes()).toEqual(["bin-1 → bin-2"]);
    expect(story.exceptions.map(({ problem }) => problem)).toEqual(["scan.place_first", "movement.meaningless"]);
  });

  test("goes at once where the configuration names both places, unless a place is scanned first", () => {
    const story = scan(mover({ from: "bin-1" }), milk, "TG:PLACE:packing", milk, "TG:PLACE:bin-2", milk);
    expect(story.routes()).toEqual(["bin-1 → dock-1", "packing → bin-2", "bin-1 → dock-1"]);
  });

  test("holds a bounded number of goods", () => {
    const story = scan(mover(), "TG:PLACE:bin-1");
    for (let n = 0; n <= scannerLimits.goodsMax; n++) story.scan("gun", milk);
    expect(answersOf(story).at(-1)).toBe("scan.too_many");
    expect(scan(story, "TG:PLACE:bin-2").movements).toHaveLength(scannerLimits.goodsMax);
  });

  test("is forgotten by cancel, by another mode, and piece by piece by undo", () => {
    const story = scan(mover(), "TG:PLACE:bin-1", milk, "TG:CANCEL", milk);
    expect(answersOf(story).slice(-2)).toEqual(["cancelled", "scan.place_first"]);
    scan(story, "TG:PLACE:bin-1", milk, oats, "TG:UNDO", "TG:PLACE:bin-2");
    expect(story.movements).toMatchObject([{ code: "(01)09506000134352" }]);
    scan(story, "TG:PLACE:bin-1", milk, "TG:MODE:MOVE", "TG:PLACE:bin-2");
    expect(story.movements).toHaveLength(1);
    expect(story.answers.at(-1)).toMatchObject({ did: "from_set", from: "bin-2" });
  });

  test("is forgotten after a while, which is said at once and with the next answer", () => {
    const story = scan(mover(), "TG:PLACE:bin-1", milk).wait(120_000).tick();
    expect(story.exceptions).toEqual([]);
    story.wait(1).tick();
    expect(story.exceptions).toEqual([{ problem: "scan.forgotten", key: "" }]);
    scan(story, "TG:PLACE:bin-2", milk);
    expect(story.answers.slice(-2)).toMatchObject([{ did: "from_set", forgot: true }, { did: "waiting" }]);
    expect(story.answers.at(-1)).not.toHaveProperty("forgot");
    expect(story.movements).toEqual([]);
  });

  test("is forgotten by the times of the scans, where they come together after an outage", () => {
    const late = (ms: number) => ({ readerTimeMs: startMs + ms, sequence: ms });
    const story = mover({ forget_ms: 60_000 }).wait(600_000);
    const scans = [["TG:PLACE:bin-1", 0] as const, [milk, 1000] as const, ["TG:PLACE:bin-2", 70_000] as const];
    story.tick(...scans.map(([text, ms]) => story.reading("gun", { scan: text, ...late(ms) })));
    expect(story.movements).toEqual([]);
    expect(story.exceptions).toEqual([{ problem: "scan.forgotten", key: "" }]);
  });
});

describe("undo", () => {
  test("reverses the last movements one after the other, and names them", () => {
    const story = scan(scanner(), milk, "TG:QTY:4", oats, "TG:UNDO", milk, "TG:UNDO", "TG:UNDO", "TG:UNDO");
    expect(story.routes()).toEqual([
      "supplier → dock-1",
      "supplier → dock-1 × 4",
      "dock-1 → supplier × 4",
      "supplier → dock-1",
      "dock-1 → supplier",
      "dock-1 → supplier",
    ]);
    expect(story.reverses).toEqual([undefined, undefined, 2, undefined, 4, 1]);
    expect(answersOf(story).at(-1)).toBe("undo.nothing");
  });

  test("names a movement of the same tick", () => {
    const story = scanner();
    const texts = [milk, oats, "TG:UNDO", "TG:UNDO"];
    story.tick(...texts.map(text => story.reading("gun", { scan: text })));
    expect(story.reverses).toEqual([undefined, undefined, 2, 1]);
    expect(story.last?.movements.map(({ reversesDecided }) => reversesDecided)).toEqual([undefined, undefined, 1, 0]);
  });

  test("reverses what this scanner did, not what another one did", () => {
    const story = new Story([rule("gun", { mode: "receive" }), rule("other", { mode: "receive", place: "dock-1" })]);
    story.scan("gun", milk).scan("other", oats).scan("gun", "TG:UNDO");
    expect(story.reverses).toEqual([undefined, undefined, 1]);
  });

  test("brings a thing back, and it can be scanned anew", () => {
    const story = scan(scanner(), serialised, "TG:UNDO", serialised);
    expect(story.routes()).toEqual(["supplier → dock-1", "dock-1 → supplier", "supplier → dock-1"]);
    expect(story.known.tagPlace(serialKey)?.account).toBe("dock-1");
  });

  test("leaves a thing that has moved on, and says so; the next undo takes the one before", () => {
    const story = new Story([rule("gun", { mode: "receive", place: "dock-1" }), rule("gate", { place: "yard" })]);
    scan(story, milk).hear("gun", 1).wait(10_000).hear("gate", 1).wait(10_000);
    scan(story, "TG:UNDO", "TG:UNDO");
    expect(answersOf(story).slice(-2)).toEqual(["undo.moved_on", "undone"]);
    expect(story.reverses.at(-1)).toBe(1);
  });

  test("is bounded, and knows only movements of this epoch", () => {
    const story = scanner();
    for (let n = 0; n < scannerLimits.undoMax + 5; n++) scan(story, milk);
    for (let n = 0; n < scannerLimits.undoMax + 1; n++) scan(story, "TG:UNDO");
    expect(answersOf(story).at(-1)).toBe("undo.nothing");
    expect(story.reverses.at(-1)).toBe(6);
    const other = scan(scanner(), milk);
    other.known.newEpoch();
    expect(answersOf(scan(other, "TG:UNDO")).at(-1)).toBe("undo.nothing");
  });

  test("that was sent again undoes once", () => {
    const story = scan(scanner(), milk, milk);
    const stamp = { readerTimeMs: story.nowMs, sequence: 9 };
    story.scan("gun", "TG:UNDO", stamp).wait(50).scan("gun", "TG:UNDO", stamp);
    expect(story.reverses).toEqual([undefined, undefined, 2]);
    expect(answersOf(story).at(-1)).toBe("repeated");
  });
});

describe("after a restart", () => {
  const reopened = (story: Story, config: object) => scanner(config, { scanners: [...story.known.scanners.values()] });

  test("a scanner goes on where it was, in the middle of a move", () => {
    const story = scan(scanner(), "TG:MODE:MOVE", "TG:PLACE:bin-1", "TG:QTY:3", milk);
    const next = reopened(story, {}).wait(10_000).scan("gun", "TG:PLACE:bin-2");
    expect(next.routes()).toEqual(["bin-1 → bin-2 × 3"]);
  });

  test("its configuration rules again when that has changed", () => {
    const story = scan(scanner(), "TG:MODE:PICK", "TG:PLACE:bin-1");
    expect(viewScanner(reopened(story, {}).core, "gun")).toMatchObject({ mode: "pick", place: "bin-1" });
    expect(viewScanner(reopened(story, { mode: "ship" }).core, "gun")).toMatchObject({ mode: "ship", place: "dock-1" });
  });
});

const anyScan = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(milk, oats, serialised, "]C101095060001343523024", "BOLT") },
  { weight: 2, arbitrary: fc.constantFrom("dock-1", "bin-1", "bin-2", "bin-9").map(place => `TG:PLACE:${place}`) },
  { weight: 1, arbitrary: fc.constantFrom(...scanModes).map(mode => `TG:MODE:${mode.toUpperCase()}`) },
  { weight: 1, arbitrary: fc.constantFrom("TG:QTY:2", "TG:QTY:0", "TG:CANCEL", "TG:NO") },
  { weight: 2, arbitrary: fc.constant("TG:UNDO") },
);
const anyStep = fc.record({ text: anyScan, waitMs: fc.oneof(fc.nat(3000), fc.nat(200_000)) });

/** What each account has of each code. */
function balances(story: Story): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { code, quantity, from, to } of story.movements) {
    for (const [account, change] of [[from, -quantity] as const, [to, quantity] as const]) {
      sums.set(`${code} ${account}`, (sums.get(`${code} ${account}`) ?? 0) + change);
    }
  }
  return sums;
}

describe("whatever is scanned", () => {
  test("each scan has one answer, nothing moves from a place to itself, and all sums are zero", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.boolean(), (steps, hasRoute) => {
        const story = scanner(hasRoute ? { mode: "move", from: "bin-1" } : {});
        for (const { text, waitMs } of steps) story.wait(waitMs).scan("gun", text);
        expect(story.answers).toHaveLength(steps.length);
        for (const { from, to } of story.movements) expect(from).not.toBe(to);
        expect([...balances(story).values()].reduce((sum, each) => sum + each, 0)).toBe(0);
      }),
    );
  });

  test("undoing everything leads back to the start, and no movement is reversed twice", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), steps => {
        const story = scanner();
        for (const { text, waitMs } of steps) story.wait(waitMs).scan("gun", text);
        story.scan("gun", "TG:CANCEL");
        for (let undo = 0; undo < 200 && answersOf(story).at(-1) !== "undo.nothing"; undo++)
          story.scan("gun", "TG:UNDO");
        expect(answersOf(story).at(-1)).toBe("undo.nothing");
        expect([...balances(story).values()].filter(each => each !== 0)).toEqual([]);
        const reversed = story.reverses.filter(each => each !== undefined);
        expect(new Set(reversed).size).toBe(reversed.length);
      }),
      { numRuns: 300 },
    );
  });

  test("an edge that is killed between any two scans ends up with the same movements", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), fc.nat(30), (steps, cut) => {
        const withoutUndo = steps.filter(({ text }) => text !== "TG:UNDO");
        const whole = scanner();
        let broken = scanner();
        const moved: unknown[] = [];
        for (const [index, { text, waitMs }] of withoutUndo.entries()) {
          whole.wait(waitMs).scan("gun", text);
          if (index === cut) {
            moved.push(...broken.movements);
            const next = scanner({}, { scanners: [...broken.known.scanners.values()] });
            next.nowMs = broken.nowMs;
            for (const place of broken.known.places.values()) next.known.places.set(place.key, place);
            broken = next;
          }
          broken.wait(waitMs).scan("gun", text);
        }
        expect([...moved, ...broken.movements]).toEqual(whole.movements);
      }),
    );
  });
});

test("a decision that is not committed changes no scanner", () => {
  const story = scan(scanner({ mode: "move" }), "TG:PLACE:bin-1", milk);
  const reading = story.reading("gun", { scan: "TG:PLACE:bin-2" });
  const before = structuredClone(viewScanner(story.core, "gun"));
  expect(decide(story.core, [reading], story.nowMs, story.known).movements).toHaveLength(1);
  expect(viewScanner(story.core, "gun")).toEqual(before);
  expect(story.tick(reading).movements).toHaveLength(1);
});
