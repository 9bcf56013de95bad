import type { ProblemCode } from "@tallygate/protocol";
import type { Client } from "../pool.ts";

/** Resolves what is open of a problem with a key: what it asked for is done. */
export async function resolveExceptionsOf(client: Client, problem: ProblemCode, key: string): Promise<void> {
  await client.query({
    name: "counts-resolve-exceptions",
    text: "update exception set state = 'resolved', last_time = now() where state = 'open' and problem = $1 and key = $2",
    values: [problem, key],
  });
}
