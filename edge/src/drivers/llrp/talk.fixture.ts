import { expect } from "vitest";
import type { Turn } from "../conversation.ts";
import type { Parsed } from "../driver.ts";
import { DeviceConfig, deviceOf } from "../index.ts";
import { FakeReader, type FakeReaderOptions } from "./reader.fake.ts";

export const base = { id: "dock-1", driver: "llrp", address: "192.0.2.10", read_points: [{ place: "dock-1" }] };
export const timeMs = 1_790_000_000_000;

export function deviceWith(config: object = {}) {
  const device = deviceOf(DeviceConfig.parse({ ...base, ...config }));
  if (device.transport !== "tcp") throw new Error("not a driver over TCP");
  return device;
}

/** A session and its reader, tied together without a wire; time moves only when it is told to. */
export function openTalk(config: object = {}, options: FakeReaderOptions = {}) {
  const conversation = deviceWith(config).openConversation();
  const reader = new FakeReader(options);
  const all: Parsed = { readings: [], refused: [], signals: [] };
  let steadyMs = 0;
  let last: Turn | undefined;
  const now = () => ({ timeMs: timeMs + steadyMs, steadyMs });
  const keep = (parsed: Parsed) => {
    all.readings.push(...parsed.readings);
    all.refused.push(...parsed.refused);
    all.signals.push(...parsed.signals);
  };
  const take = (turn: Turn): void => {
    last = turn;
    for (const parsed of turn.parsed) keep(parsed);
    for (const bytes of turn.send) for (const answer of reader.push(bytes)) take(conversation.push(answer, now()));
  };
  take(conversation.open(now()));
  return {
    ...all,
    reader,
    say: (bytes: Uint8Array) => take(conversation.push(bytes, now())),
    /** Moves the clock to when the conversation wants to be woken, and wakes it. */
    wake: () => {
      steadyMs = last?.wakeAtMs ?? 0;
      take(conversation.wake(now()));
      return steadyMs;
    },
    pass: (ms: number) => {
      steadyMs += ms;
      take(conversation.wake(now()));
    },
    resume: (ms: number) => {
      steadyMs += ms;
      take(conversation.resume(now()));
    },
    close: () => take(conversation.close(now())),
    abandon: () => keep(conversation.abandon(now())),
    get turn() {
      if (last === undefined) throw new Error("nothing happened");
      return last;
    },
  };
}

export function running(config: object = {}, options: FakeReaderOptions = {}) {
  const talk = openTalk(config, options);
  talk.say(talk.reader.greet());
  expect(talk.turn).toMatchObject({ running: true, end: undefined });
  return talk;
}
