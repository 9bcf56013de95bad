import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, describeStreamDriver, openStreamDevice } from "../driver.case.ts";
import { limits } from "../limits.ts";
import { FrameDecoder, type FrameFormat } from "./decoder.ts";

/**
 * What every driver that reads binary frames must do. Its own test calls `describeFrames` with the frames that its makers document, and
 * adds what is special to it.
 */

/** Bytes on the wire, from a maker's document, a capture, or made after the documented layout. */
export interface WireVector {
  readonly id: string;
  readonly protocol: string;
  readonly hex: string;
  /** One way in which they may arrive. */
  readonly chunks?: readonly string[];
  readonly valid: boolean;
  readonly expect?: Readonly<Record<string, unknown>>;
}

export interface FramesCase {
  readonly fixtures: URL;
  /** The device's configuration, which a vector may change. */
  config(vector?: WireVector): Readonly<Record<string, unknown>>;
  format(vector: WireVector): FrameFormat;
  /** Every field that the vectors name, as our code takes it out of a frame. */
  fieldsOf(frame: Buffer): Readonly<Record<string, unknown>>;
  /** What a reading has beside device and time, of what the vector expects; `undefined` where it is no reading. */
  readingOf(expected: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined;
  /** Id of a vector that is one frame with one reading. */
  readonly good: string;
}

/** What a vector says about the whole of its bytes, not about one frame. */
const counts = ["frames", "distinct", "tags", "packets"];
const receivedTimeMs = 1_790_000_000_000;

export function readVectors(fixtures: URL): readonly WireVector[] {
  const { frames }: { frames: readonly WireVector[] } = JSON.parse(readFileSync(fixtures, "utf8"));
  return frames;
}

/** The frames that stand in the bytes. */
export function framesIn(format: FrameFormat, bytes: Uint8Array): readonly Buffer[] {
  const frames: Buffer[] = [];
  const decoder = new FrameDecoder(format, { take: frame => frames.push(Buffer.from(frame)) });
  decoder.push(bytes, receivedTimeMs);
  decoder.idle(receivedTimeMs);
  return frames;
}

export function describeFrames(suite: FramesCase): void {
  const vectors = readVectors(suite.fixtures);
  const device = openStreamDevice(suite.config());
  const good = hex(vectors.find(({ id }) => id === suite.good)?.hex ?? "");

  describe("frames as their makers document them", () => {
    it.each(vectors)("takes $id for what it is", vector => {
      const { hex: text, chunks = [text], valid, expect: expected = {} } = vector;
      const frames = framesIn(suite.format(vector), hex(text));
      const own = openStreamDevice(suite.config(vector));
      const parsed = decode(own, chunks.map(hex));
      expect(decode(own, [hex(text)])).toEqual(parsed);
      expect(
        decode(
          own,
          [...hex(text)].map(byte => Buffer.from([byte])),
        ),
      ).toEqual(parsed);
      if (!valid) {
        expect(parsed.readings).toEqual([]);
        expect(parsed.refused).toHaveLength(1);
        return;
      }
      expect(frames).toHaveLength(Number(expected["frames"] ?? expected["packets"] ?? 1));
      const fields = Object.entries(expected).filter(([name]) => !counts.includes(name));
      if (frames.length === 1)
        expect(suite.fieldsOf(frames[0] ?? Buffer.alloc(0))).toMatchObject(Object.fromEntries(fields));
      checkReadings(suite, vector, parsed.readings);
    });
  });

  const changed = fc
    .tuple(fc.constantFrom(...vectors), fc.nat(), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 3 }))
    .map(([vector, at, cut, insert]) => {
      const bytes = hex(vector.hex);
      const from = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + cut)]);
    });
  const stream = fc
    .array(fc.oneof(changed, fc.constant(good), fc.uint8Array({ maxLength: 40 })), { maxLength: 6 })
    .map(parts => new Uint8Array(Buffer.concat(parts)));
  describeStreamDriver(suite.config(), { good, stream });

  describe("what stands around and inside frames", () => {
    it("gives the same replies for any chunking", () => {
      fc.assert(
        fc.property(stream, bytes => {
          const whole = device.openDecoder();
          const split = device.openDecoder();
          const expected = [whole.push(bytes, 1), whole.idle(1)].flatMap(({ replies = [] }) => replies);
          const parts = [...bytes].map(byte => split.push(Uint8Array.of(byte), 1));
          expect([...parts, split.idle(1)].flatMap(({ replies = [] }) => replies)).toEqual(expected);
        }),
      );
    });

    it("keeps less than one frame, whatever comes", () => {
      const format = suite.format(vectors[0] ?? { id: "", protocol: "", hex: "", valid: true });
      fc.assert(
        fc.property(fc.array(stream, { maxLength: 20 }), chunks => {
          const decoder = new FrameDecoder(format, { take: () => undefined });
          for (const chunk of chunks) {
            decoder.push(chunk, 1);
            expect(decoder.pendingBytes).toBeLessThan(format.bytesMax);
          }
          decoder.idle(1);
          expect(decoder.pendingBytes).toBe(0);
        }),
      );
    });

    it("loses no frame before or behind one with any byte wrong", () => {
      for (let at = 0; at < good.length; at++) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 0x55;
        const { readings, refused } = decode(device, [Buffer.concat([good, bad, good])]);
        expect(readings.length, `byte ${at}`).toBe(2);
        expect(refused.length, `byte ${at}`).toBeGreaterThan(0);
      }
    });

    it("loses no frame behind one that was cut off anywhere", () => {
      for (let length = 1; length < good.length; length++) {
        const { readings } = decode(device, [Buffer.concat([good.subarray(0, length), good, good])]);
        expect(readings.length, `${length} bytes`).toBe(2);
      }
    });

    it("gives up half a frame when the port closes, and says so", () => {
      const decoder = device.openDecoder();
      decoder.push(good.subarray(0, -1), 1);
      expect(decoder.abandon()).toMatchObject({ readings: [], refused: [{ problem: { code: "frame.rubbish" } }] });
      expect(decoder.push(good, 1).readings).toHaveLength(1);
    });

    it("is bounded in what one chunk can bring", () => {
      const parsed = device.openDecoder().push(Buffer.concat(Array.from({ length: 3000 }, () => good)), 1);
      expect(parsed.readings).toHaveLength(3000);
      const bad = Buffer.from(good);
      bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
      const rubbish = device
        .openDecoder()
        .push(Buffer.concat(Array.from({ length: 500 }, () => [bad, good]).flat()), 1);
      expect(rubbish.refused).toHaveLength(limits.messageRefusedMax);
    });
  });
}

function checkReadings(suite: FramesCase, { expect: expected = {} }: WireVector, readings: readonly unknown[]): void {
  const count = expected["tags"] ?? expected["frames"];
  const reading = suite.readingOf(expected);
  if (count !== undefined) expect(readings).toHaveLength(Number(count));
  else expect(readings).toEqual(reading === undefined ? [] : [{ deviceId: "bench", receivedTimeMs, ...reading }]);
}

/** Fields that are `undefined` are left out, as in a reading. */
export function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
