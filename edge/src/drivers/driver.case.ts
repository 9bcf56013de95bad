import { readFileSync } from "node:fs";
import { DeviceId, Reading } from "@tallygate/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Parsed } from "./driver.ts";
import { type Device, DeviceConfig, deviceOf, type MessageDevice, type StreamDevice } from "./index.ts";
import { limits } from "./limits.ts";

/**
 * What every driver must do, whatever it reads. A driver's own test calls one of these with its configuration and its fixtures
 * and adds what is special to its format.
 */

export interface MessageVector {
  readonly id: string;
  readonly raw: string;
  readonly valid: boolean;
  readonly expect: Readonly<Record<string, unknown>>;
}

/** A message that is no text. Its topic says what it is, and it may build on those before it. */
export interface BinaryVector {
  readonly id: string;
  readonly topic: string;
  readonly hex: string;
  readonly valid: boolean;
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface FrameVector {
  readonly id: string;
  readonly hex: string;
  readonly chunks?: readonly string[];
  readonly config: { readonly suffix?: string; readonly idleMs?: number; readonly direction?: string };
  readonly expect: { readonly messages?: readonly string[]; readonly pending?: number };
}

const receivedTimeMs = 1_790_000_000_000;
const context = { deviceId: DeviceId.parse("dock-1"), receivedTimeMs, topic: "lyon/dock-1/tags" };

/** The fields of a vector's tag that a reading carries, by their names there. Others are the maker's and are not carried. */
const carried = {
  epcHex: "epcHex",
  tidHex: "tidHex",
  antenna: "antenna",
  rssiDbm: "rssiDbm",
  readCount: "readCount",
  frequencyMHz: "frequencyMHz",
  phaseDeg: "phaseDeg",
  sequence: "sequence",
  scan: "scan",
  timestampMs: "readerTimeMs",
} as const;
const notCarried = [
  "mode",
  "pc",
  "epcCrc",
  "xpc",
  "userHex",
  "accessResults",
  "txPowerDbm",
  "hostname",
  "antennaName",
  "lastSeenMs",
];

function hasTags({ tags }: MessageVector["expect"]): boolean {
  return Array.isArray(tags);
}

export function openMessageDevice(config: Readonly<Record<string, unknown>>): MessageDevice {
  const device = openDevice({
    id: "dock-1",
    ...("group" in config ? {} : { topic: context.topic }),
    read_points: [{ place: "dock-1" }],
    ...config,
  });
  if (device.transport !== "mqtt") throw new Error("not a message driver");
  return device;
}

export function openStreamDevice(config: Readonly<Record<string, unknown>>): StreamDevice {
  const where = "read_points" in config ? {} : { mode: "receive", place: "bench" };
  const device = openDevice({ id: "bench", port: "/dev/null", ...where, ...config });
  if (device.transport !== "serial") throw new Error("not a stream driver");
  return device;
}

function openDevice(config: unknown): Device {
  return deviceOf(DeviceConfig.parse(config));
}

export function readMessageVectors(fixtures: URL): readonly MessageVector[] {
  return linesOf(fixtures).map((line): MessageVector => JSON.parse(line));
}

export function readBinaryVectors(fixtures: URL): readonly BinaryVector[] {
  return linesOf(fixtures).map((line): BinaryVector => JSON.parse(line));
}

function linesOf(fixtures: URL): readonly string[] {
  return readFileSync(fixtures, "utf8")
    .split("\n")
    .filter(line => line !== "");
}

export function parseText(device: MessageDevice, text: string): Parsed {
  return device.parse(Buffer.from(text), context);
}

/** The contract of a driver that reads messages. */
export function describeMessageDriver(config: Readonly<Record<string, unknown>>, fixtures: URL): void {
  describeMessageDevice(openMessageDevice(config), fixtures);
}

export function describeMessageDevice(device: MessageDevice, fixtures: URL): void {
  const vectors = readMessageVectors(fixtures);
  const goodTag = vectors.find(({ expect, valid }) => valid && hasTags(expect))?.raw ?? "";

  describe(`the contract of message drivers: ${device.driver}`, () => {
    it.each(vectors)("reads $id", vector => checkVector(parseText(device, vector.raw), vector));

    it("keeps the good elements of a list with bad ones, and names where the bad ones are", () => {
      const parsed = parseText(device, `[${goodTag},null,${goodTag},42,"x",{},[]]`);
      expect(parsed.readings).toHaveLength(2);
      expect(parsed.refused.map(({ problem }) => problem.at?.slice(0, 3))).toEqual(["[1]", "[3]", "[4]", "[5]", "[6]"]);
    });

    it("refuses what is no JSON with its bytes", () => {
      const { refused } = parseText(device, "\u0000 rubbish");
      expect(refused.map(({ problem }) => problem.code)).toEqual(["message.not_json"]);
      expect(Buffer.from(refused[0]?.bytes ?? []).toString()).toBe("\u0000 rubbish");
    });

    it("refuses a message above the limit, keeping its beginning only", () => {
      const { readings, refused } = parseText(device, `[${goodTag}${" ".repeat(limits.messageBytesMax)}]`);
      expect(readings).toEqual([]);
      expect(refused.map(({ problem }) => problem.code)).toEqual(["message.too_large"]);
      expect(refused[0]?.bytes).toHaveLength(limits.refusedBytesMax);
    });

    it("is bounded in what one message can bring", () => {
      const bad = parseText(device, `[${"0,".repeat(100_000)}0]`);
      expect(bad.refused.length).toBeLessThanOrEqual(limits.messageRefusedMax);
      const count = Math.floor((limits.messageBytesMax - 2) / (goodTag.length + 1));
      const good = parseText(device, `[${Array.from({ length: count }, () => goodTag).join()}]`);
      expect(good.readings.length).toBe(Math.min(count, limits.messageReadingsMax));
      const shortest = vectors
        .filter(({ expect, valid, raw }) => valid && !hasTags(expect) && raw.startsWith("{") && !raw.includes("\n"))
        .toSorted((a, b) => a.raw.length - b.raw.length)[0]?.raw;
      if (shortest === undefined) return;
      const events = Array.from(
        { length: Math.floor(limits.messageBytesMax / (shortest.length + 1)) - 1 },
        () => shortest,
      );
      expect(parseText(device, `[${events.join()}]`).signals.length).toBe(
        Math.min(events.length, limits.messageSignalsMax),
      );
    });

    it("survives JSON that is nested as deeply as it fits", () => {
      const depth = limits.messageBytesMax / 2 - 8;
      expect(() => parseText(device, `[1,${"[".repeat(depth)}${"]".repeat(depth)}]`)).not.toThrow();
    });

    it("never throws and gives only valid readings, for any bytes", () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => checkParsed(device.parse(bytes, context))));
      fc.assert(fc.property(fc.json(), text => checkParsed(parseText(device, text))));
    });

