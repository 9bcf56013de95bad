/** Bytes that are no Protocol Buffers message of the expected form. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

const wires = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const wireNames: ReadonlyMap<number, string> = new Map(Object.entries(wires).map(([name, wire]) => [wire, name]));

/**
 * Reads the fields of one Protocol Buffers message (encoding of proto2 and proto3, binary wire format). A field that is asked for in
 * another wire type than it has, or that ends behind its message, throws {@link Unreadable}.
 */
export class ProtoReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #wire = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = this.#bytes.length;
  }

  /** The next field's number, or `undefined` at the end. Its value must be read or skipped before the next call. */
  next(): number | undefined {
    if (this.#at === this.#end) return undefined;
    const tag = this.#varint();
    this.#wire = Number(tag & 7n);
    const field = Number(tag >> 3n);
    if (field < 1 || field > 536_870_911) throw new Unreadable(`field number ${field} at byte ${this.#at}`);
    return field;
  }

  /** uint32, int32, enum: the low 32 bits. */
  uint32(): number {
    this.#expect(wires.varint);
    return Number(BigInt.asUintN(32, this.#varint()));
  }

  /** A part of a repeated uint32, packed or not: readers must take both. */
  uint32s(): readonly number[] {
    if (this.#wire === wires.varint) return [this.uint32()];
    const packed = new ProtoReader(this.bytes());
    const values: number[] = [];
    while (packed.#at < packed.#end) values.push(Number(BigInt.asUintN(32, packed.#varint())));
    return values;
  }

  uint64(): bigint {
    this.#expect(wires.varint);
    return this.#varint();
  }

  bool(): boolean {
    this.#expect(wires.varint);
    return this.#varint() !== 0n;
  }

  float(): number {
    this.#expect(wires.fixed32);
    return this.#bytes.readFloatLE(this.#take(4));
  }

  double(): number {
    this.#expect(wires.fixed64);
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  bytes(): Buffer {
    this.#expect(wires.bytes);
    const length = this.#varint();
    if (length > BigInt(this.#end - this.#at)) throw new Unreadable(`${length} bytes are named where fewer are left`);
    const from = this.#take(Number(length));
    return this.#bytes.subarray(from, this.#at);
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  skip(): void {
    if (this.#wire === wires.varint) this.#varint();
    else if (this.#wire === wires.fixed64) this.#take(8);
    else if (this.#wire === wires.fixed32) this.#take(4);
    else if (this.#wire === wires.bytes) this.bytes();
    else throw new Unreadable(`wire type ${this.#wire} at byte ${this.#at}`);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) {
      throw new Unreadable(`wire type ${this.#wire} at byte ${this.#at}, where ${wireNames.get(wire)} was expected`);
    }
  }

  #take(count: number): number {
    const from = this.#at;
    if (count > this.#end - from) throw new Unreadable(`the message ends in a value at byte ${from}`);
    this.#at = from + count;
    return from;
  }

  #varint(): bigint {
    let low = 0;
    // Up to 28 bits in a number: nearly all values are that small, and BigInt costs ten times as much.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Unreadable(`a number of more than ten bytes at byte ${this.#at}`);
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
    if (byte === undefined) throw new Unreadable("the message ends in a number");
    return byte;
  }
}

/** Writes fields of a message, for what nodes are told. */
export class ProtoWriter {
  readonly #parts: Buffer[] = [];

  uint(field: number, value: number | bigint): this {
    this.#parts.push(varint((field << 3) | wires.varint), varint(value));
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.uint(field, value ? 1 : 0);
  }

  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    this.#parts.push(varint((field << 3) | wires.bytes), varint(bytes.length), Buffer.from(bytes));
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}
