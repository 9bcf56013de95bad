import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Closes what is no shortage any more. */
export async function resolveShortages(client: Client, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await client.query({
    name: "ledger-resolve-shortages",
    text: `update exception set state = 'resolved', last_time = now()
      where state = 'open' and problem = 'stock.shortage' and key = any($1::text[])`,
    values: [binaryArray.text(keys)],
  });
}
