import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Account, CatalogueItem, genesisHash, hashMovement, Level, limits, SnapshotPage } from "@tallygate/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExceptionInput } from "../core/types.ts";
import { StoreCorrupt, StoreFull, StoreLocked, StoreTooNew } from "./errors.ts";
import {
  classKey,
  commitMovements,
  decision,
  lyon,
  movement,
  nowMs,
  open,
  reading,
  temporaryDir,
} from "./store.fixture.ts";

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => {
  dir[Symbol.dispose]();
});

const level = (place: string, onHand: number, sku = "OAT-1L") =>
  Level.parse({ sku, place, onHand, reserved: 0, blocked: 0 });
const oats = CatalogueItem.parse({ sku: "OAT-1L", name: "Oat drink", uom: "H87", classKeys: [classKey, "code:oat"] });
const exception = (change: Partial<ExceptionInput> = {}): ExceptionInput => ({
  problem: "message.not_json",
  detail: "unexpected end",
  deviceId: "dock-1",
  key: "",
  bytes: Buffer.from("{"),
  timeMs: nowMs,
  ...change,
});

describe("identity and chain", () => {
  test("movements are numbered without a gap and chained from the genesis hash", () => {
    using store = open(dir.path);
    commitMovements(store, 1, 2);
    commitMovements(store, 3, 1);
    const stored = store.movements({ limit: 10 }).reverse();
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    let hash = genesisHash;
    for (const { epoch, seq, movement: moved, hash: given } of stored) {
      hash = hashMovement(hash, lyon, epoch, seq, moved);
      expect(given).toBe(hash);
    }
    expect(store.epoch).toMatchObject({ last: 3, lastHash: hash, confirmed: 0, follows: undefined });
  });

  test("each opening is a new epoch that follows the last committed movement", () => {
    const epochs: string[] = [];
    for (let opening = 0; opening < 3; opening++) {
      using store = open(dir.path);
      if (opening > 0) expect(store.epoch.follows).toMatchObject({ epoch: epochs.at(-1), seq: 2 });
      expect(epochs).not.toContain(store.epoch.epoch);
      epochs.push(store.epoch.epoch);
      commitMovements(store, opening * 10, 2);
    }
    using store = open(dir.path);
    expect(store.unconfirmed().map(({ epoch }) => epoch)).toEqual(epochs);
  });

  test("openings without a movement leave no epoch behind, and the chain goes on from before them", () => {
    const epoch = (() => {
      using store = open(dir.path);
      commitMovements(store, 1);
      return store.epoch.epoch;
    })();
    for (let opening = 0; opening < 3; opening++) open(dir.path)[Symbol.dispose]();
    using store = open(dir.path);
    expect(store.epoch.follows).toMatchObject({ epoch, seq: 1 });
  });

  test("what a label says of its lot stays with the movement, also under a new identity", () => {
    const label = { lot: "B7", expiresOn: "2027-03-01" };
    {
      using store = open(dir.path);
      store.commit(decision({ movements: [movement(1, label), movement(2)] }));
    }
    using store = open(dir.path);
    const [first] = store.unconfirmed();
    expect(store.movements({ limit: 2 }).map(({ movement: { lot, expiresOn } }) => ({ lot, expiresOn }))).toEqual([
      { lot: undefined, expiresOn: undefined },
      label,
    ]);
    expect(store.reissue(first?.epoch ?? "", nowMs)).toBe(2);
    expect(store.movements({ limit: 2 })[1]?.movement).toMatchObject(label);
  });

  test("a reissue gives the unconfirmed movements of that epoch and the later ones new identities, in their order", () => {
    const first = open(dir.path);
    commitMovements(first, 1, 5);
    first.confirmCursors([{ epoch: first.epoch.epoch, seq: 2 }]);
    const forked = first.epoch.epoch;
    first[Symbol.dispose]();
    using store = open(dir.path);
    commitMovements(store, 6, 2);
    const point = store.findEpoch(forked);
    expect(store.reissue(forked, nowMs)).toBe(5);
    expect(store.epoch).toMatchObject({ follows: { epoch: forked, seq: 2, hash: point?.confirmedHash }, last: 5 });
    expect(store.unconfirmed().map(({ epoch }) => epoch)).toEqual([store.epoch.epoch]);
    const serials = store.movementsFrom(store.epoch, 1, 10).map(({ movement: moved }) => moved.eventTimeMs - nowMs);
    expect(serials).toEqual([3, 4, 5, 6, 7]);
    expect(store.unknownStock(10)[0]?.places).toMatchObject([{ place: "dock-1", pending: 5 }, { pending: -5 }]);
  });
});

