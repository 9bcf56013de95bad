/**
 * Values in PostgreSQL's binary format. `pg` sends a Buffer as a binary parameter, so that neither side writes and reads
 * numbers and quoted texts as text.
 */

/** Microseconds from 1970, where our times begin, to 2000, where PostgreSQL's do. */
const epoch2000Ms = 946_684_800_000;

const oid = { int4: 23, int8: 20, text: 25, timestamptz: 1184 } as const;

/** Arrays for `unnest($1::integer[])` and its like. A list may hold `undefined`, which is null. */
export const binaryArray = {
  integer: (values: readonly (number | undefined)[]) => fixed(oid.int4, 4, values, writeInt4),
  bigint: (values: readonly (number | undefined)[]) => fixed(oid.int8, 8, values, writeInt8),
  /** From milliseconds since 1970. */
  timestamptz: (values: readonly (number | undefined)[]) => fixed(oid.timestamptz, 8, values, writeTime),
  text: (values: readonly (string | undefined)[]) => texts(values),
} as const;

const headerBytes = 20;

function fixed(
  type: number,
  size: number,
  values: readonly (number | undefined)[],
  write: (buffer: Buffer, value: number, at: number) => void,
): Buffer {
  if (values.length === 0) return emptyArray(type);
  const buffer = Buffer.allocUnsafe(headerBytes + values.length * (4 + size));
  writeHeader(buffer, type, values.length);
  let at = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(value === undefined ? -1 : size, at);
    at += 4;
    if (value === undefined) continue;
    write(buffer, value, at);
    at += size;
  }
  return buffer.subarray(0, at);
}

function texts(values: readonly (string | undefined)[]): Buffer {
  if (values.length === 0) return emptyArray(oid.text);
  let bytesMax = headerBytes;
  for (const value of values) bytesMax += 4 + 3 * (value?.length ?? 0);
  const buffer = Buffer.allocUnsafe(bytesMax);
  writeHeader(buffer, oid.text, values.length);
  let at = headerBytes;
  for (const value of values) {
    const bytes = value === undefined ? -1 : buffer.write(value, at + 4, "utf8");
    buffer.writeInt32BE(bytes, at);
    at += 4 + Math.max(0, bytes);
  }
  return buffer.subarray(0, at);
}

/** An array without elements has no dimension either. */
function emptyArray(type: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(type, 8);
  return buffer;
}

/** One dimension, nulls allowed, the element's type, the length, counted from 1. */
function writeHeader(buffer: Buffer, type: number, length: number): void {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
}

function writeInt4(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(value, at);
}

function writeInt8(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
}

function writeTime(buffer: Buffer, valueMs: number, at: number): void {
  writeInt8(buffer, Math.round((valueMs - epoch2000Ms) * 1000), at);
}

/** Writes the rows of a `COPY … FROM STDIN (FORMAT binary)`: for each row its count of fields, then each field in turn. */
export class CopyWriter {
  private buffer: Buffer;
  private at: number;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(1024, bytes));
    this.at = this.buffer.write("PGCOPY\n\xff\r\n\0", "latin1");
    this.room(8);
    this.at = this.buffer.writeInt32BE(0, this.at);
    this.at = this.buffer.writeInt32BE(0, this.at);
  }

  row(fields: number): void {
    this.room(2);
    this.at = this.buffer.writeInt16BE(fields, this.at);
  }

  integer(value: number | undefined): void {
    if (this.absent(value)) return;
    this.room(8);
    this.at = this.buffer.writeInt32BE(4, this.at);
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  bigint(value: number | undefined): void {
    if (this.absent(value)) return;
    this.room(12);
    this.buffer.writeInt32BE(8, this.at);
    writeInt8(this.buffer, value, this.at + 4);
    this.at += 12;
  }

  timestamptz(valueMs: number): void {
    this.room(12);
    this.buffer.writeInt32BE(8, this.at);
    writeTime(this.buffer, valueMs, this.at + 4);
    this.at += 12;
  }

  text(value: string | undefined): void {
    if (this.absent(value)) return;
    this.room(4 + 3 * value.length);
    const bytes = this.buffer.write(value, this.at + 4, "utf8");
    this.buffer.writeInt32BE(bytes, this.at);
    this.at += 4 + bytes;
  }

  /** `bytea` from hexadecimal digits. */
  hex(value: string): void {
    this.room(4 + value.length / 2);
    const bytes = this.buffer.write(value, this.at + 4, "hex");
    this.buffer.writeInt32BE(bytes, this.at);
    this.at += 4 + bytes;
  }

  finish(): Buffer {
    this.room(2);
    this.at = this.buffer.writeInt16BE(-1, this.at);
    return this.buffer.subarray(0, this.at);
  }

  private absent<T>(value: T | undefined): value is undefined {
    if (value !== undefined) return false;
    this.room(4);
    this.at = this.buffer.writeInt32BE(-1, this.at);
    return true;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * this.buffer.length + bytes);
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
