import { hash } from "node:crypto";
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
