import { z } from "@tallygate/kit";
import { problems } from "@tallygate/protocol";

/** Fields that many answers have. What we answer was checked when it came in, so these only describe. */
export const fields = {
  site: z.string().meta({ description: "A site: one warehouse with one edge.", examples: ["lyon"] }),
  account: z.string().meta({
    description: "A place of the site, or an outside: supplier, customer, loss, found, transit.",
    examples: ["dock-1"],
  }),
  epoch: z.string().meta({ description: "One opening of the site's store.", examples: ["01939f6c2a7be4d1"] }),
  sku: z.string().meta({ description: "Stock keeping unit: the item's own short name.", examples: ["OAT-1L"] }),
  time: z.iso.datetime().meta({ description: "RFC 3339, UTC.", examples: ["2026-11-23T09:30:00.000Z"] }),
  why: z
    .enum(["bound", "late", "pack"])
    .nullable()
    .meta({
      description:
        "Why it was not posted with its movement's row. `bound`: its code was given to an item later. `late`: it came after a later one. `pack`: the movement is of packs, and this of the units in them.",
      examples: ["pack"],
    }),
  problem: z.string().meta({
    description: `A problem code, such as ${Object.keys(problems).slice(-4).join(", ")}.`,
    examples: ["movement.code_unknown"],
  }),
};

/** Text for people: PostgreSQL keeps no NUL, and terminals would choke on the other control characters. */
export function text(charsMax: number) {
  return printable(z.string().trim().min(1).max(charsMax));
}

/** Text that is compared as it is. */
export function exactText(charsMax: number) {
  return printable(z.string().min(1).max(charsMax));
}

function printable(schema: z.ZodString) {
  return schema
    .refine(value => !/\p{Cc}/u.test(value), "has control characters")
    .refine(value => value.isWellFormed(), "has half a character: a surrogate without its other one");
}

/** Headers of a request that changes nothing when the caller has the newest answer. */
export const conditional = z.object({
  "if-none-match": z.string().optional().meta({ description: "The ETag of the answer that the caller has." }),
});

/** How a list or a resource is answered. */
export function json<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { "application/json": { schema } } };
}

/** How a body is asked for. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}
