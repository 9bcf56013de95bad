/** What a field of a message or parameter is in the program, by its kind. All are big-endian (LLRP 1.1, 7.1). */
export interface FieldTypes {
  /** One bit. */
  readonly flag: boolean;
  readonly u2: number;
  readonly u8: number;
  readonly u16: number;
  readonly u32: number;
  /** Microseconds need all 64 bits. */
  readonly u64: bigint;
  readonly s8: number;
  readonly s16: number;
  /** 12 bytes. */
  readonly bytes12: Uint8Array;
  /** UTF-8 behind a count of its bytes. */
  readonly text: string;
  /** Behind a count of 16 bits, as are the three below. */
  readonly u8s: Uint8Array;
  readonly u16s: readonly number[];
  readonly u32s: readonly number[];
  /** The count is of bits; the last byte is filled up with zeros. */
  readonly bits: BitString;
  /** All that is left of the parameter or message. */
  readonly rest: Uint8Array;
}

export interface BitString {
  readonly bitCount: number;
  readonly bytes: Uint8Array;
}

export type FieldKind = keyof FieldTypes;

/** Fields in their order on the wire. A number stands for so many reserved bits: sent as zeros, not looked at when read. */
export type Fields = Readonly<Record<string, FieldKind | number>>;

export type ValuesOf<F extends Fields> = {
  readonly [N in keyof F as F[N] extends FieldKind ? N : never]: F[N] extends FieldKind ? FieldTypes[F[N]] : never;
};

/** One row of the tables: the number on the wire, the fields, and whether parameters may follow them. */
export interface Shape {
  readonly type: number;
  readonly fields: Fields;
  readonly nests: boolean;
}
