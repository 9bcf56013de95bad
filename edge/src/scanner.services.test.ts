import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@tallygate/kit";
import { CatalogueItem, Level, SiteList } from "@tallygate/protocol";
import mqtt from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort, type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import { EdgeConfig } from "./config.ts";
import { openEdge } from "./edge.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

const milk = "]E05901234123457";
const oats = CatalogueItem.parse({ sku: "OAT-1L", name: "Oat drink", uom: "H87", classKeys: ["(01)05901234123457"] });
const places = [{ code: "dock-1" }, { code: "bin-1", gln: "9506000134376" }, { code: "bin-2" }];
const cart = {
  id: "cart",
  driver: "json",
  topic: "lyon/cart",
  reply_topic: "lyon/cart/answer",
  read_points: [{ mode: "pick", place: "bin-1" }],
};

/** A site with a scanner on a real line, whose other end is in the test's hand. */
async function site() {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const data = mkdtempSync(join(tmpdir(), "edge-"));
  own.defer(() => rmSync(data, { recursive: true, force: true }));
  const pair = own.use(await socatPair());
  const answer = { ok: "06", refused: "15", text: true };
  const gun = { id: "gun", driver: "serial-scanner", port: pair.a, mode: "receive", place: "dock-1", answer };
  const raw = {
    site: "lyon",
    data,
    places,
    http: { listen: "127.0.0.1:0" },
    mqtt: { listen: "127.0.0.1:0", anonymous: true },
    // Nobody listens there: scanning goes on without a centre.
    nats: { servers: [`nats://127.0.0.1:${await freePort()}`] },
    devices: [gun, cart],
  };
  return { own, raw, hand: await handOf(pair, own) };
}

/** Scans, and waits for the whole of the answer. */
async function handOf(pair: PtyPair, own: AsyncDisposableStack) {
  const handle = await openFile(pair.b, "r+");
  const stream = createReadStream("", { fd: handle.fd, autoClose: false });
  own.defer(async () => {
    stream.destroy();
    await handle.close().catch(() => undefined);
  });
  stream.on("error", () => undefined);
  let heard = "";
  stream.on("data", chunk => {
    heard += chunk.toString("latin1");
  });
  return async (scan: string) => {
    heard = "";
    writeFileSync(pair.b, `${scan}\r\n`);
    await vi.waitFor(() => expect(heard).toMatch(/\r\n$/), { timeout: 10_000, interval: 1 });
    return heard;
  };
}

