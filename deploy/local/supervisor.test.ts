import { beforeEach, describe, expect, test, vi } from "vitest";
import { ChildFailed, describeExit, type Exit } from "./child.ts";
import { limits } from "./limits.ts";
import { type Supervised, Supervisor } from "./supervisor.ts";

const said: string[] = [];
const reasons: string[] = [];
const order: string[] = [];
let nowMs = 0;
let full: string | undefined;

const killed: Exit = { code: null, signal: "SIGKILL" };

function* noWaits(): Generator<number, void, void> {
  for (;;) yield 0;
}

beforeEach(() => {
  said.length = reasons.length = order.length = nowMs = 0;
  full = undefined;
});

const openSupervisor = () =>
  new Supervisor({
    say: text => said.push(text),
    giveUp: reason => reasons.push(reason),
    hopeless: async () => full,
    waits: noWaits,
    now: () => nowMs,
  });

/** A part without a process; `die` is its end. */
async function open(supervisor: Supervisor, name: string, restart: () => Promise<void> = async () => {}) {
  let die: (output?: string) => void = () => {};
  const restarted = vi.fn(restart);
  await supervisor.open(async (onDeath): Promise<Supervised> => {
    die = (output = "") => {
      const exit = output === "" ? killed : { code: 1, signal: null };
      onDeath(new ChildFailed(name, `ended by itself (${describeExit(exit)})`, output, { exit }));
    };
    const note = (what: string) => async () => void order.push(`${what} ${name}`);
    return { name, restart: restarted, stop: note("stop"), kill: note("kill") };
  });
  return { die: (output?: string) => die(output), restarted };
}

const settled = (restarted: { mock: { calls: unknown[] } }, count: number) =>
  vi.waitFor(() => expect(restarted.mock.calls).toHaveLength(count));

test("a part that ended is started again, and both are said", async () => {
  const { die, restarted } = await open(openSupervisor(), "central");
  die();
  await settled(restarted, 1);
  expect(said).toEqual(["central ended by itself (SIGKILL) and is started again.", "central runs again."]);
});

test("what it said last is said with it", async () => {
  const { die, restarted } = await open(openSupervisor(), "edge");
  die("edge: stopped: the disk failed.");
  await settled(restarted, 1);
  expect(said[0]).toBe("edge ended by itself (code 1): edge: stopped: the disk failed. It is started again.");
});

test("a new start that fails is tried again, and counts as an end", async () => {
  let tries = 0;
  const { die, restarted } = await open(openSupervisor(), "NATS", async () => {
    if (++tries < 3) throw new Error("the port is taken");
  });
  die();
  await settled(restarted, 3);
  expect(said.filter(text => text.includes("cannot start: the port is taken"))).toHaveLength(2);
  expect(said.at(-1)).toBe("NATS runs again.");
});

test("one that cannot be kept alive makes all end, with one reason", async () => {
  const { die, restarted } = await open(openSupervisor(), "central", async () => {
    throw new Error("no");
  });
  die();
  await vi.waitFor(() => expect(reasons).toHaveLength(1));
  expect(restarted).toHaveBeenCalledTimes(limits.restartsMax);
  expect(reasons[0]).toContain("within a minute");
});

test("ends that lie further apart than a minute are no reason", async () => {
  const { die, restarted } = await open(openSupervisor(), "central");
  for (let end = 1; end <= 2 * limits.restartsMax; end++) {
    nowMs += limits.restartWindowMs;
    die();
    await settled(restarted, end);
  }
  expect(reasons).toEqual([]);
});

test("on a full disk nothing is started again", async () => {
  full = "The disk is full.";
  const { die, restarted } = await open(openSupervisor(), "PostgreSQL");
  die();
  await vi.waitFor(() => expect(reasons).toEqual(["PostgreSQL ended by itself (SIGKILL). The disk is full."]));
  expect(restarted).not.toHaveBeenCalled();
});

describe("stopping", () => {
  test("goes in the reverse order, and starts nothing any more", async () => {
    const supervisor = openSupervisor();
    const parts = [];
    for (const name of ["PostgreSQL", "central", "edge"]) parts.push(await open(supervisor, name));
    await supervisor.stop();
    expect(order.slice(0, 3)).toEqual(["stop edge", "stop central", "stop PostgreSQL"]);
    parts[1]?.die();
    await supervisor.stop();
    expect(parts[1]?.restarted).not.toHaveBeenCalled();
  });

  test("ends a part that was just on its way up again", async () => {
    const supervisor = openSupervisor();
    const up = Promise.withResolvers<void>();
    const { die, restarted } = await open(supervisor, "central", () => up.promise);
    die();
    await settled(restarted, 1);
    const stopped = supervisor.stop();
    order.length = 0;
    up.resolve();
    await stopped;
    expect(order).toEqual(["stop central"]);
  });

  test("a part that comes up after everything was stopped is stopped, too", async () => {
    const supervisor = openSupervisor();
    await supervisor.kill();
    await open(supervisor, "late");
    expect(order).toEqual(["stop late"]);
  });
});
