import { cpSync, rmSync } from "node:fs";
import { createLog } from "@tallygate/kit";
import { CatalogueItem, Level, PlaceCode, SiteList } from "@tallygate/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { HistoryForked } from "../store/errors.ts";
import {
  classKey,
  commitMovements,
  decision,
  lyon,
  movement,
  nowMs,
  open,
  temporaryDir,
} from "../store/store.fixture.ts";
import type { Store } from "../store/store.ts";
import { FakeCentre } from "./centre.fake.ts";
import { Uplink, type UplinkOptions } from "./uplink.ts";

const oats = CatalogueItem.parse({ sku: "OAT-1L", name: "Oat drink 1 l", uom: "H87", classKeys: [classKey] });
const level = (place: string, onHand: number, sku = "OAT-1L") =>
  Level.parse({ sku, place, onHand, reserved: 0, blocked: 0 });
const log = createLog("uplink-test", "silent");
const soon = { timeout: 20_000, interval: 10 };

let nats: LocalServer;
let dir: ReturnType<typeof temporaryDir>;
let stack: AsyncDisposableStack;
let centre: FakeCentre;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dir = stack.use(temporaryDir());
  centre = stack.use(new FakeCentre(lyon));
});
afterEach(async () => {
  await stack.disposeAsync();
  await eraseStream();
});

/** Each test begins with an empty server. */
async function eraseStream(): Promise<void> {
  await nats.kill();
  rmSync(nats.dir, { recursive: true, force: true });
  await nats.restart();
}

function openSite(path = dir.path): Store {
  const store = open(path);
  stack.defer(() => store[Symbol.dispose]());
  return store;
}

const nothing = () => ({ devices: [], alarms: [] });
/** For tests in which an answer stays out for certain: it is missed soon. */
const impatient = { waits: { confirmMs: 300, requestMs: 300 } };

function link(store: Store, options: Pick<UplinkOptions, "waits"> = {}): Uplink {
  return stack.use(new Uplink({ store, nats: { servers: [nats.url] }, log, status: nothing, ...options }).open());
}

async function allConfirmed(store: Store): Promise<void> {
  await vi.waitFor(() => expect(store.unconfirmed()).toEqual([]), soon);
}

