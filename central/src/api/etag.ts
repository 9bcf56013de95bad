import { hash } from "node:crypto";
import { z } from "@tallygate/kit";
import type { Context } from "hono";

/** A strong validator of a JSON answer: the hash of its bytes. */
export function etagOf(json: string): string {
  return `"${hash("sha1", json, "base64url")}"`;
}

/** Whether the caller has this already (RFC 9110, 13.1.2: weak comparison, `*` for anything). */
export function isKnown(c: Context, etag: string): boolean {
  const known = c.req.header("if-none-match");
  if (known === undefined) return false;
  return known.split(",").some(each => each.trim() === "*" || each.trim().replace(/^W\//, "") === etag);
}

/** Headers of a request that changes only what the caller has seen. */
export const expected = z.object({
  "if-match": z
    .string()
    .optional()
    .meta({
      description:
        "The ETag of the version that is to be changed; another one is refused. Without it, whatever there is.",
      examples: ["*"],
    }),
});

/** Whether the caller has seen this version, or does not mind (RFC 9110, 13.1.1: strong comparison, `*` for anything). */
export function isExpected(c: Context, etag: string): boolean {
  const seen = c.req.header("if-match");
  if (seen === undefined) return true;
  return seen.split(",").some(each => each.trim() === "*" || each.trim() === etag);
}
