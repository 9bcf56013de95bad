import type { BizStep } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** A movement that is to be reversed, and the accounts that it was posted between. */
export interface ReversibleRow {
  readonly position: number;
  readonly site: string;
  readonly epoch: string;
  readonly seq: number;
  readonly epoch_id: number;
  readonly code: string;
  readonly quantity: number;
  readonly biz_step: BizStep;
  readonly held: boolean;
  readonly lines: number;
  /** Of its only line; null when it has none or more. */
  readonly from: string | null;
  readonly to: string | null;
  readonly from_site: string | null;
  readonly to_site: string | null;
}

export interface MovementName {
  readonly site: string;
  readonly epoch: string;
  readonly seq: number;
}

/** Those of the named movements that the ledger has; `position` counts the names from 1. */
export async function readReversible(
  client: Client,
  names: readonly MovementName[],
): Promise<readonly ReversibleRow[]> {
  if (names.length === 0) return [];
  const { rows } = await client.query<ReversibleRow>({
    name: "record-read-reversible",
    text: `select named.position, site.code as site, e.code as epoch, m.seq, m.epoch_id, m.code, m.quantity, m.biz_step,
        h.seq is not null as held, coalesce(p.lines, 0) as lines,
        source.code as from, target.code as to, source_site.code as from_site, target_site.code as to_site
      from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality named (site, epoch, seq, position)
      join site on site.code = named.site join epoch e on e.site_id = site.id and e.code = named.epoch
      cross join lateral movement_at(e.id, named.seq) m
      left join held_movement h on h.epoch_id = m.epoch_id and h.seq = m.seq
      left join lateral (
        select count(*) as lines, min(posted_from) as posted_from, min(posted_to) as posted_to
        from postings_of(m.epoch_id, m.seq)
      ) p on true
      left join place source on p.lines = 1 and source.id = p.posted_from
      left join site source_site on source_site.id = source.site_id
      left join place target on p.lines = 1 and target.id = p.posted_to
      left join site target_site on target_site.id = target.site_id
      order by named.position`,
    values: namesOf(names),
  });
  return rows;
}

/** The positions, from 1, of the named movements that were reversed. Asked behind the sites' locks, so that nobody reverses them meanwhile. */
export async function readReversed(client: Client, names: readonly MovementName[]): Promise<ReadonlySet<number>> {
  if (names.length === 0) return new Set();
  const { rows } = await client.query<{ position: number }>({
    name: "record-read-reversed",
    text: `select named.position from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality named (site, epoch, seq, position)
      join site on site.code = named.site
      where exists (select from movement m where m.site_id = site.id and m.reverses_epoch = named.epoch and m.reverses_seq = named.seq)`,
    values: namesOf(names),
  });
  return new Set(rows.map(row => Number(row.position)));
}

function namesOf(names: readonly MovementName[]) {
  return [
    binaryArray.text(names.map(name => name.site)),
    binaryArray.text(names.map(name => name.epoch)),
    binaryArray.bigint(names.map(name => name.seq)),
  ];
}