/** The centre has the things 1 to `count`, each exactly once, and in the order of each epoch. */
function expectLedger(count: number): void {
  const serials = centre.ledger.map(({ movement }) => movement.eventTimeMs - nowMs);
  expect(serials.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
}

describe("with the link there", () => {
  test("movements committed before and during the connection arrive once and in order", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    commitMovements(store, 1, 1200);
    const uplink = link(store);
    await allConfirmed(store);
    for (let serial = 1201; serial <= 1300; serial++) {
      commitMovements(store, serial);
      uplink.wake();
    }
    await allConfirmed(store);
    expectLedger(1300);
    expect(centre.ledger.map(entry => entry.seq)).toEqual(Array.from({ length: 1300 }, (_, index) => index + 1));
    expect(centre.refused).toEqual([]);
    expect(uplink.status()).toMatchObject({ state: "sending", alarms: [], trouble: undefined });
  });

  test("confirmed levels and pending movements make the stock, and nothing counts twice", async () => {
    await centre.connect(nats.url);
    centre.addItem(oats);
    centre.setLevel(level("dock-1", 40), { silently: true });
    const store = openSite();
    const uplink = link(store);
    const dock = () => store.stock({ sku: "OAT-1L", limit: 1 })[0]?.places.find(({ place }) => place === "dock-1");
    await vi.waitFor(() => expect(dock()).toMatchObject({ onHand: 40, pending: 0 }), soon);
    centre.faults.mute = true;
    commitMovements(store, 1, 3);
    uplink.wake();
    expect(dock()).toMatchObject({ onHand: 40, pending: 3 });
    await vi.waitFor(() => expect(centre.ledger).toHaveLength(3), soon);
    centre.faults.mute = false;
    // The muted change is a gap for the next one, which a snapshot fills.
    commitMovements(store, 4);
    uplink.wake();
    await vi.waitFor(() => expect(dock()).toMatchObject({ onHand: 44, pending: 0 }), soon);
    // The level comes with the change, the version with the snapshot behind it.
    await vi.waitFor(() => expect(store.version).toBe(centre.version), soon);
  });

  test("a lost change is noticed by the next one and made good by a snapshot of several pages", async () => {
    await centre.connect(nats.url);
    for (const sku of ["A", "B", "C", "D", "E"]) centre.setLevel(level("dock-1", 1, sku), { silently: true });
    const store = openSite();
    link(store);
    await vi.waitFor(() => expect(store.version).toBe(5), soon);
    centre.setLevel(level("dock-1", 7, "B"), { silently: true });
    centre.levels.delete("C dock-1");
    centre.setLevel(level("dock-1", 9, "E"));
    await vi.waitFor(() => expect(store.version).toBe(7), soon);
    const onHand = (sku: string) => store.stock({ sku, limit: 1 })[0]?.places[0]?.onHand;
    expect(["A", "B", "C", "D", "E"].map(onHand)).toEqual([1, 7, undefined, 1, 9]);
  });

  test("the open lists are asked for at each greeting and when they changed, and stay through a restart without a link", async () => {
    const loading = (id: string, done: number) =>
      SiteList.parse({
        id,
        readPoint: "dock-2",
        step: "loading",
        openedMs: nowMs,
        documents: [{ kind: "order", number: "SO-1", partner: "Hotel Lux" }],
        lines: [{ document: "SO-1", line: 1, sku: "OAT-1L", quantity: 40 - done }],
        items: [{ sku: "OAT-1L", wanted: 40, done }],
      });
    centre.setLists([loading("first", 0)]);
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store);
    const known = () => store.lists().lists.map(({ id, items }) => [id, items?.[0]?.done]);
    await vi.waitFor(() => expect(known()).toEqual([["first", 0]]), soon);
    centre.setLists([loading("first", 37), loading("second", 0)]);
    await vi.waitFor(
      () =>
        expect(known()).toEqual([
          ["first", 37],
          ["second", 0],
        ]),
      soon,
    );
    expect(store.listsVersion).toBe(2);
    // What a centre that was put back to an earlier state has is what counts.
    await centre.disconnect();
    centre.listsVersion = 0;
    centre.lists = [];
    await centre.connect(nats.url);
    centre.setLists([loading("third", 1)]);
    await vi.waitFor(() => expect(known()).toEqual([["third", 1]]), soon);
    await uplink[Symbol.asyncDispose]();
    store[Symbol.dispose]();
    expect(openSite().lists()).toMatchObject({ lists: [{ id: "third" }], cut: false });
  });

  test("the catalogue comes in pages, and its changes as they happen", async () => {
    await centre.connect(nats.url);
    for (let n = 0; n < 5; n++) centre.addItem({ ...oats, sku: `${oats.sku}-${n}` as typeof oats.sku, classKeys: [] });
    const store = openSite();
    link(store);
    await vi.waitFor(() => expect(store.catalogueVersion).toBe(5), soon);
    centre.addItem(oats);
    await vi.waitFor(() => expect(store.skuOf(classKey)).toBe("OAT-1L"), soon);
    expect(store.stock({ search: "oat", limit: 10 })).toHaveLength(6);
  });
});

describe("when something fails", () => {
  test("the centre is absent, and movements wait until it is there", async () => {
    const store = openSite();
    const uplink = link(store);
    commitMovements(store, 1, 10);
    uplink.wake();
    await vi.waitFor(() => expect(uplink.status().trouble).toBeDefined(), soon);
    expect(store.backlog().waiting).toBe(10);
    await centre.connect(nats.url);
    await allConfirmed(store);
    expectLedger(10);
  });

  test("a stream that loses batches is made good from the outbox", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store);
    await vi.waitFor(() => expect(uplink.status().state).toBe("sending"), soon);
    centre.faults.loseBatches = 1;
    for (let serial = 1; serial <= 6; serial++) {
      commitMovements(store, serial);
      uplink.wake();
    }
    await allConfirmed(store);
    expectLedger(6);
    // The gap was seen and asked for: nobody had to wait until confirmations stayed out.
    expect(centre.hellos).toHaveLength(1);
  });

  test("the last batch is lost, so that no later one shows the gap", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store, impatient);
    await vi.waitFor(() => expect(uplink.status().state).toBe("sending"), soon);
    centre.faults.loseBatches = 1;
    commitMovements(store, 1);
    uplink.wake();
    await allConfirmed(store);
    expectLedger(1);
    expect(centre.hellos.length).toBeGreaterThan(1);
  });

  test("a lost confirmation is asked for", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    centre.faults.mute = true;
    commitMovements(store, 1, 5);
    link(store, impatient);
    await allConfirmed(store);
    expectLedger(5);
  });

  test("NATS is killed and its storage deleted while movements are made", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store);
    commitMovements(store, 1, 700);
    uplink.wake();
    await vi.waitFor(() => expect(centre.ledger.length).toBeGreaterThan(0), soon);
    commitMovements(store, 701, 700);
    uplink.wake();
    await nats.kill();
    await vi.waitFor(() => expect(uplink.status().state).toBe("disconnected"), soon);
    commitMovements(store, 1401, 100);
    uplink.wake();
    rmSync(nats.dir, { recursive: true, force: true });
    await nats.restart();
    await centre.disconnect();
    await centre.connect(nats.url);
    await allConfirmed(store);
    expectLedger(1500);
  });
});

