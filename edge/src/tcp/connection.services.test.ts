import { createServer, type Server, type Socket } from "node:net";
import { createLog } from "@tallygate/kit";
import { llrp } from "@tallygate/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  epcHex,
  event,
  FakeReader,
  type FakeReaderOptions,
  keepalive,
  report,
  tag,
} from "../drivers/llrp/reader.fake.ts";
import type { InboxOptions } from "../inbox.ts";
import { devicesOf, openTestIntake } from "../mqtt/test-intake.ts";
import { DeviceConnection } from "./connection.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];
const patience = { timeout: 15_000, interval: 10 };

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

/** A reader on a real socket. It takes one client, as readers do, unless it is told to say something else. */
class ReaderServer implements AsyncDisposable {
  readonly options: FakeReaderOptions;
  readonly sockets = new Set<Socket>();
  /** Each connection's own reader, in order. */
  readonly readers: FakeReader[] = [];
  /** Instead of the greeting, if there is something. */
  instead: Uint8Array | undefined;
  attempt: number | undefined;
  #server: Server = createServer();
  port = 0;

  constructor(options: FakeReaderOptions = {}) {
    this.options = options;
  }

  async start(): Promise<this> {
    this.#server = createServer(socket => this.#take(socket));
    await new Promise<void>(resolve => this.#server.listen(this.port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (typeof address === "object" && address !== null) this.port = address.port;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.resetAndDestroy();
    if (this.#server.listening) await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  say(...messages: readonly Uint8Array[]): void {
    for (const socket of this.sockets) for (const message of messages) socket.write(message);
  }

  get last(): FakeReader | undefined {
    return this.readers.at(-1);
  }

  #take(socket: Socket): void {
    const attempt = this.attempt;
    const reader = new FakeReader({ ...this.options, ...(attempt === undefined ? {} : { attempt }) });
    this.readers.push(reader);
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("data", chunk => {
      for (const answer of reader.push(chunk)) if (socket.writable) socket.write(answer);
      if (reader.names.includes("CLOSE_CONNECTION")) socket.end();
    });
    socket.write(this.instead ?? reader.greet());
    if (attempt !== undefined && attempt !== 0) socket.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function open(more: object = {}, options: FakeReaderOptions = {}, inbox: InboxOptions = {}) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const server = own.use(await new ReaderServer(options).start());
  const address = `127.0.0.1:${server.port}`;
  const config = { id: "dock-1", driver: "llrp", address, read_points: [{ place: "dock-1" }], ...more };
  const [device] = devicesOf(config);
  if (device?.transport !== "tcp") throw new Error("not a device over TCP");
  const test = own.use(openTestIntake([device], inbox));
  const meter = test.meters.get("dock-1");
  if (meter === undefined) throw new Error("no meter");
  const connection = own.use(new DeviceConnection({ device, intake: test.intake, meter, log }));
  const health = () => meter.health(Date.now());
  const state = (expected: string, detail: string | RegExp = "") =>
    vi.waitFor(() => {
      expect(health().state).toBe(expected);
      expect(health().detail ?? "").toMatch(detail);
    }, patience);
  return { server, test, connection, health, state };
}

async function opened(more: object = {}, options: FakeReaderOptions = {}, inbox: InboxOptions = {}) {
  const all = await open(more, options, inbox);
  all.connection.open();
  await all.state("connected");
  return all;
}

describe("a reader over TCP", () => {
  it("is set up and read, its bytes in any pieces", async () => {
    const { server, test } = await opened();
    expect(server.last?.names).toContain("START_ROSPEC");
    const bytes = Buffer.concat([report(tag(1), tag(2)), keepalive(), report(tag(3))]);
    for (let at = 0; at < bytes.length; at += 7) server.say(bytes.subarray(at, at + 7));
    await vi.waitFor(() => expect(test.scans).toEqual([1, 2, 3].map(epcHex)), patience);
    await vi.waitFor(() => expect(server.last?.names.at(-1)).toBe("KEEPALIVE_ACK"), patience);
  });

  it("is connected anew when its keepalive stays away, and not while it comes", async () => {
    const { server, health } = await opened({ keepalive_s: 0.1 });
    for (let count = 0; count < 8; count++) {
      server.say(keepalive(count));
      await vi.waitFor(() => expect(server.last?.heard.at(-1)).toMatchObject({ name: "KEEPALIVE_ACK", id: count }));
    }
    expect([server.readers.length, health().state]).toEqual([1, "connected"]);
    await vi.waitFor(() => expect(server.readers.length).toBeGreaterThan(1), patience);
  });

  it("may restart in the middle of a report: its whole tags are kept, and it is set up again", async () => {
    const { server, test, state } = await opened();
    server.say(report(tag(1)), report(tag(2), tag(3)).subarray(0, 40));
    await vi.waitFor(() => expect(test.scans).toEqual([epcHex(1)]), patience);
    await server.stop();
    await state("failed");
    await vi.waitFor(() => expect(test.scans).toEqual([1, 2].map(epcHex)), patience);
    await server.start();
    await state("connected");
    expect(server.last?.names).toContain("START_ROSPEC");
    server.say(report(tag(4)));
    await vi.waitFor(() => expect(test.scans).toEqual([1, 2, 4].map(epcHex)), patience);
  });

  it("that another client holds is told, tried again, and taken when it is free", async () => {
    const { server, connection, state } = await open();
    server.attempt = llrp.codes.connectionClientInitiated;
    connection.open();
    await state("failed", /another client holds the reader/);
    expect(server.last?.names).toEqual([]);
    server.attempt = undefined;
    await state("connected");
  });

  it("that is switched on later than the edge is found", async () => {
    const { server, connection, state } = await open();
    await server.stop();
    connection.open();
    await state("failed", /ECONNREFUSED|refused/i);
    await server.start();
    await state("connected");
  });

  it.each([
    ["garbage", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "message.too_large"],
    ["a huge length", Buffer.from("043D7FFFFFFF00000001", "hex"), "message.too_large"],
    ["a length below the header", Buffer.from("043D0000000400000001", "hex"), "message.shape"],
  ])("that says %s becomes an exception, and is tried again", async (_, instead, code) => {
    const { server, test, connection, state } = await open();
    server.instead = instead;
    connection.open();
    await state("failed", /no LLRP/);
    await vi.waitFor(() => expect(test.refused[0]).toMatchObject({ device: "dock-1", code }), patience);
    server.instead = undefined;
    await state("connected");
  });

  it("is held back while nothing can be stored, and loses nothing", async () => {
    const { server, test, health } = await opened({}, {}, { waitingMax: 50 });
    test.hold();
    const [socket] = server.sockets;
    if (socket === undefined) throw new Error("there is no connection");
    const ballast: llrp.Parameter = { name: "Custom", vendor: 1, subtype: 1, data: new Uint8Array(8000) };
    let said = 0;
    // Until nothing moves any more: the systems' buffers between us are full, and the edge does not read.
    for (let still = 0; still < 50 && said < 5000; ) {
      const { readings } = health();
      const isFull = socket.writableLength > 256 * 1024;
      if (!isFull) server.say(report(...Array.from({ length: 20 }, () => tag(said++, ballast))));
      await new Promise(resolve => setImmediate(resolve));
      still = isFull && health().readings === readings ? still + 1 : 0;
    }
    expect(said).toBeLessThan(5000);
    expect(health().readings).toBeLessThan(said / 2);
    expect(test.scans).toEqual([]);
    test.release();
    await vi.waitFor(() => expect(test.scans.length).toBe(said), { ...patience, timeout: 30_000 });
    expect(test.scans).toEqual(Array.from({ length: said }, (_, number) => epcHex(number)));
    expect(server.readers).toHaveLength(1);
  });

  it("is not connected to again before what it said is stored", async () => {
    const { server, test, state } = await opened({}, {}, { waitingMax: 5 });
    test.hold();
    for (let number = 0; number < 9; number++) server.say(report(tag(number)));
    await vi.waitFor(() => expect(test.inbox.waiting).toBeGreaterThan(4), patience);
    server.say(report(tag(9)));
    await vi.waitFor(() => expect(test.intake.held).toBeGreaterThan(0), patience);
    for (const socket of server.sockets) socket.end();
    const fromMs = performance.now();
    await vi.waitFor(() => expect(performance.now() - fromMs).toBeGreaterThan(500), patience);
    expect(server.readers).toHaveLength(1);
    test.release();
    await vi.waitFor(() => expect(server.readers).toHaveLength(2), patience);
    await state("connected");
    expect(test.scans).toEqual(Array.from({ length: 10 }, (_, number) => epcHex(number)));
  });

  it("is told goodbye when the edge stops, and what it still says is taken", async () => {
    const { server, test, connection } = await opened();
    const { last } = server;
    server.say(report(tag(1)));
    await connection[Symbol.asyncDispose]();
    expect(last?.names.at(-1)).toBe("CLOSE_CONNECTION");
    await vi.waitFor(() => expect(test.scans).toEqual([epcHex(1)]), patience);
    await vi.waitFor(() => expect(server.sockets.size).toBe(0), patience);
  });

  it("shows its antennas and inputs", async () => {
    const { server, health } = await opened({ antennas: [1, 2] });
    server.say(event({ name: "GPIEvent", port: 2, high: true }));
    await vi.waitFor(() => expect(health().inputs.get(2)).toBe(true), patience);
    expect([...health().antennas]).toEqual([
      [1, true],
      [2, false],
    ]);
  });
});