async function openSite() {
  const { own, raw, hand } = await site();
  const edge = own.use(await openEdge(EdgeConfig.parse(raw), { log }));
  await vi.waitFor(() => expect(edge.view.devices()[0]?.state).toBe("connected"), 10_000);
  const request = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${edge.http.url}${path}`, init);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const put = (id: string, body: unknown) =>
    request(`/api/devices/${id}/mode`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { own, edge, hand, request, put };
}

describe("a scanner with a display on a serial line", () => {
  it("is told what the open list where it works does not name; the goods moved all the same", async () => {
    const { hand, edge } = await openSite();
    edge.view.store.applyCatalogue([oats], 1);
    const list = SiteList.parse({
      id: "one",
      readPoint: "gun",
      step: "picking",
      openedMs: Date.now(),
      documents: [{ kind: "order", number: "SO-1" }],
      lines: [{ document: "SO-1", line: 1, sku: "OAT-1L", place: "dock-1", quantity: 2 }],
      items: [{ sku: "OAT-1L", wanted: 2, done: 0 }],
    });
    edge.view.store.applyLists({ version: 1, cut: false, lists: [list] }, Date.now());
    edge.view.lists.refresh();
    expect(await hand("TG:MODE:PICK")).toBe("\x06OK mode pick dock-1\r\n");
    expect(await hand(milk)).toBe("\x06OK 1 OAT-1L dock-1\r\n");
    expect(await hand("]E09501101530003")).toBe("\x06OK not on this list: 1 (01)09501101530003 dock-1\r\n");
    expect(edge.view.store.movements({ limit: 1 })[0]?.movement.code).toBe("(01)09501101530003");
    expect(edge.view.lists.view().lists).toMatchObject([
      { items: [{ confirmed: 0, pending: 1 }], unexpected: [{ code: "(01)09501101530003", quantity: 1 }] },
    ]);
    // Receiving is none of a picking list's business.
    expect(await hand("TG:MODE:RECEIVE")).toBe("\x06OK mode receive dock-1\r\n");
    expect(await hand("]E09501101530003")).toBe("\x06OK 1 (01)09501101530003 dock-1\r\n");
  });

  it("is answered each scan after its commit: what moved, or why nothing did", async () => {
    const { hand, edge } = await openSite();
    expect(await hand(milk)).toBe("\x06OK 1 (01)05901234123457 dock-1\r\n");
    edge.view.store.applyCatalogue([oats], 1);
    expect(await hand("TG:QTY:24")).toBe("\x06OK quantity 24\r\n");
    expect(await hand(milk)).toBe("\x06OK 24 OAT-1L dock-1\r\n");
    // What is answered is on the disk.
    expect(edge.view.store.movements({ limit: 1 })[0]?.movement.quantity).toBe(24);
    expect(await hand("TG:SELL")).toBe("\x15NO no such command\r\n");
    expect(await hand("TG:PLACE:bin-9")).toBe("\x15NO no such place\r\n");
    expect(await hand("\x01")).toBe("\x15NO not read: frame.rubbish\r\n");
    expect(await hand("TG:MODE:MOVE")).toBe("\x06OK mode move dock-1\r\n");
    expect(await hand(milk)).toBe("\x15NO scan place first\r\n");
    expect(await hand("]C14149506000134376")).toBe("\x06OK from bin-1\r\n");
    expect(await hand(milk)).toBe("\x06OK 1 OAT-1L from bin-1 - to?\r\n");
    expect(await hand("TG:PLACE:bin-2")).toBe("\x06OK 1 OAT-1L bin-2\r\n");
    expect(await hand("TG:UNDO")).toBe("\x06OK undo 1 OAT-1L bin-1\r\n");
    expect(await hand("TG:UNDO")).toBe("\x06OK undo 24 OAT-1L supplier\r\n");
    const stored = edge.view.store.movements({ limit: 10 }).toReversed();
    expect(stored.map(({ movement: { from, to, quantity } }) => `${from} → ${to} × ${quantity}`)).toEqual([
      "supplier → dock-1 × 1",
      "supplier → dock-1 × 24",
      "bin-1 → bin-2 × 1",
      "bin-2 → bin-1 × 1",
      "dock-1 → supplier × 24",
    ]);
    const { epoch } = edge.view.store.epoch;
    expect(stored.map(({ movement: { reverses } }) => reverses?.seq)).toEqual([undefined, undefined, undefined, 3, 2]);
    expect(stored.at(-1)?.movement.reverses).toEqual({ epoch, seq: 2 });
  });

  it("counts for the centre without saying what should be there, and looks up; neither moves", async () => {
    const { hand, edge } = await openSite();
    const { store } = edge.view;
    store.applyCatalogue([oats], 1);
    const level = Level.parse({ sku: "OAT-1L", place: "dock-1", onHand: 30, reserved: 0, blocked: 0 });
    store.confirm({ version: 1, cursors: [], levels: [level] });
    await hand("TG:QTY:2");
    await hand(milk);
    expect(await hand("TG:MODE:COUNT")).toBe("\x06OK mode count dock-1\r\n");
    expect(await hand(milk)).toBe("\x06OK 1 OAT-1L dock-1\r\n");
    await hand("TG:PLACE:bin-2");
    expect(await hand(milk)).toBe("\x06OK 1 OAT-1L bin-2\r\n");
    expect(await hand(milk)).toBe("\x06OK 2 OAT-1L bin-2\r\n");
    expect(await hand("TG:UNDO")).toBe("\x06OK undo OAT-1L 1 left\r\n");
    expect(store.observations()?.observations.map(({ place, quantity }) => [place, quantity])).toEqual([
      ["dock-1", 1],
      ["bin-2", 1],
      ["bin-2", 1],
      ["bin-2", -1],
    ]);
    await hand("TG:MODE:LOOK_UP");
    expect(await hand(milk)).toBe("\x06OK 32 OAT-1L Oat drink\r\n");
    expect(store.epoch.last).toBe(1);
    expect(store.readings({ limit: 100 })).toHaveLength(10);
  });
});

describe("a scanner that publishes", () => {
  it("is answered as JSON on its reply topic, also for what is no scan", async () => {
    const { edge, own } = await openSite();
    edge.view.store.applyCatalogue([oats], 1);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.mqttPort}`, { reconnectPeriod: 0 });
    own.defer(() => client.endAsync(true));
    const answers: unknown[] = [];
    client.on("message", (_, payload) => answers.push(JSON.parse(payload.toString())));
    await client.subscribeAsync(cart.reply_topic);
    const messages = [`{"scan":"${milk}"}`, `[{"scan":"TG:QTY:3"},{"scan":"${milk}"}]`, `{"scan":"TG:X"}`, "rubbish"];
    for (const message of messages) await client.publishAsync(cart.topic, message, { qos: 1 });
    await vi.waitFor(() => expect(answers).toHaveLength(5));
    const moved = {
      ok: true,
      did: "moved",
      mode: "pick",
      place: "bin-1",
      sku: "OAT-1L",
      from: "bin-1",
      to: "customer",
    };
    expect(answers).toMatchObject([
      { ...moved, quantity: 1, name: "Oat drink", text: "OK 1 OAT-1L bin-1" },
      { ok: true, did: "quantity_set", quantity: 3 },
      { ...moved, quantity: 3 },
      { ok: false, problem: "command.unknown", mode: "pick", detail: expect.stringContaining("TG:X") },
      { ok: false, problem: "message.not_json" },
    ]);
  });

  it("may not be answered on a topic that is read", async () => {
    const { raw } = await site();
    const devices = [{ ...cart, reply_topic: cart.topic }];
    const parsed = EdgeConfig.safeParse({ ...raw, devices });
    expect(parsed.error?.issues).toMatchObject([
      { path: ["devices", 0, "reply_topic"], message: "is a topic that devices[0] publishes to" },
    ]);
  });
});