describe("when the store is not what it was", () => {
  test("a restored older copy goes on in an epoch of its own", async () => {
    await centre.connect(nats.url);
    await using first = new AsyncDisposableStack();
    const path = `${dir.path}/lyon`;
    const store = first.adopt(open(path), opened => opened[Symbol.dispose]());
    commitMovements(store, 1, 20);
    const epoch = store.epoch.epoch;
    // A copy while it runs, with movements that were not confirmed when it was taken.
    cpSync(path, `${dir.path}/copy`, { recursive: true });
    const uplink = new Uplink({
      store,
      nats: { servers: [nats.url] },
      log,
      status: () => ({ devices: [], alarms: [] }),
    }).open();
    commitMovements(store, 21, 20);
    await allConfirmed(store);
    await uplink[Symbol.asyncDispose]();
    await first.disposeAsync();

    const restored = openSite(`${dir.path}/copy`);
    expect(restored.epoch.follows).toMatchObject({ epoch, seq: 20 });
    link(restored);
    commitMovements(restored, 41, 5);
    await allConfirmed(restored);
    expectLedger(45);
  });

  test("a deleted store begins a new chain", async () => {
    await centre.connect(nats.url);
    const path = `${dir.path}/lyon`;
    const store = open(path);
    commitMovements(store, 1, 5);
    const uplink = new Uplink({
      store,
      nats: { servers: [nats.url] },
      log,
      status: () => ({ devices: [], alarms: [] }),
    }).open();
    await allConfirmed(store);
    await uplink[Symbol.asyncDispose]();
    store[Symbol.dispose]();
    rmSync(path, { recursive: true });

    const fresh = openSite(path);
    expect(fresh.epoch.follows).toBeUndefined();
    link(fresh);
    commitMovements(fresh, 6, 5);
    await allConfirmed(fresh);
    expectLedger(10);
    expect(centre.epochs.size).toBe(2);
  });

  test("a machine put back to an earlier state, and gone on from there, loses and doubles nothing", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    commitMovements(store, 1, 10);
    const uplink = link(store);
    await allConfirmed(store);
    const epoch = store.epoch.epoch;
    // The centre knows three movements of another future of this same epoch.
    await uplink[Symbol.asyncDispose]();
    const others = open(`${dir.path}/other`, { randomBytes: () => Buffer.from(epoch, "hex") });
    commitMovements(others, 1, 10);
    commitMovements(others, 101, 3);
    stack.use(
      new Uplink({
        store: others,
        nats: { servers: [nats.url] },
        log,
        status: () => ({ devices: [], alarms: [] }),
      }).open(),
    );
    await allConfirmed(others);
    others[Symbol.dispose]();

    commitMovements(store, 11, 5);
    const again = link(store);
    await allConfirmed(store);
    const serials = centre.ledger.map(({ movement }) => movement.eventTimeMs - nowMs);
    expect(serials).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 101, 102, 103, 11, 12, 13, 14, 15]);
    expect(store.epoch.epoch).not.toBe(epoch);
    expect(again.status().alarms).toHaveLength(1);
    expect(centre.refused).toEqual([]);
  });

  test("a machine put back when all was confirmed begins anew before its next movement is taken for a known one", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    commitMovements(store, 1, 10);
    const uplink = link(store);
    await allConfirmed(store);
    await uplink[Symbol.asyncDispose]();
    const epoch = centre.epochs.get(store.epoch.epoch);
    for (let extra = 0; extra < 5; extra++) {
      epoch?.movements.push(movement(100 + extra).movement);
      epoch?.hashes.push("f".repeat(64));
    }
    commitMovements(store, 11);
    link(store);
    await allConfirmed(store);
    expectLedger(11);
    expect(store.epoch.follows?.seq).toBe(10);
  });

  test("a confirmation of what this store never made is not believed", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store);
    await vi.waitFor(() => expect(uplink.status().state).toBe("sending"), soon);
    centre.faults.mute = true;
    commitMovements(store, 1, 3);
    uplink.wake();
    await vi.waitFor(() => expect(centre.ledger).toHaveLength(3), soon);
    const epoch = store.epoch.epoch;
    expect(() => store.confirm({ version: 1, levels: [], cursors: [{ epoch, seq: 4 }] })).toThrow(HistoryForked);
    expect(store.backlog().waiting).toBe(3);
    centre.faults.mute = false;
    // What was not heard is a gap for the next one.
    commitMovements(store, 4);
    uplink.wake();
    await allConfirmed(store);
  });

  test("a centre that lost its last movements gets them from what the edge still keeps", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store);
    commitMovements(store, 1, 10);
    uplink.wake();
    await allConfirmed(store);
    const epoch = centre.epochs.get(store.epoch.epoch);
    epoch?.movements.splice(6);
    epoch?.hashes.splice(6);
    centre.ledger.splice(6);
    commitMovements(store, 11);
    uplink.wake();
    await vi.waitFor(() => expect(centre.ledger).toHaveLength(11), soon);
    expectLedger(11);
  });
});