    it("never throws and gives only valid readings, for messages with any change", () => {
      const raw = fc.constantFrom(...vectors.map(vector => vector.raw));
      fc.assert(
        fc.property(raw, fc.nat(), fc.nat(), fc.string({ maxLength: 3 }), (text, at, cut, insert) => {
          const from = at % (text.length + 1);
          checkParsed(parseText(device, text.slice(0, from) + insert + text.slice(from + (cut % 4))));
        }),
      );
      const replaced = fc.property(raw, fc.nat(), fc.jsonValue({ maxDepth: 2 }), (text, index, value) => {
        const values = [...text.matchAll(/:("[^"]*"|-?[0-9.]+)/g)];
        const hit = values[index % Math.max(1, values.length)];
        if (hit === undefined) return;
        const to = hit.index + hit[0].length;
        checkParsed(parseText(device, `${text.slice(0, hit.index)}:${JSON.stringify(value)}${text.slice(to)}`));
      });
      fc.assert(replaced, { numRuns: 1000 });
    });
  });
}

/** The contract of a driver that reads binary messages; the vectors come in their order, to one parser. */
export function describeBinaryMessageDriver(
  config: Readonly<Record<string, unknown>>,
  vectors: readonly BinaryVector[],
): void {
  const device = openMessageDevice(config);
  const parse = (topic: string, bytes: Uint8Array) => device.parse(bytes, { ...context, topic });

  describe(`the contract of binary message drivers: ${device.driver}`, () => {
    it.each(vectors)("reads $id", vector => {
      const parsed = parse(vector.topic, Buffer.from(vector.hex, "hex"));
      checkVector(parsed, { ...vector, raw: vector.hex });
      const { signals } = vector.expect;
      if (signals !== undefined) expect(parsed.signals).toEqual(signals);
    });

    it("refuses a message above the limit, keeping its beginning only", () => {
      const { readings, refused } = parse(vectors[0]?.topic ?? "", new Uint8Array(limits.messageBytesMax + 1));
      expect(readings).toEqual([]);
      expect(refused.map(({ problem }) => problem.code)).toEqual(["message.too_large"]);
      expect(refused[0]?.bytes).toHaveLength(limits.refusedBytesMax);
    });

    it("never throws, is bounded and gives only valid readings, for any bytes on any topic", () => {
      const topic = fc.oneof(fc.constantFrom(...vectors.map(each => each.topic)), fc.string());
      fc.assert(fc.property(topic, fc.uint8Array({ maxLength: 300 }), (on, bytes) => checkParsed(parse(on, bytes))));
    });

    it("never throws, is bounded and gives only valid readings, for messages with any change", () => {
      const change = fc.property(
        fc.constantFrom(...vectors),
        fc.nat(),
        fc.nat(255),
        fc.nat(8),
        (vector, at, byte, cut) => {
          const bytes = Buffer.from(vector.hex, "hex");
          const from = at % (bytes.length + 1);
          const changed = Buffer.concat([bytes.subarray(0, from), Buffer.from([byte]), bytes.subarray(from + cut)]);
          checkParsed(parse(vector.topic, changed));
        },
      );
      fc.assert(change, { numRuns: 2000 });
    });
  });
}

