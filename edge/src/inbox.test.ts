import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Delivery, Inbox, type InboxOptions, InboxStopped, type TickSteps } from "./inbox.ts";
import { reading } from "./store/store.fixture.ts";

interface Given {
  readonly delivery: Delivery;
  readonly settled: (Error | undefined)[];
}

function given(readings = 1): Given {
  const settled: (Error | undefined)[] = [];
  const list = Array.from({ length: readings }, (_, index) => reading(index).reading);
  return {
    delivery: { deviceId: "dock-1", readings: list, refused: [], settle: error => settled.push(error) },
    settled,
  };
}

/** Steps that note what happens, and fail as often as they are told. */
function recordedSteps() {
  const events: string[] = [];
  const faults = { commits: 0 };
  const steps: TickSteps<number> = {
    decide: deliveries => deliveries.length,
    commit: count => {
      if (faults.commits-- > 0) {
        events.push("commit fails");
        throw new Error("disk full");
      }
      events.push(`commit ${count}`);
    },
    apply: count => events.push(`apply ${count}`),
    alarm: error => events.push(error === undefined ? "all well" : `alarm: ${error.message}`),
  };
  return { events, faults, steps };
}

const open = (options: InboxOptions = {}) =>
  new Inbox({ waitingMax: 10, tickReadingsMax: 5, intervalMs: 2, ...options });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("ticks", () => {
  test("everything of the same turn is one tick, and is answered after it was committed and applied", () => {
    const inbox = open();
    const { steps, events } = recordedSteps();
    inbox.run(steps);
    const all = [given(), given(), given()];
    for (const { delivery } of all) expect(inbox.offer(delivery)).toBe(true);
    expect(all.map(({ settled }) => settled.length)).toEqual([0, 0, 0]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(["commit 3", "apply 3"]);
    expect(all.map(({ settled }) => settled)).toEqual([[undefined], [undefined], [undefined]]);
  });

  test("the first after an idle time is taken at once, the next not before the interval is over", () => {
    const inbox = open({ intervalMs: 20 });
    const { steps, events } = recordedSteps();
    inbox.run(steps);
    vi.advanceTimersByTime(100);
    inbox.offer(given().delivery);
    vi.advanceTimersByTime(1);
    expect(events).toHaveLength(2);
    inbox.offer(given().delivery);
    vi.advanceTimersByTime(10);
    inbox.offer(given().delivery);
    expect(events).toHaveLength(2);
    vi.advanceTimersByTime(10);
    expect(events.slice(2)).toEqual(["commit 2", "apply 2"]);
  });

  test("a tick takes no more than its limit, but never splits a delivery", () => {
    const inbox = open({ waitingMax: 100 });
    const { steps, events } = recordedSteps();
    inbox.run(steps);
    for (const readings of [3, 3, 20, 1]) inbox.offer(given(readings).delivery);
    vi.advanceTimersByTime(50);
    expect(events.filter(event => event.startsWith("commit"))).toEqual([
      "commit 1",
      "commit 1",
      "commit 1",
      "commit 1",
    ]);
  });

  test("what waits before the ticks begin is not lost", () => {
    const inbox = open();
    const { steps, events } = recordedSteps();
    inbox.offer(given().delivery);
    vi.advanceTimersByTime(10);
    inbox.run(steps);
    vi.advanceTimersByTime(10);
    expect(events).toEqual(["commit 1", "apply 1"]);
  });
});

describe("limits", () => {
  test("a full inbox takes nothing and says when there is room", async () => {
    const inbox = open();
    const { steps } = recordedSteps();
    const refused = given(4);
    expect(inbox.offer(given(8).delivery)).toBe(true);
    expect(inbox.offer(refused.delivery)).toBe(false);
    expect(inbox.offer(given(2).delivery)).toBe(true);
    let roomy = false;
    const room = inbox.room().then(() => {
      roomy = true;
    });
    await Promise.resolve();
    expect(roomy).toBe(false);
    inbox.run(steps);
    vi.advanceTimersByTime(1);
    await room;
    expect(inbox.offer(refused.delivery)).toBe(true);
    expect(refused.settled).toEqual([]);
  });

  test("a delivery larger than the inbox is taken when nothing else waits", () => {
    const inbox = open();
    expect(inbox.offer(given(50).delivery)).toBe(true);
    expect(inbox.offer(given(1).delivery)).toBe(false);
  });
});

describe("when commits fail", () => {
  test("deliveries stay owed and are committed later, in their order, exactly once", () => {
    const inbox = open({ retryMinMs: 50, retryMaxMs: 200, tickReadingsMax: 100 });
    const { steps, events, faults } = recordedSteps();
    inbox.run(steps);
    faults.commits = 3;
    const first = given();
    inbox.offer(first.delivery);
    vi.advanceTimersByTime(10);
    expect(events).toEqual(["commit fails", "alarm: disk full"]);
    expect(inbox.failure?.message).toBe("disk full");
    const second = given();
    inbox.offer(second.delivery);
    vi.advanceTimersByTime(1000);
    expect(events.slice(2)).toEqual(["commit fails", "commit fails", "commit 2", "apply 2", "all well"]);
    expect([first.settled, second.settled]).toEqual([[undefined], [undefined]]);
    expect(inbox.failure).toBeUndefined();
    expect(inbox.waiting).toBe(0);
  });

  test("devices are held back once the inbox is full", () => {
    const inbox = open({ retryMinMs: 50 });
    const { steps, faults } = recordedSteps();
    inbox.run(steps);
    faults.commits = Number.POSITIVE_INFINITY;
    let taken = 0;
    while (taken < 100 && inbox.offer(given().delivery)) {
      taken++;
      vi.advanceTimersByTime(10);
    }
    expect(taken).toBe(10);
  });
});

test("at the stop whatever is still owed is refused once, and nothing more is taken", async () => {
  const inbox = open();
  const { steps, events } = recordedSteps();
  const running = inbox.run(steps);
  const last = given();
  inbox.offer(last.delivery);
  running[Symbol.dispose]();
  running[Symbol.dispose]();
  vi.advanceTimersByTime(100);
  expect(events).toEqual([]);
  expect(last.settled).toHaveLength(1);
  expect(last.settled[0]).toBeInstanceOf(InboxStopped);
  expect(inbox.offer(given().delivery)).toBe(false);
  await inbox.room();
});