describe("what was counted", () => {
  const counted = (serial: number) => ({
    place: PlaceCode.parse("bin-1"),
    code: `(01)09506000134352(21)${serial}`,
    classKey,
    isThing: true,
    quantity: 1,
    eventTimeMs: nowMs + serial,
    readPoint: "gun",
    session: "gun/1",
  });
  const count = (store: Store, first: number, last: number) => {
    const observations = Array.from({ length: last - first + 1 }, (_, index) => counted(first + index));
    store.commit(decision({ observations }));
  };
  const arrived = () => [...centre.counted.values()].map(({ code }) => code);

  test("arrives once and in order, and stays at the edge until the centre has committed it", async () => {
    const store = openSite();
    count(store, 1, 1200);
    const uplink = link(store);
    await vi.waitFor(() => expect(uplink.status().state).not.toBe("disconnected"), soon);
    expect(store.observationsWaiting).toBe(1200);
    await centre.connect(nats.url);
    await vi.waitFor(() => expect(store.observationsWaiting).toBe(0), soon);
    count(store, 1201, 1201);
    uplink.wake();
    await vi.waitFor(() => expect(store.observationsWaiting).toBe(0), soon);
    expect(arrived()).toEqual(Array.from({ length: 1201 }, (_, index) => counted(index + 1).code));
  });

  test("is asked for again when the answer was lost, and an alarm says so meanwhile", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store, impatient);
    await vi.waitFor(() => expect(uplink.status().state).toBe("sending"), soon);
    centre.faults.deaf = true;
    count(store, 1, 3);
    uplink.wake();
    await vi.waitFor(() => expect(uplink.status().alarms.join()).toContain("what was counted"), soon);
    expect(store.observationsWaiting).toBe(3);
    centre.faults.deaf = false;
    await vi.waitFor(() => expect(store.observationsWaiting).toBe(0), soon);
    await vi.waitFor(() => expect(uplink.status().alarms).toEqual([]), soon);
    expect(arrived()).toHaveLength(3);
  });
});

describe("what could not be used", () => {
  const wrong = (key: string) => ({
    problem: "message.shape" as const,
    detail: "no tag",
    deviceId: "dock-1",
    key,
    bytes: Buffer.from("{}"),
    timeMs: nowMs,
  });
  const told = () => [...centre.exceptions.values()].map(({ key, count }) => [key, count]);

  test("reaches the centre's inbox, however long the link is gone, and each as often as it came", async () => {
    const store = openSite();
    store.commit(decision({ exceptions: Array.from({ length: 60 }, (_, index) => wrong(`${index}`)) }));
    const uplink = link(store);
    await centre.connect(nats.url);
    await vi.waitFor(() => expect(store.untoldExceptions()).toEqual([]), soon);
    expect(told()).toHaveLength(60);
    expect(centre.exceptions.get(1)).toMatchObject({ problem: "message.shape", bytes: "e30=", bytesWhole: 2 });
    store.commit(decision({ exceptions: [wrong("7"), wrong("7")] }));
    uplink.wake();
    await vi.waitFor(() => expect(store.untoldExceptions()).toEqual([]), soon);
    expect(told().filter(([key]) => key === "7")).toEqual([["7", 3]]);
  });

  test("is told again when the answer was lost, and an alarm says so meanwhile", async () => {
    await centre.connect(nats.url);
    const store = openSite();
    const uplink = link(store, impatient);
    await vi.waitFor(() => expect(uplink.status().state).toBe("sending"), soon);
    centre.faults.deaf = true;
    store.commit(decision({ exceptions: [wrong("a")] }));
    uplink.wake();
    await vi.waitFor(() => expect(uplink.status().alarms.join()).toContain("exceptions do not reach"), soon);
    expect(store.untoldExceptions()).toHaveLength(1);
    centre.faults.deaf = false;
    await vi.waitFor(() => expect(store.untoldExceptions()).toEqual([]), soon);
    await vi.waitFor(() => expect(uplink.status().alarms).toEqual([]), soon);
    expect(told()).toEqual([["a", 1]]);
  });
});
