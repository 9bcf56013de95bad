import fc from "fast-check";
import type { FieldKind, Shape } from "./fields.ts";
import { messageTable } from "./messages.ts";
import { parameterTable } from "./parameters.ts";
import type { MessageBody, Parameter } from "./types.ts";

/** For tests: any value of each kind of field, and of the tables any message whatever. */
const values: { readonly [K in FieldKind]: fc.Arbitrary<unknown> } = {
  flag: fc.boolean(),
  u2: fc.integer({ min: 0, max: 3 }),
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  u64: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  s8: fc.integer({ min: -128, max: 127 }),
  s16: fc.integer({ min: -0x8000, max: 0x7fff }),
  bytes12: fc.uint8Array({ minLength: 12, maxLength: 12 }),
  text: fc.string({ maxLength: 12 }),
  u8s: fc.uint8Array({ maxLength: 9 }),
  u16s: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }),
  u32s: fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 5 }),
  bits: fc
    .integer({ min: 0, max: 496 })
    .chain(bitCount =>
      fc
        .uint8Array({ minLength: Math.ceil(bitCount / 8), maxLength: Math.ceil(bitCount / 8) })
        .map(bytes => ({ bitCount, bytes })),
    ),
  rest: fc.uint8Array({ maxLength: 20 }),
};

function ofShape(name: string, shape: Shape, nested: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape.fields).flatMap(([field, kind]) =>
    typeof kind === "number" ? [] : [[field, values[kind]] as const],
  );
  return fc.record({
    name: fc.constant(name),
    ...Object.fromEntries(fields),
    ...(shape.nests ? { parameters: fc.array(nested, { maxLength: 3 }) } : {}),
  });
}

function oneOfTable(table: Readonly<Record<string, Shape>>, nested: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(...Object.entries(table).map(([name, shape]) => ofShape(name, shape, nested)));
}

const flat = Object.fromEntries(Object.entries(parameterTable).filter(([, { nests }]) => !nests));
const depth3 = oneOfTable(parameterTable, oneOfTable(parameterTable, oneOfTable(flat, fc.nat())));

export const anyParameter = depth3 as fc.Arbitrary<Parameter>;
export const anyBody = oneOfTable(messageTable, depth3) as fc.Arbitrary<MessageBody>;