function checkVector(parsed: Parsed, vector: MessageVector): void {
  checkParsed(parsed);
  const { tags, events, accepted = 0, rejected } = vector.expect;
  if (!vector.valid) {
    expect(parsed.readings).toHaveLength(Number(accepted));
    if (rejected === undefined) expect(parsed.refused.length).toBeGreaterThan(0);
    else expect(parsed.refused).toHaveLength(Number(rejected));
    return;
  }
  expect(parsed.refused).toEqual([]);
  if (Array.isArray(tags)) expect(parsed.readings).toEqual(tags.map(readingExpected));
  else if (events !== undefined) expect(parsed.readings.length + parsed.signals.length).toBe(events);
  else {
    expect(parsed.readings).toEqual([]);
    expect(parsed.signals.length).toBeGreaterThan(0);
  }
}

function readingExpected(tag: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const reading: Record<string, unknown> = { deviceId: context.deviceId, receivedTimeMs };
  const names = new Map<string, string>(Object.entries(carried));
  for (const [name, value] of Object.entries(tag)) {
    const target = names.get(name);
    if (target !== undefined) reading[target] = value;
    else expect(notCarried, `a vector has ${name}, which nothing is said about`).toContain(name);
  }
  return reading;
}

function checkParsed(parsed: Parsed): void {
  for (const reading of parsed.readings) {
    const checked = Reading.safeParse(reading);
    expect(checked.error?.issues, JSON.stringify(reading)).toBeUndefined();
  }
  expect(parsed.refused.length).toBeLessThanOrEqual(limits.messageRefusedMax);
  for (const { bytes } of parsed.refused) expect(bytes.length).toBeLessThanOrEqual(limits.refusedBytesMax);
  expect(parsed.signals.length).toBeLessThanOrEqual(limits.messageSignalsMax);
}

/** The contract of a driver that reads a stream. `stream` is any mix of good messages, rubbish and halves of messages. */
export function describeStreamDriver(
  config: Readonly<Record<string, unknown>>,
  { good, stream }: { readonly good: Uint8Array; readonly stream: fc.Arbitrary<Uint8Array> },
): void {
  const device = openStreamDevice(config);

  describe(`the contract of stream drivers: ${device.driver} ${JSON.stringify(config)}`, () => {
    it("gives the same for any chunking of any bytes, and never throws", () => {
      fc.assert(
        fc.property(
          stream,
          fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
          (bytes, sizes) => {
            const whole = decode(device, [bytes]);
            checkParsed(whole);
            expect(decode(device, chunksOf(bytes, sizes))).toEqual(whole);
          },
        ),
      );
    });

    it("finds the next message behind any rubbish, after a pause at the latest", () => {
      fc.assert(
        fc.property(stream, rubbish => {
          const decoder = device.openDecoder();
          decoder.push(rubbish, receivedTimeMs);
          decoder.idle(receivedTimeMs);
          const after = decoder.push(good, receivedTimeMs);
          const ended = decoder.idle(receivedTimeMs);
          expect([...after.readings, ...ended.readings]).toHaveLength(1);
        }),
      );
    });

    it("makes one exception of a megabyte without an end, and keeps little of it", () => {
      const decoder = device.openDecoder();
      const refused = [];
      for (let i = 0; i < 256; i++)
        refused.push(...decoder.push(new Uint8Array(4096).fill(0x41), receivedTimeMs).refused);
      refused.push(...decoder.idle(receivedTimeMs).refused);
      expect(refused.map(({ problem }) => problem.code)).toEqual(["frame.too_long"]);
      expect(refused[0]?.bytes.length).toBeLessThanOrEqual(limits.refusedBytesMax);
    });
  });
}

/** All that comes of the chunks and of the pause after them. */
export function decode(device: StreamDevice, chunks: readonly Uint8Array[]): Parsed {
  const decoder = device.openDecoder();
  const parts = chunks.map(chunk => decoder.push(chunk, receivedTimeMs));
  parts.push(decoder.idle(receivedTimeMs));
  return {
    readings: parts.flatMap(part => part.readings),
    refused: parts.flatMap(part => part.refused),
    signals: parts.flatMap(part => part.signals),
  };
}

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const to = from + (sizes[i % sizes.length] ?? 1);
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}
