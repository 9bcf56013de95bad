import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { cutPayload, PacketGuard, PacketRefused } from "./packet-guard.ts";

function packet(flags: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([flags, ...length]), body]);
}

function publish(topic: string, payload: Buffer, messageId?: number): Buffer {
  const topicBytes = Buffer.from(topic);
  const head = Buffer.from([topicBytes.length >> 8, topicBytes.length & 255]);
  const id = messageId === undefined ? [] : [messageId >> 8, messageId & 255];
  return packet(messageId === undefined ? 0x30 : 0x32, Buffer.concat([head, topicBytes, Buffer.from(id), payload]));
}

function run(bytes: Buffer, sizes: readonly number[] = [bytes.length]): Buffer {
  const guard = new PacketGuard();
  const out: Buffer[] = [];
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    out.push(guard.push(bytes.subarray(from, from + size)));
    from += size;
  }
  return Buffer.concat(out);
}

const small = [
  packet(0xc0, Buffer.alloc(0)),
  publish("a/b", Buffer.from("x")),
  publish("a/b", Buffer.alloc(300, 7), 9),
];
const large = publish("a/b", Buffer.alloc(2 * 1024 * 1024, 65), 258);

describe("the guard in front of the broker's parser", () => {
  it("lets small packets through unchanged, in any chunks", () => {
    const bytes = Buffer.concat(small);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), sizes => {
        expect(run(bytes, sizes).equals(bytes)).toBe(true);
      }),
    );
  });

  it("cuts a large message, keeps its topic and id, and lets what is around it through, in any chunks", () => {
    const bytes = Buffer.concat([...small, large, ...small, large]);
    const whole = run(bytes);
    const before = Buffer.concat(small);
    expect(whole.subarray(0, before.length).equals(before)).toBe(true);
    expect(whole.length).toBeLessThan(2 * (before.length + limits.cutBytes + 64));
    const body = whole.subarray(before.length + 4);
    expect(body.subarray(2, 5).toString()).toBe("a/b");
    expect(body.readUInt16BE(5)).toBe(258);
    const cut = cutPayload(body.subarray(7, 7 + 20 + limits.cutBytes));
    expect(cut?.sizeBytes).toBe(2 * 1024 * 1024);
    expect(cut?.head.equals(Buffer.alloc(limits.cutBytes, 65))).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }), sizes => {
        expect(run(bytes, sizes.some(size => size > 500) ? sizes : [...sizes, 9999]).equals(whole)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses any other packet above its limit, and lengths that cannot be", () => {
    expect(() => run(packet(0x10, Buffer.alloc(limits.controlBytesMax + 1)))).toThrow(PacketRefused);
    expect(() => run(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toThrow(PacketRefused);
  });

  it("takes no client's payload for a cut one", () => {
    expect(cutPayload(Buffer.alloc(20 + limits.cutBytes))).toBeUndefined();
    expect(cutPayload(Buffer.alloc(0))).toBeUndefined();
  });
});
