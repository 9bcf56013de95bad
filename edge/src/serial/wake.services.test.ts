import { createLog, sleep } from "@tallygate/kit";
import { SerialPort } from "serialport";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { socatPair } from "../../../deploy/local/servers.ts";
import { DeviceMeter } from "../drivers/health.ts";
import { DeviceConfig, deviceOf } from "../drivers/index.ts";
import { Intake } from "../drivers/intake.ts";
import { Inbox } from "../inbox.ts";
import { DevicePort } from "./port.ts";

/** A reader's end of the line: keeps what it is told. */
async function openReader(path: string) {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
  let told = "";
  port.on("data", (bytes: Buffer) => {
    told += bytes.toString("hex").toUpperCase();
  });
  return {
    told: () => told,
    say: (hex: string) => port.write(Buffer.from(hex, "hex")),
    [Symbol.asyncDispose]: () => new Promise<void>(resolve => port.close(() => resolve())),
  };
}

function openPort(path: string, config: object) {
  const read_points = [{ place: "dock-1" }];
  const device = deviceOf(DeviceConfig.parse({ id: "dock-1", driver: "uhf-bb", port: path, read_points, ...config }));
  if (device.transport !== "serial") throw new Error("not on a serial port");
  const meter = new DeviceMeter({ id: device.id, driver: device.driver, countsReadings: false });
  const intake = new Intake({ inbox: new Inbox(), meters: new Map([[device.id, meter]]) });
  const port = new DevicePort({ device, intake, meter, log: createLog("edge", "silent") });
  port.open();
  return { meter, [Symbol.asyncDispose]: () => port[Symbol.asyncDispose]() };
}

/** The waits of the test framework move the clock that stands still; this one does not. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries++) await sleep(10);
  expect(isSo()).toBe(true);
}

const start = "BB00270003222710837E";
const noTag = "BB01FF000115167E";

// Intervals stand still, so that what comes without them came at once.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

test("a reader is told to work when the port has opened, and again after a silence only", async () => {
  await using pair = await socatPair();
  await using reader = await openReader(pair.a);
  await using port = openPort(pair.b, { rounds: 10_000 });
  await until(() => reader.told() === start);
  vi.advanceTimersByTime(1500);
  reader.say(noTag);
  await until(() => port.meter.health(0).messages === 1);
  vi.advanceTimersByTime(1500);
  reader.say(noTag);
  await until(() => port.meter.health(0).messages === 2);
  expect(reader.told()).toBe(start);
  vi.advanceTimersByTime(2500);
  await until(() => reader.told() === start + start);
});

test("a reader that works by itself is told nothing", async () => {
  await using pair = await socatPair();
  await using reader = await openReader(pair.a);
  await using port = openPort(pair.b, { inventory: false });
  await until(() => port.meter.health(0).state === "connected");
  vi.advanceTimersByTime(60_000);
  reader.say(noTag);
  await until(() => port.meter.health(0).messages === 1);
  expect(reader.told()).toBe("");
});
