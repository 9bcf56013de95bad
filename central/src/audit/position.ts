import { z } from "zod";

const row = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** A place on the walk, as it is kept between two answers or two lives of the process. */
export const Position = z.discriminatedUnion("phase", [
  z.strictObject({ phase: z.literal("chain"), epochId: row, seq: z.int().min(0), epochDone: z.boolean() }),
  z.strictObject({ phase: z.literal("balances"), itemId: row }),
  z.strictObject({
    phase: z.literal("tags"),
    code: z
      .string()
      .max(600)
      .regex(/^[^\p{Cc}]*$/u),
  }),
  z.strictObject({ phase: z.literal("seals"), number: z.int().min(0) }),
  z.strictObject({ phase: z.literal("done") }),
]);

/**
 * How far a walk through the ledger is: `chain` is behind a sequence of an epoch, `balances` behind an item, `tags` behind a code,
 * `seals` behind a seal. Of an epoch behind which `epochDone` stands, nothing is left.
 */
export type Position = z.infer<typeof Position>;