describe("confirmed and pending", () => {
  test("stock is the confirmed level plus what the centre has not heard", () => {
    using store = open(dir.path);
    store.applyCatalogue([oats], 1);
    commitMovements(store, 1, 5);
    const dock = () => store.stock({ sku: "OAT-1L", limit: 1 })[0]?.places.find(({ place }) => place === "dock-1");
    expect(dock()).toMatchObject({ onHand: 0, pending: 5 });
    const cursors = [{ epoch: store.epoch.epoch, seq: 3 }];
    expect(store.confirm({ version: 1, cursors, levels: [level("dock-1", 3)] })).toEqual({ gap: false });
    expect(dock()).toMatchObject({ onHand: 3, pending: 2 });
    expect(store.confirm({ version: 1, cursors, levels: [level("dock-1", 3)] })).toEqual({ gap: false });
    expect(dock()).toMatchObject({ onHand: 3, pending: 2 });
    expect(store.movements({ limit: 9 }).map(({ confirmed }) => confirmed)).toEqual([false, false, true, true, true]);
  });

  test("a level of an older version does not replace a newer one, and a missing version is said", () => {
    using store = open(dir.path);
    expect(store.confirm({ version: 1, cursors: [], levels: [level("dock-1", 1)] }).gap).toBe(false);
    expect(store.confirm({ version: 3, cursors: [], levels: [level("dock-1", 3)] }).gap).toBe(true);
    expect(store.version).toBe(1);
    expect(store.confirm({ version: 2, cursors: [], levels: [level("dock-1", 2)] }).gap).toBe(false);
    expect(store.version).toBe(3);
    expect(store.stock({ sku: "OAT-1L", limit: 1 })[0]?.places[0]?.onHand).toBe(3);
  });

  test("a snapshot of several pages keeps newer changes, and removes what is there no more", () => {
    using store = open(dir.path);
    const page = (version: number, levels: Level[], next?: Level) =>
      SnapshotPage.parse({
        v: 1,
        site: lyon,
        version,
        cursors: [],
        levels,
        ...(next === undefined ? {} : { next: { sku: next.sku, place: next.place } }),
      });
    store.confirm({ version: 1, cursors: [], levels: [level("gone", 5), level("dock-1", 1)] });
    store.applySnapshot(page(7, [level("dock-1", 7)], level("dock-1", 7)), 7);
    expect(store.confirm({ version: 8, cursors: [], levels: [level("dock-2", 8)] }).gap).toBe(true);
    store.applySnapshot(page(7, [level("dock-2", 2), level("dock-3", 3)]), 7);
    expect(store.version).toBe(8);
    const places = store.stock({ sku: "OAT-1L", limit: 1 })[0]?.places.map(({ place, onHand }) => [place, onHand]);
    expect(places).toEqual([
      ["dock-1", 7],
      ["dock-2", 8],
      ["dock-3", 3],
    ]);
  });

  test("only confirmed movements leave, but the latest of them are kept for the page", () => {
    using store = open(dir.path, { confirmedKept: 4 });
    commitMovements(store, 1, 20);
    const { epoch } = store.epoch;
    store.confirmCursors([{ epoch, seq: 10 }]);
    expect(store.movements({ limit: 99 }).map(({ seq }) => seq)).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
    store.confirmCursors([{ epoch, seq: 20 }]);
    expect(store.movements({ limit: 99 }).map(({ seq }) => seq)).toEqual([20, 19, 18, 17]);
    expect(store.movements({ limit: 2, before: { epoch, seq: 19 } }).map(({ seq }) => seq)).toEqual([18, 17]);
    commitMovements(store, 21);
    expect(store.epoch.last).toBe(21);
  });

  test("a pack counts as what is in it, while it waits for the centre, also when it is told of the pack only then", () => {
    using store = open(dir.path);
    const scan = {
      code: "(01)19506000134359",
      from: Account.parse("supplier"),
      to: Account.parse("dock-1"),
      quantity: 3,
    };
    store.commit(decision({ movements: [{ ...movement(1, scan), classKey: "(01)19506000134359" }] }));
    const packs = [{ classKey: "(01)19506000134359", units: 12 }];
    const item = CatalogueItem.parse({
      ...oats,
      classKeys: [...oats.classKeys, "(01)19506000134359"],
      packs,
      status: "discontinued",
    });
    store.applyCatalogue([item], 1);
    expect(store.unitsOf("(01)19506000134359")).toBe(12);
    expect(store.stock({ sku: "OAT-1L", limit: 1 })).toMatchObject([
      {
        status: "discontinued",
        tracking: "none",
        places: [
          { place: "dock-1", pending: 36 },
          { place: "supplier", pending: -36 },
        ],
      },
    ]);
    store.applyCatalogue([oats], 2);
    expect(store.unknownStock(10)).toMatchObject([
      { name: "(01)19506000134359", places: [{ pending: 3 }, { pending: -3 }] },
    ]);
  });

  test("a class of things that no item has is shown under its key, until it is bound", () => {
    using store = open(dir.path);
    const scan = { code: "code:oat", from: Account.parse("dock-1"), to: Account.parse("customer"), quantity: 12 };
    store.commit(decision({ movements: [{ ...movement(1, scan), classKey: "code:oat" }] }));
    expect(store.unknownStock(10)).toMatchObject([
      { sku: undefined, name: "code:oat", places: [{}, { pending: -12 }] },
    ]);
    store.applyCatalogue([oats], 1);
    expect(store.unknownStock(10)).toEqual([]);
    expect(store.stock({ search: "code:oat", limit: 5 })).toMatchObject([{ sku: "OAT-1L", places: [{}, {}] }]);
  });
});

