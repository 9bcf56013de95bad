import { PlaceCode } from "@tallygate/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CountedGoods } from "../core/types.ts";
import { StoreFull } from "./errors.ts";
import { decision, nowMs, open, temporaryDir } from "./store.fixture.ts";

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => {
  dir[Symbol.dispose]();
});

const counted = (serial: number): CountedGoods => ({
  place: PlaceCode.parse("bin-1"),
  code: `(01)09506000134352(21)${serial}`,
  classKey: "(01)09506000134352",
  isThing: true,
  quantity: 1,
  eventTimeMs: nowMs + serial,
  readPoint: "gun",
  session: `gun/${nowMs}`,
});

test("what was counted is there after an opening, under the epoch in which it was counted", () => {
  let first = "";
  {
    using store = open(dir.path);
    first = store.epoch.epoch;
    store.commit(decision({ observations: [counted(1), counted(2)] }));
  }
  using store = open(dir.path);
  store.commit(decision({ observations: [counted(3)] }));
  expect(store.observationsWaiting).toBe(3);
  const waiting = store.observations();
  expect(waiting?.epoch).toBe(first);
  expect(waiting?.observations.map(({ seq, code }) => [seq, code])).toEqual([
    [1, counted(1).code],
    [2, counted(2).code],
  ]);
});

test("it leaves when the centre has confirmed it, and its number is never given again", () => {
  using store = open(dir.path);
  store.commit(decision({ observations: [counted(1), counted(2)] }));
  const { epoch } = store.epoch;
  store.confirmObservations({ epoch, through: 1 });
  expect(store.observations()?.observations.map(({ seq }) => seq)).toEqual([2]);
  store.confirmObservations({ epoch, through: 2 });
  store.confirmObservations({ epoch, through: 2 });
  expect([store.observationsWaiting, store.observations()]).toEqual([0, undefined]);
  store.commit(decision({ observations: [counted(3)] }));
  expect(store.observations()?.observations[0]?.seq).toBe(3);
});

test("above the limit the tick is refused whole", () => {
  using store = open(dir.path, { observationsMax: 1 });
  store.commit(decision({ observations: [counted(1)] }));
  expect(() => store.commit(decision({ observations: [counted(2)] }))).toThrow(StoreFull);
  expect(store.observationsWaiting).toBe(1);
  store.confirmObservations({ epoch: store.epoch.epoch, through: 1 });
  store.commit(decision({ observations: [counted(2)] }));
  expect(store.observationsWaiting).toBe(1);
});
