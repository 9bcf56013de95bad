import { headerBytes } from "./decode.ts";
import type { BitString, FieldKind, FieldTypes, Shape } from "./fields.ts";
import { messageTable } from "./messages.ts";
import { parameterTable } from "./parameters.ts";
import type { MessageBody, Parameter } from "./types.ts";

/**
 * Writes a message with its header. Throws a `RangeError` when a value does not fit its field or a parameter is longer than
 * 65 535 bytes: what is sent is ours, so that is a programmer's error.
 */
export function encodeMessage(body: MessageBody, { version, id }: { version: number; id: number }): Uint8Array {
  const shape: Shape = messageTable[body.name];
  const content = encodeContent(shape, body);
  const writer = new ByteWriter();
  writer.bits(0, 3);
  writer.bits(version, 3);
  writer.bits(shape.type, 10);
  writer.number(headerBytes + content.length, 4);
  writer.number(id, 4);
  writer.raw(content);
  return writer.bytes();
}

export function encodeParameter(parameter: Parameter): Uint8Array {
  const shape: Shape = parameterTable[parameter.name];
  const content = encodeContent(shape, parameter);
  const writer = new ByteWriter();
  if (shape.type < 128) writer.number(0x80 | shape.type, 1);
  else {
    writer.number(shape.type, 2);
    writer.number(4 + content.length, 2);
  }
  writer.raw(content);
  return writer.bytes();
}

function encodeContent({ fields }: Shape, value: MessageBody | Parameter): Uint8Array {
  const writer = new ByteWriter();
  const values = new Map<string, unknown>(Object.entries(value));
  for (const [name, kind] of Object.entries(fields)) {
    if (typeof kind === "number") writer.bits(0, kind);
    else writeField(writer, kind, values.get(name));
  }
  if ("parameters" in value) for (const parameter of value.parameters) writer.raw(encodeParameter(parameter));
  return writer.bytes();
}

/** The types of messages and parameters are made of the same table as the kind. */
function writeField<K extends FieldKind>(writer: ByteWriter, kind: K, value: unknown): void {
  writers[kind](writer, value as FieldTypes[K]);
}

const utf8 = new TextEncoder();

const writers: { readonly [K in FieldKind]: (writer: ByteWriter, value: FieldTypes[K]) => void } = {
  flag: (writer, value) => writer.bits(value ? 1 : 0, 1),
  u2: (writer, value) => writer.bits(value, 2),
  u8: (writer, value) => writer.number(value, 1),
  u16: (writer, value) => writer.number(value, 2),
  u32: (writer, value) => writer.number(value, 4),
  u64: (writer, value) => writer.long(value),
  s8: (writer, value) => writer.number(value, 1, true),
  s16: (writer, value) => writer.number(value, 2, true),
  bytes12: (writer, value) => writer.raw(value, 12),
  text: (writer, value) => writer.counted(utf8.encode(value)),
  u8s: (writer, value) => writer.counted(value),
  u16s: (writer, value) => writer.list(value, 2),
  u32s: (writer, value) => writer.list(value, 4),
  bits: (writer, value) => writer.bitString(value),
  rest: (writer, value) => writer.raw(value),
};

class ByteWriter {
  readonly #bytes: number[] = [];
  #partial = 0;
  #bit = 0;

  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      this.#partial = (this.#partial << 1) | ((value >> i) & 1);
      this.#bit = (this.#bit + 1) & 7;
      if (this.#bit !== 0) continue;
      this.#bytes.push(this.#partial);
      this.#partial = 0;
    }
  }

  number(value: number, size: 1 | 2 | 4, signed = false): void {
    const span = 256 ** size;
    const min = signed ? -span / 2 : 0;
    if (!Number.isInteger(value) || value < min || value >= min + span) {
      throw new RangeError(`${value} does not fit ${size} bytes`);
    }
    for (let i = size - 1; i >= 0; i--) this.#bytes.push(Math.floor(value / 256 ** i) & 0xff);
  }

  long(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit 8 bytes`);
    for (let shift = 56n; shift >= 0n; shift -= 8n) this.#bytes.push(Number((value >> shift) & 0xffn));
  }

  raw(bytes: Uint8Array, size = bytes.length): void {
    if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes where ${size} belong`);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  counted(bytes: Uint8Array): void {
    this.number(bytes.length, 2);
    this.raw(bytes);
  }

  list(values: readonly number[], size: 2 | 4): void {
    this.number(values.length, 2);
    for (const value of values) this.number(value, size);
  }

  bitString({ bitCount, bytes }: BitString): void {
    this.number(bitCount, 2);
    this.raw(bytes, Math.ceil(bitCount / 8));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
