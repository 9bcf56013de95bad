import type { ProblemCode } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** An exception as its events tell it. */
export interface ToldException {
  readonly id: number;
  readonly site_id: number | null;
  readonly problem: ProblemCode;
  readonly key: string;
  readonly detail: string;
}

export interface RaisedException {
  readonly siteId: number;
  readonly problem: ProblemCode;
  readonly key: string;
  readonly detail: string;
  /** What one that is open already counts up by; 0 where it goes on being the same occurrence. */
  readonly again: number;
}

/** Opens exceptions; one that is open takes the newest detail. No key may stand twice. Gives those that were not open before. */
export async function openExceptions(
  client: Client,
  raised: readonly RaisedException[],
): Promise<readonly ToldException[]> {
  if (raised.length === 0) return [];
  const { rows } = await client.query<ToldException & { readonly opened: boolean }>({
    name: "follow-open-exceptions",
    text: `insert into exception as known (site_id, problem, key, detail, count)
      select site_id, problem, key, detail, greatest(again, 1)
      from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as raised (site_id, problem, key, detail, again)
      order by problem, key, site_id
      on conflict (problem, key, coalesce(site_id, 0)) where state = 'open' do update
      set detail = excluded.detail, last_time = now(), count = known.count + (
        select again from unnest($1::integer[], $2::text[], $3::text[], $5::bigint[]) as raised (site_id, problem, key, again)
        where (raised.site_id, raised.problem, raised.key) = (excluded.site_id, excluded.problem, excluded.key)
      )
      returning id, site_id, problem, key, detail, xmax = 0 as opened`,
    values: [
      binaryArray.integer(raised.map(({ siteId }) => siteId)),
      binaryArray.text(raised.map(({ problem }) => problem)),
      binaryArray.text(raised.map(({ key }) => key)),
      binaryArray.text(raised.map(({ detail }) => detail)),
      binaryArray.bigint(raised.map(({ again }) => again)),
    ],
  });
  return rows.filter(({ opened }) => opened);
}

/** Closes what needs no person any more; gives what was open. */
export async function closeExceptions(
  client: Client,
  problem: ProblemCode,
  keys: readonly string[],
): Promise<readonly ToldException[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<ToldException>({
    name: "follow-close-exceptions",
    text: `update exception set state = 'resolved', last_time = now()
      where state = 'open' and problem = $1 and key = any($2::text[]) returning id, site_id, problem, key, detail`,
    values: [problem, binaryArray.text(keys)],
  });
  return rows;
}
