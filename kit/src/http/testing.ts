import { Writable } from "node:stream";
import { pino } from "pino";
import type { Log } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { type ApiEnv, type ApiOptions, createApi, type OpenAPIHono } from "./api.ts";

export interface Logged {
  readonly log: Log;
  readonly lines: Record<string, unknown>[];
}

/** A log that keeps its lines, for tests. */
export function keptLog(): Logged {
  const lines: Record<string, unknown>[] = [];
  const write = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino({}, write), lines };
}

/** An API without routes, ready, for tests. */
export function emptyApi(options: Partial<ApiOptions> = {}): OpenAPIHono<ApiEnv> {
  return createApi({
    title: "A test's API",
    version: "1.2.3",
    description: "For tests.",
    metrics: createMetrics(),
    ready: async () => undefined,
    log: keptLog().log,
    ...options,
  });
}
