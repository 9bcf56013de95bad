import type { Reading } from "@tallygate/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply } from "./apply.ts";
import { epcOf, rule, Story } from "./core.fixture.ts";
import { decide } from "./decide.ts";
import type { CoreDecision } from "./state.ts";
import { nextDueMs } from "./sweep.ts";

const docks = ["dock-1", "dock-2", "dock-3"];
const rules = [
  rule("dock-1", { min_rssi_dbm: -70 }),
  rule("dock-2", { min_reads: 2, window_ms: 5000 }),
  rule("dock-3", { to: "customer", settle_ms: 300 }),
  rule("gun", { mode: "scanner", place: "shelf-1", from: "dock-1", repeat_ms: 200 }),
];

/** One thing that may happen at a site: a while passes, then a few readings come together. */
interface Step {
  readonly waitMs: number;
  readonly heard: readonly {
    readonly device: string;
    readonly serial: number;
    readonly rssiDbm: number;
    readonly lateMs: number | undefined;
  }[];
}

const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 60_000 }), fc.constant(-3000)),
  heard: fc.array(
    fc.record({
      device: fc.constantFrom(...docks, "gun", "unknown"),
      serial: fc.integer({ min: 1, max: 4 }),
      rssiDbm: fc.integer({ min: -80, max: -40 }),
      lateMs: fc.option(fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: -90_000, max: 7_200_000 })), {
        nil: undefined,
      }),
    }),
    { maxLength: 6 },
  ),
});
const steps = fc.array(step, { maxLength: 60 });

function readingsOf(story: Story, { heard }: Step): Reading[] {
  return heard.map(({ device, serial, rssiDbm, lateMs }) => {
    const code = device === "gun" && serial > 2 ? { scan: `CODE ${serial}` } : { epcHex: epcOf(serial), rssiDbm };
    return story.reading(device, { ...code, ...(lateMs === undefined ? {} : { readerTimeMs: story.nowMs - lateMs }) });
  });
}

function play(story: Story, given: readonly Step[]): Story {
  for (const one of given) story.wait(one.waitMs).tick(...readingsOf(story, one));
  return story;
}

/** The state without the drafts' own copies, which mean nothing to it. */
function observable({ core }: Story): unknown {
  const tags = [...core.tags].map(([key, { tag }]) => [key, tag]);
  const tagOfEpc = [...core.tagOfEpc].map(([epcHex, { tag }]) => [epcHex, tag]);
  return structuredClone({ ...core, tags, tagOfEpc, identify: undefined });
}

