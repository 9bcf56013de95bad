import type { Shortage } from "../../stock/shortages.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Opens an exception for each shortage that is not open; one that is takes the newest detail and counts on as the same occurrence. */
export async function openShortages(client: Client, shortages: readonly (Shortage & { siteId: number })[]) {
  if (shortages.length === 0) return;
  await client.query({
    name: "ledger-open-shortages",
    text: `insert into exception (site_id, problem, key, detail)
      select site_id, 'stock.shortage', key, detail from unnest($1::integer[], $2::text[], $3::text[]) as s (site_id, key, detail)
      order by key
      on conflict (problem, key, coalesce(site_id, 0)) where state = 'open' do update
      set detail = excluded.detail, last_time = now()`,
    values: [
      binaryArray.integer(shortages.map(({ siteId }) => siteId)),
      binaryArray.text(shortages.map(({ key }) => key)),
      binaryArray.text(shortages.map(({ detail }) => detail)),
    ],
  });
}

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