describe("what else is kept", () => {
  test("readings come back as they were, the newest first", () => {
    using store = open(dir.path);
    const whole = reading(3, {
      tidHex: "E280",
      rssiRaw: 7,
      readCount: 2,
      frequencyMHz: 866.9,
      phaseDeg: 12.5,
      sequence: 9,
      readerTimeMs: nowMs - 5000,
    });
    store.commit(decision({ readings: [reading(1), reading(2)] }));
    store.commit(decision({ readings: [whole] }));
    expect(store.readings({ limit: 2 })).toEqual([whole, reading(2)]);
    expect(store.readings({ limit: 9, toMs: nowMs + 1 })).toEqual([reading(1)]);
    expect(store.readings({ limit: 9, code: "0002" })).toEqual([reading(2)]);
    expect(store.counts()).toMatchObject({ readings: 3 });
  });

  test("the recorder forgets the oldest readings, by age and by size", () => {
    using store = open(dir.path, { recorderAgeMaxMs: 60_000, recorderBytesMax: 20_000 });
    store.commit(decision({ readings: [reading(1)] }));
    store.commit(decision({ nowMs: nowMs + 100_000, readings: [reading(100_000)] }));
    expect(store.readings({ limit: 9 })).toEqual([reading(100_000)]);
    for (let tick = 0; tick < 400; tick++) {
      store.commit(decision({ nowMs: nowMs + 100_000, readings: [reading(100_001 + tick), reading(100_001 + tick)] }));
    }
    expect(store.counts().recorderBytes).toBeLessThan(25_000);
    expect(store.readings({ limit: 1 })).toEqual([reading(100_400)]);
  });

  test("the same problem of a device within a day is one row with a count and the first bytes, cut", () => {
    using store = open(dir.path);
    const bytes = Buffer.alloc(limits.exceptionBytesMax + 5, "x");
    store.commit(decision({ exceptions: [exception({ bytes }), exception({ timeMs: nowMs + 5 })] }));
    store.commit(decision({ exceptions: [exception({ key: "other" }), exception({ timeMs: nowMs + 86_400_000 })] }));
    const [nextDay, other, first] = store.exceptions({ limit: 9 });
    expect(first).toMatchObject({
      count: 2,
      firstMs: nowMs,
      lastMs: nowMs + 5,
      bytesWhole: bytes.length,
      state: "open",
    });
    expect(first?.bytes).toHaveLength(limits.exceptionBytesMax);
    expect([nextDay?.count, other?.key]).toEqual([1, "other"]);
    expect(store.resolveException(first?.id ?? 0)).toBe(true);
    expect(store.exceptionsOpen()).toBe(2);
    expect(store.exceptions({ limit: 9, state: "resolved" })).toHaveLength(1);
  });

  test("above the limit the oldest exceptions go, resolved ones first", () => {
    using store = open(dir.path, { exceptionsMax: 3 });
    for (const key of ["a", "b", "c"]) store.commit(decision({ exceptions: [exception({ key })] }));
    store.resolveException(store.exceptions({ limit: 9 })[0]?.id ?? 0);
    store.commit(decision({ exceptions: [exception({ key: "d" }), exception({ key: "e" })] }));
    expect(store.exceptions({ limit: 9 }).map(({ key }) => key)).toEqual(["e", "d", "b"]);
  });

  test("tags, scans and clocks are there after an opening", () => {
    const place = { key: `${classKey}(21)1`, account: Account.parse("dock-1"), eventTimeMs: nowMs };
    const first = open(dir.path);
    const clocks = [{ deviceId: "dock-1", skewMs: -12.5 }];
    first.commit(decision({ tagPlaces: [place], scansSeen: ["s 1"], clocks }));
    first[Symbol.dispose]();
    using store = open(dir.path);
    expect(store.tagPlace(place.key)).toEqual(place);
    expect(store.tagPlace("nothing")).toBeUndefined();
    expect([store.scanSeen("s 1"), store.scanSeen("s 2")]).toEqual([true, false]);
    expect(store.clocks()).toEqual(clocks);
    expect(store.tags({ limit: 5, prefix: "(01)" })).toEqual([place]);
    expect(store.tags({ limit: 5, prefix: "(00)" })).toEqual([]);
  });
});

