import { type Result, refuse } from "@tallygate/protocol";
import { authLimits } from "./limits.ts";

/** The cookie of a session. Over TLS it is bound to this very host (RFC 6265bis, 4.1.3.2). */
export interface SessionCookie {
  readonly name: string;
  read(header: string | null): string | undefined;
  set(token: string): string;
  readonly remove: string;
}

export function sessionCookie(isTls: boolean): SessionCookie {
  const name = isTls ? "__Host-tallygate" : "tallygate";
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isTls ? "; Secure" : ""}`;
  return {
    name,
    read(header) {
      for (const pair of header?.split(";") ?? []) {
        const at = pair.indexOf("=");
        if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
      }
      return undefined;
    },
    set: token => `${name}=${token}; Max-Age=${authLimits.sessionMaxMs / 1000}; ${attributes}`,
    remove: `${name}=; Max-Age=0; ${attributes}`,
  };
}

/** Methods that change nothing, RFC 9110, 9.2.1. */
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that carries the session of its own accord may change something: not when a page of another origin sent it. Browsers
 * say so in `Sec-Fetch-Site` and `Origin`; SameSite=Strict is the other lock. Refuses `access.origin`.
 */
export function checkOrigin(
  { method, headers }: Pick<Request, "method" | "headers">,
  publicUrl?: string,
): Result<null> {
  if (safe.has(method)) return fine;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return foreign;
  const origin = headers.get("origin");
  if (origin === null) return fine;
  const own = [headers.get("host"), publicUrl === undefined ? undefined : new URL(publicUrl).host];
  return URL.canParse(origin) && own.includes(new URL(origin).host) ? fine : foreign;
}

const fine = { ok: true, value: null } as const;
const foreign = refuse(
  "access.origin",
  "This was sent by a page of another origin; open the page here and do it there.",
  {
    at: "header.origin",
  },
);
