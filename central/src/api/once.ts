import { hash } from "node:crypto";
import { z } from "@tallygate/kit";
import { type Result, refuse } from "@tallygate/protocol";
import type { Client, Pool } from "../db/pool.ts";
import { findAnswer, keepAnswer, lockIdempotencyKey } from "../db/queries/idempotency.ts";
import { transaction } from "../db/transaction.ts";
import { currentCaller } from "./current-caller.ts";
import { apiLimits } from "./limits.ts";
import { Refused } from "./refused.ts";

/** Header of every request that creates something. */
export const idempotent = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "use 1 to 255 printable ASCII characters without spaces")
    .optional()
    .meta({
      description:
        "Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer.",
      examples: ["4f8b0b5e-6d0c-4a55-8f0e-2f6f7f2f9d11"],
    }),
});

/** The answer to a request that changed something, and what to do once that is committed. */
export interface Done<T> {
  readonly answer: T;
  readonly afterCommit?: () => void;
}

export interface OnceOptions<T> {
  readonly pool: Pool;
  /** Method and path; a key means one thing at each, for each caller. */
  readonly route: string;
  readonly key: string | undefined;
  /** The request as it was read; equal requests have equal JSON. */
  readonly request: unknown;
  /** Reads an answer that was kept. */
  readonly schema: z.ZodType<T>;
  /** Runs in a transaction, and again on conflict. A refusal rolls back and is not kept: the request may be mended. */
  readonly work: (client: Client) => Promise<Result<Done<T>>>;
}

/**
 * Does what a request asks for once for its idempotency key: the change, and the answer under the key, are one transaction. Refuses
 * `idempotency.reused` where the key stands for another request.
 */
export async function once<T>({ pool, route, key, request, schema, work }: OnceOptions<T>): Promise<Result<T>> {
  const requestHash = hash("sha256", JSON.stringify(request), "buffer");
  const outcome = await refusable(pool, async client => {
    if (key === undefined) return work(client);
    const id = { key, route: `${route} by ${currentCaller.getStore() ?? "anyone"}` };
    await lockIdempotencyKey(client, id);
    const kept = await findAnswer(client, id, apiLimits.idempotencyKeptMs);
    if (kept !== undefined && !kept.request_hash.equals(requestHash)) return reused(key);
    if (kept !== undefined) return { ok: true, value: { answer: schema.parse(kept.response) } };
    const done = await work(client);
    if (done.ok) await keepAnswer(client, id, { requestHash, status: 201, response: done.value.answer });
    return done;
  });
  if (!outcome.ok) return outcome;
  outcome.value.afterCommit?.();
  return { ok: true, value: outcome.value.answer };
}

function reused(key: string) {
  return refuse(
    "idempotency.reused",
    `The key ${key} was used within 24 hours for a request with another body; take a new one.`,
    { at: "header.idempotency-key" },
  );
}

/** A transaction that a refusal rolls back. */
export async function refusable<T>(pool: Pool, work: (client: Client) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await transaction(pool, async client => {
      const result = await work(client);
      if (!result.ok) throw new Refused(result.problem);
      return result;
    });
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.problem };
    throw error;
  }
}
