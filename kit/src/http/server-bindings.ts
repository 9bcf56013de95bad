import { ServerResponse } from "node:http";
import type { Context } from "hono";

/** What handlers find in `c.env` besides Node's own objects. */
export interface ServerBindings {
  /** Aborts when the server is to stop: what is open without end, such as an event stream, ends then. */
  readonly closing: AbortSignal;
}

/** What `listenHttp` gives with each request; nothing where an app is asked without a server. */
export function serverOf(c: Context): { closing: AbortSignal | undefined; outgoing: ServerResponse | undefined } {
  const env: unknown = c.env;
  if (typeof env !== "object" || env === null) return { closing: undefined, outgoing: undefined };
  const closing = "closing" in env && env.closing instanceof AbortSignal ? env.closing : undefined;
  return { closing, outgoing: outgoingOf(env) };
}

/**
 * Sets a field in the head of the answer that this request will get, a refusal too. It goes to Node's own answer where there is one: by way
 * of `c.header`, each answer needs a `Headers` object, which costs more than the rest of a small answer.
 */
export function setField(c: Context, name: string, value: string): void {
  const env: unknown = c.env;
  const outgoing = typeof env === "object" && env !== null ? outgoingOf(env) : undefined;
  if (outgoing === undefined) c.header(name, value);
  else outgoing.setHeader(name, value);
}

function outgoingOf(env: object): ServerResponse | undefined {
  return "outgoing" in env && env.outgoing instanceof ServerResponse ? env.outgoing : undefined;
}
