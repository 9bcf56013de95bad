import type { Context } from "hono";

/**
 * From where a request comes. Behind a proxy that is what the proxy says, in the last entry of `X-Forwarded-For`, which it wrote itself;
 * without one, that header is anybody's word.
 */
export function addressOf(c: Context, behindProxy: boolean): string {
  const forwarded = behindProxy ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  return forwarded || (remoteAddress(c.env) ?? "unknown");
}

function remoteAddress(env: unknown): string | undefined {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return undefined;
  const { incoming } = env;
  if (typeof incoming !== "object" || incoming === null || !("socket" in incoming)) return undefined;
  const { socket } = incoming;
  if (typeof socket !== "object" || socket === null || !("remoteAddress" in socket)) return undefined;
  return typeof socket.remoteAddress === "string" ? socket.remoteAddress : undefined;
}