describe("when it goes wrong", () => {
  test("a second opening is refused, and works once the first is closed", () => {
    const store = open(dir.path);
    expect(() => open(dir.path)).toThrow(StoreLocked);
    store[Symbol.dispose]();
    open(dir.path)[Symbol.dispose]();
  });

  test("a file that is no database, and a database of a later version, are named as such", () => {
    writeFileSync(`${dir.path}/edge.sqlite`, "no database at all, but long enough to be looked at as one".repeat(100));
    expect(() => open(dir.path)).toThrow(StoreCorrupt);
    using other = temporaryDir();
    {
      using store = open(other.path);
      commitMovements(store, 1);
    }
    const header = Buffer.alloc(4);
    header.writeUInt32BE(99);
    writeAt(`${other.path}/edge.sqlite`, 60, header);
    expect(() => open(other.path)).toThrow(StoreTooNew);
  });

  test("a full disk refuses the tick whole, loses nothing, and goes on when there is room", () => {
    const small = open(dir.path, { bytesMax: 400_000 });
    let last = 0;
    const fill = () => {
      for (; last < 10_000; last += 50) commitMovements(small, last + 1, 50);
    };
    expect(fill).toThrow(StoreFull);
    expect(last).toBeGreaterThan(100);
    expect(small.epoch.last).toBe(last);
    expect(small.movements({ limit: 1 })[0]?.seq).toBe(last);
    expect(fill).toThrow(StoreFull);
    small.confirm({ version: 1, cursors: [{ epoch: small.epoch.epoch, seq: 5 }], levels: [] });
    small[Symbol.dispose]();
    using store = open(dir.path);
    commitMovements(store, last + 1, 50);
    expect(store.backlog().waiting).toBe(last - 5 + 50);
  });

  test("a full outbox refuses the tick, and takes it once the centre has confirmed", () => {
    using store = open(dir.path, { outboxMovementsMax: 10 });
    commitMovements(store, 1, 10);
    const tick = decision({ movements: [movement(11)], readings: [reading(11)], exceptions: [exception()] });
    expect(() => store.commit(tick)).toThrow(StoreFull);
    expect(store.counts()).toMatchObject({ readings: 0, recorderBytes: 0, exceptionsOpen: 0, waiting: 10 });
    store.confirmCursors([{ epoch: store.epoch.epoch, seq: 1 }]);
    commitMovements(store, 11);
    expect(store.epoch.last).toBe(11);
  });

  test("killed in the middle of commits, it has everything that was answered, numbered without a gap", async () => {
    for (let round = 0; round < 3; round++) {
      const answered = await killWhileCommitting(150 + round * 77);
      using store = open(dir.path);
      const epoch = store.findEpoch(answered.epoch);
      if (epoch === undefined) throw new Error("the epoch is gone");
      const stored = store.movementsFrom(epoch, 1, 1_000_000);
      expect(epoch.last).toBeGreaterThanOrEqual(answered.count * 3);
      expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: epoch.last }, (_, index) => index + 1));
      expect(stored.at(-1)?.hash).toBe(epoch.lastHash);
    }
  }, 60_000);
});

/** Runs the committing process, kills it after so many answers, and tells what it had answered until then. */
async function killWhileCommitting(answersMin: number): Promise<{ readonly epoch: string; readonly count: number }> {
  const program = fileURLToPath(new URL("./commits.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [program, dir.path], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let epoch = "";
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("epoch ")) epoch = line.slice(6);
    else if (++count === answersMin) child.kill("SIGKILL");
  }
  await closed;
  expect(child.signalCode).toBe("SIGKILL");
  return { epoch, count };
}

function writeAt(path: string, position: number, bytes: Uint8Array): void {
  const whole = readFileSync(path);
  whole.set(bytes, position);
  writeFileSync(path, whole);
}