describe("whatever is heard", () => {
  test("each thing goes from account to account without a jump, and never from one to itself", () => {
    fc.assert(
      fc.property(steps, given => {
        const story = play(new Story(rules), given);
        const at = new Map<string, string>();
        const since = new Map<string, number>();
        for (const { code, from, to, eventTimeMs } of story.movements) {
          expect(from).not.toBe(to);
          if (code.startsWith("code:")) continue;
          if (at.has(code)) expect(from).toBe(at.get(code));
          expect(eventTimeMs).toBeGreaterThanOrEqual(since.get(code) ?? 0);
          at.set(code, to);
          since.set(code, eventTimeMs);
        }
        for (const [code, account] of at) expect(story.known.tagPlace(code)?.account).toBe(account);
      }),
      { numRuns: 300 },
    );
  });

  test("every reading is recorded, at a time not after it was received", () => {
    fc.assert(
      fc.property(steps, given => {
        const story = new Story(rules);
        for (const one of given) {
          const readings = readingsOf(story.wait(one.waitMs), one);
          story.tick(...readings);
          expect(story.last?.readings.map(({ reading }) => reading)).toEqual(readings);
          for (const { reading, eventTimeMs } of story.last?.readings ?? []) {
            expect(eventTimeMs).toBeLessThanOrEqual(reading.receivedTimeMs);
          }
        }
      }),
    );
  });

  test("deciding changes nothing, and deciding again gives the same", () => {
    fc.assert(
      fc.property(steps, given => {
        const story = new Story(rules);
        for (const one of given) {
          const readings = readingsOf(story.wait(one.waitMs), one);
          const before = observable(story);
          const first = decide(story.core, readings, story.nowMs, story.known);
          const again = decide(story.core, readings, story.nowMs, story.known);
          expect(observable(story)).toEqual(before);
          expect(comparable(again)).toEqual(comparable(first));
          // Whichever of them was committed, it can be taken over after the other was made.
          const { first: id } = story.known.commit(first);
          apply(story.core, first, id);
          expect(() => apply(story.core, again)).toThrow("another state");
        }
        expect(observable(story)).toEqual(observable(play(new Story(rules), given)));
      }),
    );
  });

  test("how readings are put together into ticks does not matter", () => {
    const immediate = rules.filter(({ settleMs }) => settleMs === 0);
    fc.assert(
      fc.property(steps, given => {
        const live = given.map(one => ({
          waitMs: Math.abs(one.waitMs),
          heard: one.heard.map(heard => ({ ...heard, lateMs: undefined })),
        }));
        const together = play(new Story(immediate), live);
        const apart = new Story(immediate);
        for (const one of live) {
          apart.wait(one.waitMs).tick();
          for (const reading of readingsOf(apart, one)) apart.tick(reading);
        }
        expect(apart.movements).toEqual(together.movements);
      }),
    );
  });

  test("nothing stays in memory of what is not heard any more", () => {
    fc.assert(
      fc.property(steps, given => {
        const story = play(new Story(rules), given).wait(86_400_000).tick().wait(60_000).tick();
        expect(story.core.tags.size + story.core.due.size).toBe(0);
        expect(nextDueMs(story.core)).toBeUndefined();
        const { arrived, departed } = countPresence(story.presence);
        expect(departed).toBe(arrived);
      }),
    );
  });
});

describe("a model of one warehouse", () => {
  const docks = ["dock-1", "dock-2", "dock-3"];
  const carried = fc.array(
    fc.record({ serial: fc.integer({ min: 1, max: 5 }), dock: fc.constantFrom(...docks), waitMs: fc.nat(100_000) }),
    { maxLength: 80 },
  );

  test("things that are carried from dock to dock are where the model has them, moved as often as it says", () => {
    fc.assert(
      fc.property(carried, moves => {
        const story = new Story(docks.map(dock => rule(dock, { min_reads: 2 })));
        const model = new Map<number, string>();
        let movements = 0;
        for (const { serial, dock, waitMs } of moves) {
          story.wait(5000 + waitMs);
          for (let read = 0; read < 4; read++) story.hear(dock, serial, -55).wait(120);
          if (model.get(serial) !== dock) movements++;
          model.set(serial, dock);
        }
        expect(story.movements).toHaveLength(movements);
        expect(story.exceptions).toEqual([]);
        for (const [serial, dock] of model) {
          expect(story.known.tagPlace(`(01)09506000134352(21)${serial}`)?.account).toBe(dock);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test("a decision that was not committed leaves the next one free: the tag still arrives", () => {
  const story = new Story(rules);
  const reading = story.reading("dock-1", { epcHex: epcOf(1), rssiDbm: -50 });
  expect(decide(story.core, [reading], story.nowMs, story.known).movements).toHaveLength(1);
  story.wait(5000);
  expect(story.tick(reading).movements).toHaveLength(1);
});

/** A decision without the places in memory, which hold the copies of the draft that came last. */
function comparable(decision: CoreDecision): unknown {
  return { ...decision, changes: { ...decision.changes, slots: decision.changes.slots.map(({ tag }) => tag) } };
}

function countPresence(presence: readonly string[]) {
  const count = (kind: string) => presence.filter(entry => entry.startsWith(kind)).length;
  return { arrived: count("arrived"), departed: count("departed") };
}
