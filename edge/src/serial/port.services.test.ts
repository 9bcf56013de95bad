import { createReadStream, writeFileSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { createLog } from "@tallygate/kit";
import { SerialPort } from "serialport";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type PtyPair, socatPair } from "../../../deploy/local/servers.ts";
import type { StreamDevice } from "../drivers/index.ts";
import { devicesOf, openTestIntake } from "../mqtt/test-intake.ts";
import { DevicePort } from "./port.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

function scanner(port: string, more: object = {}): StreamDevice {
  const [device] = devicesOf({ id: "bench", driver: "serial-scanner", port, mode: "receive", place: "bench", ...more });
  if (device?.transport !== "serial") throw new Error("not a stream device");
  return device;
}

async function open(more: object = {}, { plugged = true } = {}) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const pair = own.use(await socatPair());
  if (!plugged) await pair.disconnect();
  const device = scanner(pair.a, more);
  const test = own.use(openTestIntake([device]));
  const meter = test.meters.get("bench");
  if (meter === undefined) throw new Error("no meter");
  const port = own.use(new DevicePort({ device, intake: test.intake, meter, log }));
  port.open();
  const state = (expected: string) =>
    vi.waitFor(() => expect(meter.health(Date.now()).state).toBe(expected), { timeout: 15_000, interval: 20 });
  if (plugged) await state("connected");
  return { own, pair, test, meter, state };
}

const send = (pair: PtyPair, text: string) => writeFileSync(pair.b, Buffer.from(text, "latin1"));

describe("a scanner on a serial port", () => {
  it("is read, its bytes in any pieces", async () => {
    const { pair, test } = await open();
    for (const piece of ["]E0590123", "4123457\r", "\n]E0590", "1234123457\r\n"]) send(pair, piece);
    await vi.waitFor(() => expect(test.scans).toEqual(["]E05901234123457", "]E05901234123457"]));
  });

  it("gets its answer after the commit only, and another one for what could not be read (I1)", async () => {
    const { own, pair, test } = await open({ answer: { ok: "06", refused: "15" } });
    const heard: Buffer[] = [];
    const handle = await openFile(pair.b, "r+");
    const stream = createReadStream("", { fd: handle.fd, autoClose: false });
    own.defer(async () => {
      stream.destroy();
      await handle.close().catch(() => undefined);
    });
    stream.on("error", () => undefined);
    stream.on("data", chunk => heard.push(Buffer.from(chunk)));
    test.hold();
    send(pair, "A\r\n");
    await vi.waitFor(() => expect(test.inbox.failure).toBeDefined());
    expect(heard).toEqual([]);
    test.release();
    await vi.waitFor(() => expect(Buffer.concat(heard).toString("hex")).toBe("06"));
    expect(test.scans).toEqual(["A"]);
    send(pair, "\x00\x01\r\n");
    await vi.waitFor(() => expect(Buffer.concat(heard).toString("hex")).toBe("0615"));
  });

  it("ends a scan by a pause where there is no suffix", async () => {
    const { pair, test } = await open({ suffix: "none", idle_ms: 50 });
    send(pair, "5901234123457");
    await vi.waitFor(() => expect(test.scans).toEqual(["5901234123457"]));
  });

  it("may be pulled in the middle of a scan and plugged in again", async () => {
    const { pair, test, state, meter } = await open();
    send(pair, "A\r\n590123");
    await vi.waitFor(() => expect(test.scans).toEqual(["A"]));
    await pair.disconnect();
    await state("failed");
    expect(meter.health(Date.now()).detail).toMatch(/./);
    await vi.waitFor(() =>
      expect(test.refused.map(({ code, bytes }) => [code, bytes.length])).toEqual([["frame.rubbish", 6]]),
    );
    await pair.reconnect();
    await state("connected");
    send(pair, "B\r\n");
    await vi.waitFor(() => expect(test.scans).toEqual(["A", "B"]));
  });

  it("may be plugged in late", async () => {
    const { pair, test, state } = await open({}, { plugged: false });
    await state("failed");
    await pair.reconnect();
    await state("connected");
    send(pair, "A\r\n");
    await vi.waitFor(() => expect(test.scans).toEqual(["A"]));
  });

  it("waits for a port that another program has open", async () => {
    const own = new AsyncDisposableStack();
    stack.push(own);
    const pair = own.use(await socatPair());
    const other = new SerialPort({ path: pair.a, baudRate: 9600, autoOpen: false });
    await new Promise<void>((resolve, reject) => other.open(error => (error ? reject(error) : resolve())));
    const device = scanner(pair.a);
    const test = own.use(openTestIntake([device]));
    const meter = test.meters.get("bench");
    if (meter === undefined) throw new Error("no meter");
    own.use(new DevicePort({ device, intake: test.intake, meter, log })).open();
    await vi.waitFor(() => expect(meter.health(Date.now())).toMatchObject({ state: "failed" }));
    await new Promise(resolve => other.close(resolve));
    await vi.waitFor(() => expect(meter.health(Date.now()).state).toBe("connected"), { timeout: 15_000, interval: 20 });
  });

  it("makes one exception of a megabyte without an end, and the next scan is read (I12)", async () => {
    const { pair, test } = await open();
    const handle = await openFile(pair.b, "r+");
    await handle.write(Buffer.alloc(1024 * 1024, 0x41));
    await handle.write("\r\nB\r\n");
    await handle.close();
    await vi.waitFor(() => expect(test.scans).toEqual(["B"]), 20_000);
    expect(test.refused.map(({ code }) => code)).toEqual(["frame.too_long"]);
  });
});
