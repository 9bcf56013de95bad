import { z } from "zod";
import { ContractVersion } from "./batch.ts";
import { SiteId, TimeMs } from "./ids.ts";
import { limits } from "./limits.ts";

/**
 * What an edge could not use or decide, for the one inbox at the centre. It is the same one when day, problem, device and key are, in
 * every copy of the edge's store, and `count` is how often it has come that day up to now.
 */
export const EdgeException = z
  .object({
    id: z.int().min(1).meta({ description: "The edge's own number, by which it is confirmed." }),
    day: z.int().min(0).max(1_000_000).meta({ description: "Days since 1970, of the first time." }),
    problem: z
      .string()
      .regex(/^[a-z0-9_.]+$/)
      .max(64)
      .meta({ description: "A problem code." }),
    deviceId: z.string().max(128),
    key: z.string().max(limits.codeCharsMax),
    detail: z.string().max(1000),
    bytes: z.base64().max(Math.ceil(limits.exceptionBytesMax / 3) * 4),
    bytesWhole: z.int().min(0).meta({ description: "How many bytes there were before the cut." }),
    count: z.int().min(1),
    firstMs: TimeMs,
    lastMs: TimeMs,
  })
  .meta({ title: "EdgeException" });
export type EdgeException = z.infer<typeof EdgeException>;

export const EdgeExceptions = z
  .object({
    v: ContractVersion,
    site: SiteId,
    exceptions: z.array(EdgeException).min(1).max(limits.messageExceptionsMax),
  })
  .meta({ title: "EdgeExceptions" });
export type EdgeExceptions = z.infer<typeof EdgeExceptions>;

/** The centre has committed each of these exceptions as often as `count` says. */
export const EdgeExceptionsReply = z
  .object({
    v: ContractVersion,
    site: SiteId,
    taken: z.array(z.object({ id: z.int().min(1), count: z.int().min(1) })).max(limits.messageExceptionsMax),
  })
  .meta({ title: "EdgeExceptionsReply" });
export type EdgeExceptionsReply = z.infer<typeof EdgeExceptionsReply>;
