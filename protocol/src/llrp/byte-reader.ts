import type { FieldKind, FieldTypes } from "./fields.ts";

const utf8 = new TextDecoder();

/** What is wrong with a part, where the reading of it ended. Thrown inside the decoder only. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Reads fields one after another between two positions of a message, and never beyond. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly end: number;
  at: number;
  /** Bits of the byte at `at` that are read already. */
  #bit = 0;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length, view?: DataView) {
    this.bytes = bytes;
    this.#view = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** A reader of the part up to `end`; ours goes on behind it. */
  part(from: number, end: number): ByteReader {
    this.at = end;
    return new ByteReader(this.bytes, from, end, this.#view);
  }

  field(kind: FieldKind): FieldTypes[FieldKind] {
    switch (kind) {
      case "flag":
        return this.bits(1) === 1;
      case "u2":
        return this.bits(2);
      case "u8":
        return this.#view.getUint8(this.#take(1));
      case "u16":
        return this.#u16();
      case "u32":
        return this.#view.getUint32(this.#take(4));
      case "u64":
        return this.#view.getBigUint64(this.#take(8));
      case "s8":
        return this.#view.getInt8(this.#take(1));
      case "s16":
        return this.#view.getInt16(this.#take(2));
      case "bytes12":
        return this.#copy(12);
      case "text":
        return utf8.decode(this.#copy(this.#u16()));
      case "u8s":
        return this.#copy(this.#u16());
      case "u16s":
        return this.#list(2);
      case "u32s":
        return this.#list(4);
      case "bits":
        return this.#bitString();
      case "rest":
        return this.#copy(this.left);
    }
  }

  /** Up to 16 bits, of which those of one byte end with the byte. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      if (this.left < 1) this.#short(1);
      value = (value << 1) | (((this.bytes[this.at] ?? 0) >> (7 - this.#bit)) & 1);
      this.#bit = (this.#bit + 1) & 7;
      if (this.#bit === 0) this.at++;
    }
    return value;
  }

  #u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  #bitString(): FieldTypes["bits"] {
    const bitCount = this.#u16();
    return { bitCount, bytes: this.#copy(Math.ceil(bitCount / 8)) };
  }

  /** The number of entries is checked before a list is made of them. */
  #list(size: 2 | 4): readonly number[] {
    const count = this.#u16();
    if (count * size > this.left) this.#short(count * size);
    return Array.from({ length: count }, () => (size === 2 ? this.#u16() : this.#view.getUint32(this.#take(4))));
  }

  #copy(count: number): Uint8Array {
    const from = this.#take(count);
    return Uint8Array.prototype.slice.call(this.bytes, from, from + count);
  }

  #take(count: number): number {
    if (count > this.left) this.#short(count);
    const from = this.at;
    this.at += count;
    return from;
  }

  #short(count: number): never {
    throw new Malformed(`needs ${count} more bytes at ${this.at} and has ${Math.max(0, this.left)}`);
  }
}
