import { z } from "@tallygate/kit";
import { apiLimits } from "./limits.ts";

/** `limit` of a list. */
export const Limit = z.coerce
  .number<string>()
  .int()
  .min(1)
  .max(apiLimits.pageRowsMax)
  .default(apiLimits.pageRowsDefault)
  .meta({ description: "Rows of a page.", examples: [20] });

/**
 * `cursor` of a list: the key of the last row of the page before, which keeps its meaning whatever is added meanwhile. It is
 * opaque to callers, so its form may change.
 */
export function cursorParam<T>(key: z.ZodType<T>) {
  return z
    .string()
    .min(1)
    .max(apiLimits.cursorCharsMax)
    .transform((text, context) => {
      const read = key.safeParse(decode(text));
      if (read.success) return read.data;
      context.addIssue({ code: "custom", message: "is no cursor of this list; take next_cursor as it was given" });
      return z.NEVER;
    })
    .optional()
    .meta({ description: "`next_cursor` of the page before; without it, the list begins." });
}

/** What a list answers. `next_cursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({ items: z.array(row), next_cursor: nextCursor });
}

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: "Asks for the next page as `cursor`; null when there is none." });

/** Cuts what was read with one row more than the page has, and makes the cursor of the next page. */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => unknown,
): { readonly rows: readonly T[]; readonly next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** The opaque form of a row's key. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
