import { PlaceCode } from "@tallygate/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshScanner, type KeptScanner } from "../core/scanner/scanner-state.ts";
import { commitMovements, decision, movement, nowMs, open, temporaryDir } from "./store.fixture.ts";

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => {
  dir[Symbol.dispose]();
});

const kept: KeptScanner = {
  deviceId: "gun",
  configured: "as it was",
  state: {
    ...freshScanner,
    mode: "move",
    place: PlaceCode.parse("bin-1"),
    goods: [{ key: "code:BOLT", classKey: "code:BOLT", quantity: 3, isThing: false }],
    quantity: 2,
    stepMs: nowMs,
    touchedMs: nowMs,
  },
};

test("a scanner's state is kept with its tick, the latest of each scanner", () => {
  {
    using store = open(dir.path);
    store.commit(decision({ scanners: [{ ...kept, state: freshScanner }] }));
    store.commit(decision({ scanners: [kept, { ...kept, deviceId: "other" }] }));
  }
  using store = open(dir.path);
  expect(store.scanners()).toEqual([kept, { ...kept, deviceId: "other" }]);
});

test("a tick that is refused leaves the scanners as they were", () => {
  using store = open(dir.path, { outboxMovementsMax: 1 });
  const tick = decision({ movements: [movement(1), movement(2)], scanners: [kept] });
  expect(() => store.commit(tick)).toThrow("wait for the centre");
  expect(store.scanners()).toEqual([]);
});

test("a movement that reverses one of its own tick names the identity that this was given", () => {
  using store = open(dir.path);
  commitMovements(store, 1, 3);
  const { movements } = store.commit(
    decision({ movements: [movement(4), movement(5), { ...movement(6), reversesDecided: 1 }] }),
  );
  const { epoch } = store.epoch;
  expect(movements.map(({ movement: { reverses } }) => reverses)).toEqual([undefined, undefined, { epoch, seq: 5 }]);
  expect(store.movements({ limit: 1 })[0]).toEqual(movements[2]);
});

test("where movements get a new identity, what reverses them names that", () => {
  using store = open(dir.path);
  const before = store.epoch.epoch;
  commitMovements(store, 1, 3);
  store.confirmCursors([{ epoch: before, seq: 2 }]);
  store.commit(
    decision({
      movements: [
        movement(4, { reverses: { epoch: before, seq: 1 } }),
        movement(5, { reverses: { epoch: before, seq: 3 } }),
        { ...movement(6), reversesDecided: 1 },
      ],
    }),
  );
  expect(store.reissue(before, nowMs)).toBe(4);
  const { epoch } = store.epoch;
  const again = store.movementsFrom(store.epoch, 1, 10).map(({ movement: { reverses } }) => reverses);
  expect(again).toEqual([undefined, { epoch: before, seq: 1 }, { epoch, seq: 1 }, { epoch, seq: 3 }]);
});