describe("PUT /api/devices/{id}/mode", () => {
  it("sets mode and place, which the devices and the event stream show", async () => {
    const { put, request, hand, edge, own } = await openSite();
    const stop = new AbortController();
    own.defer(() => stop.abort());
    const stream = await fetch(`${edge.http.url}/api/stream`, { signal: stop.signal });
    let heard = "";
    void (async () => {
      for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) heard += chunk;
    })().catch(() => undefined);
    expect((await request("/api/devices")).body.devices[0].scanner).toEqual({
      mode: "receive",
      place: "dock-1",
      waiting: 0,
      undoable: 0,
    });
    const { status, body } = await put("gun", { mode: "pick", place: "bin-2" });
    expect(status).toBe(200);
    expect(body.scanner).toMatchObject({ mode: "pick", place: "bin-2" });
    expect(await hand(milk)).toBe("\x06OK 1 (01)05901234123457 bin-2\r\n");
    expect((await request("/api/devices")).body.devices[0].scanner).toMatchObject({ mode: "pick", undoable: 1 });
    await vi.waitFor(() => expect(heard).toContain(`"scanner":{"mode":"pick","place":"bin-2"`), 5000);
    // A person is no scan.
    expect(edge.view.store.readings({ limit: 10 })).toHaveLength(1);
  });

  it.each([
    ["gun", { mode: "sell" }, 400, "request.invalid"],
    ["gun", {}, 400, "request.invalid"],
    ["gun", { mode: "pick", place: "Bin 1" }, 400, "request.invalid"],
    ["gun", { mode: "pick", place: "bin-9" }, 404, "place.unknown"],
    ["nobody", { mode: "pick" }, 404, "device.unknown"],
  ])("refuses %s %j with %i %s, and changes nothing", async (id, body, status, code) => {
    const { put, request } = await openSite();
    expect(await put(id, body)).toMatchObject({ status, body: { status, code } });
    expect((await request("/api/devices")).body.devices[0].scanner.mode).toBe("receive");
  });
});

it("an edge that is killed in the middle of a move goes on with it", async () => {
  const { own, raw, hand } = await site();
  const file = join(raw.data, "edge.yaml");
  writeFileSync(file, JSON.stringify(raw));
  const main = new URL("./main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "--config", file], { stdio: ["ignore", "ignore", "pipe"] });
  own.defer(() => void child.kill("SIGKILL"));
  let logged = "";
  child.stderr.on("data", chunk => {
    logged += chunk;
  });
  await vi.waitFor(async () => {
    const url = /http:\/\/[\d.:]+/.exec(logged)?.[0];
    const { devices } = await (await fetch(`${url}/api/devices`)).json();
    expect(devices[0].state).toBe("connected");
  }, 20_000);
  for (const scan of ["TG:MODE:MOVE", "TG:PLACE:bin-1", "TG:QTY:5", milk]) expect(await hand(scan)).toContain("\x06OK");
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  const edge = own.use(await openEdge(EdgeConfig.parse(raw), { log }));
  await vi.waitFor(() => expect(edge.view.devices()[0]?.state).toBe("connected"), 10_000);
  expect(edge.view.devices()[0]?.scanner).toMatchObject({ mode: "move", from: "bin-1", goods: 1 });
  expect(await hand("TG:PLACE:bin-2")).toBe("\x06OK 5 (01)05901234123457 bin-2\r\n");
  const [{ movement } = { movement: undefined }] = edge.view.store.movements({ limit: 10 });
  expect(movement).toMatchObject({ from: "bin-1", to: "bin-2", quantity: 5 });
});
