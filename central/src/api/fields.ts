import { z } from "@tallygate/kit";
import { problems } from "@tallygate/protocol";

/** Fields that many answers have. What we answer was checked when it came in, so these only describe. */
export const fields = {
  site: z.string().meta({ description: "A site: one warehouse with one edge.", example: "lyon" }),
  account: z.string().meta({
    description: "A place of the site, or an outside: supplier, customer, loss, found, transit.",
    example: "dock-1",
  }),
  epoch: z.string().meta({ description: "One opening of the site's store.", example: "01939f6c2a7be4d1" }),
  sku: z.string().meta({ description: "Stock keeping unit: the item's own short name.", example: "OAT-1L" }),
  time: z.iso.datetime().meta({ description: "RFC 3339, UTC.", example: "2026-11-23T09:30:00.000Z" }),
  problem: z.string().meta({
    description: `A problem code, such as ${Object.keys(problems).slice(-4).join(", ")}.`,
    example: "movement.code_unknown",
  }),
};

/** Text for people: no control characters, which PostgreSQL (NUL) and terminals would choke on. */
export function text(maxChars: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxChars)
    .regex(/^\P{Cc}*$/u, "has control characters");
}

/** Text that is only compared, never kept. */
export function exactText(maxChars: number) {
  return z
    .string()
    .min(1)
    .max(maxChars)
    .regex(/^\P{Cc}*$/u, "has control characters");
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
