import { hash } from "node:crypto";
import { setField, z } from "@tallygate/kit";
import type { Context } from "hono";

/** A strong validator of a JSON answer: the hash of its bytes. */
export function etagOf(json: string): string {
  return `"${hash("sha1", json, "base64url")}"`;
}

/** A JSON answer as it is sent, with its validator. */
export interface Representation {
  readonly json: string;
  readonly etag: string;
}

export function representationOf(body: object): Representation {
  const json = JSON.stringify(body);
  return { json, etag: etagOf(json) };
}

/** Answers with it, or with 304 where the caller has it already. Whoever keeps the answer has to ask each time whether it is still right. */
export function answerRepresentation(c: Context, { json, etag }: Representation): Response {
  setField(c, "etag", etag);
  if (isKnown(c, etag)) return c.body(null, 304);
  setField(c, "cache-control", "no-cache");
  // More than one field here would make a `Headers` object of them.
  return c.body(json, 200, { "content-type": "application/json" });
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
