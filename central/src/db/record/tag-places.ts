import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

export interface TagPlace {
  readonly site: string;
  readonly place: string;
  /** Event time of the newest movement that is known of the thing. */
  readonly seenMs: number;
}

/** Where things are, of those that the ledger has seen. */
export async function readTagPlaces(client: Client, codes: readonly string[]): Promise<ReadonlyMap<string, TagPlace>> {
  if (codes.length === 0) return new Map();
  const { rows } = await client.query<{ code: string; site: string; place: string; seen_ms: number }>({
    name: "record-read-tag-places",
    text: `select t.code, site.code as site, place.code as place, (extract(epoch from t.seen) * 1000)::float8 as seen_ms
      from tag t join place on place.id = t.place_id join site on site.id = place.site_id where t.code = any($1::text[])`,
    values: [binaryArray.text(codes)],
  });
  return new Map(rows.map(({ code, site, place, seen_ms: seenMs }) => [code, { site, place, seenMs }]));
}
