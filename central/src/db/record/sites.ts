import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** The ids of sites, and of those that have these things at the moment. */
export async function readSitesOfCodes(
  client: Client,
  { sites, codes }: { readonly sites: readonly string[]; readonly codes: readonly string[] },
): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>({
    name: "record-read-sites-of-codes",
    text: "select id from site where code = any($1::text[]) union select site_id from tag where code = any($2::text[]) order by 1",
    values: [binaryArray.text(sites), binaryArray.text(codes)],
  });
  return rows.map(row => row.id);
}
