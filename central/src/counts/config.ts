import { z } from "zod";

/** `counts` of `central.yaml`. */
export const CountsConfig = z.strictObject({
  approval: z
    .strictObject({
      value: z
        .int()
        .min(0)
        .optional()
        .meta({
          description:
            "A count whose lines differ by more than this in all, in the minor unit of the price's currency, waits for approval. Lines without a price have no value.",
          examples: [10_000],
        }),
      units: z.int().min(0).default(10).meta({
        description: "A count waits for approval when a line differs by more units than this.",
      }),
      percent: z
        .number()
        .min(0)
        .max(1000)
        .optional()
        .meta({
          description: "A count waits for approval when a line differs by more than this part of what should be there.",
          examples: [5],
        }),
    })
    .prefault({})
    .meta({
      description:
        "Limits of counts that name none of their own. Above any of them somebody who did not count must approve.",
    }),
  price_list: z.string().min(1).max(64).default("retail").meta({
    description: "The price list by which variances are valued; items that it does not have are valued by any other.",
  }),
});
export type CountsConfig = z.infer<typeof CountsConfig>;
