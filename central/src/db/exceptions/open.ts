import type { ProblemCode } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Something that waits for a person. `key` tells one from another of the same problem at the same site. */
export interface ExceptionCase {
  readonly siteId: number | undefined;
  readonly problem: ProblemCode;
  readonly key: string;
  readonly detail: string;
  /** What could not be used, cut to the limit, and how long the whole was. */
  readonly body?: Uint8Array;
  readonly bodyBytes?: number;
  readonly count: number;
}

/** An exception as its events tell it. */
export interface ToldException {
  readonly id: number;
  readonly site_id: number | null;
  readonly site: string | null;
  readonly problem: ProblemCode;
  readonly key: string;
  readonly detail: string;
  /** The time of the transaction. */
  readonly now_ms: number;
}

/** What {@link ToldException} has, of a statement that changes the table `exception`. */
export const told = `id, site_id, (select code from site where site.id = site_id) as site, problem, key, detail,
  (extract(epoch from now()) * 1000)::bigint as now_ms`;

/**
 * Keeps exceptions; one that is live already keeps its bytes, takes the newest detail and counts up, unless what is told goes on being the
 * same occurrence. No key may stand twice. Gives those that were not live before.
 */
export async function insertExceptions(
  client: Client,
  cases: readonly ExceptionCase[],
  { isSame }: { readonly isSame: boolean },
): Promise<readonly ToldException[]> {
  const { rows } = await client.query<ToldException & { readonly opened: boolean }>({
    name: "exceptions-insert",
    text: `insert into exception (site_id, problem, key, detail, body, body_bytes, count)
      select * from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::integer[], $7::bigint[])
      order by 2, 3, 1
      on conflict (problem, key, coalesce(site_id, 0)) where state <> 'resolved' do update
      set count = exception.count + case when $8::boolean then 0 else excluded.count end, last_time = now(),
        detail = excluded.detail, body = coalesce(exception.body, excluded.body),
        body_bytes = coalesce(exception.body_bytes, excluded.body_bytes)
      returning ${told}, xmax = 0 as opened`,
    values: [
      binaryArray.integer(cases.map(found => found.siteId)),
      binaryArray.text(cases.map(found => found.problem)),
      binaryArray.text(cases.map(found => found.key)),
      binaryArray.text(cases.map(found => found.detail)),
      cases.map(found => (found.body === undefined ? null : Buffer.from(found.body))),
      binaryArray.integer(cases.map(found => found.bodyBytes)),
      binaryArray.bigint(cases.map(found => found.count)),
      isSame,
    ],
  });
  return rows.filter(({ opened }) => opened);
}
