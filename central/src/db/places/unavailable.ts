import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** The places of sites at which nothing is available, as `site/place`. Asked behind the sites' locks, it stays true until the commit. */
export async function readUnavailable(client: Client, sites: readonly string[]): Promise<ReadonlySet<string>> {
  if (sites.length === 0) return new Set();
  const { rows } = await client.query<{ name: string }>({
    name: "places-read-unavailable",
    text: `select site.code || '/' || place.code as name from place join site on site.id = place.site_id
      where site.code = any($1::text[]) and not place.available`,
    values: [binaryArray.text(sites)],
  });
  return new Set(rows.map(row => row.name));
}

/** The ids of those places. */
export async function readUnavailableIds(client: Client, siteIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (siteIds.length === 0) return new Set();
  const { rows } = await client.query<[number]>({
    name: "places-read-unavailable-ids",
    text: "select id from place where site_id = any($1::integer[]) and not available",
    values: [binaryArray.integer(siteIds)],
    rowMode: "array",
  });
  return new Set(rows.map(([id]) => id));
}
