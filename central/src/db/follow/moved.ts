import type { End, Moved } from "../../follow/model.ts";
import { pickingSteps } from "../../follow/ways.ts";
import { thingOf } from "../../stock/thing.ts";
import { binaryArray } from "../binary.ts";
import { movementsOfStretch } from "../ledger/months.ts";
import type { Client, Executor } from "../pool.ts";
import type { LaterMovement, Stretch } from "./cursors.ts";

/** Those of the sites that have, or had, any document. */
export async function readSitesWithDocuments(db: Executor, siteIds: readonly number[]): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "follow-sites-with-documents",
    text: `select id from unnest($1::integer[]) as asked (id) where exists (select from document where site_id = asked.id)
      or exists (select from document where to_site_id = asked.id)`,
    values: [binaryArray.integer(siteIds)],
  });
  return rows.map(({ id }) => id);
}

interface Row {
  readonly epoch_id: number;
  readonly seq: number;
  readonly site_id: number;
  readonly code: string;
  readonly item_id: number;
  readonly quantity: number;
  readonly from_id: number;
  readonly from_site: number;
  readonly from_code: string;
  readonly from_outside: boolean;
  readonly to_id: number;
  readonly to_site: number;
  readonly to_code: string;
  readonly to_outside: boolean;
  readonly biz_step: string;
  readonly read_point: string;
  readonly event: number;
  readonly reverses_epoch: number | null;
  readonly reverses_seq: number | null;
  readonly document_id: string | null;
  readonly line: number | null;
}

/**
 * What may be a document's of the movements: what crossed the border of a site, what was picked, what came to where a transfer within
 * its site wants it, and what was taken back; but for what said itself whose it is. In the order in which they were recorded. Each is
 * looked up by itself, since a join's inner side was read whole for each movement where the planner thought it small: 600 µs a movement.
 */
export async function readMoved(
  client: Client,
  {
    stretches,
    later,
    siteIds,
  }: {
    readonly stretches: readonly Stretch[];
    readonly later: readonly LaterMovement[];
    /** Movements of other sites are passed over. */
    readonly siteIds: readonly number[];
  },
): Promise<readonly Moved[]> {
  if (stretches.length + later.length === 0) return [];
  const { rows } = await client.query<Row>({
    name: "follow-read-moved",
    text: `with moved as (
        select row.* from unnest($1::integer[], $2::bigint[], $3::bigint[]) as stretch (epoch_id, after, upto)
        cross join lateral ${movementsOfStretch} row
        union all
        select row.* from unnest($4::integer[], $5::bigint[]) as later (epoch_id, seq)
        cross join lateral movement_at(later.epoch_id, later.seq) row
      )
      select moved.epoch_id, moved.seq, moved.site_id, moved.code, posted.item_id, posted.quantity,
        from_place.id as from_id, from_place.site_id as from_site, from_place.code as from_code, from_place.outside as from_outside,
        to_place.id as to_id, to_place.site_id as to_site, to_place.code as to_code, to_place.outside as to_outside,
        biz_step, read_point, (extract(epoch from event_time) * 1000)::float8 as event,
        reversed.id as reverses_epoch, reverses_seq, content.document_id, content.line
      from moved
      cross join lateral (
        select moved.item_id, moved.posted_from, moved.posted_to, moved.quantity where moved.posted_from is not null
        union all
        select item_id, posted_from, posted_to, quantity from further_posting further
        where moved.posted_from is null and further.epoch_id = moved.epoch_id and further.seq = moved.seq and further.line = 1
          and further.posted_from <> further.posted_to
      ) posted
      join place from_place on from_place.id = posted.posted_from
      join place to_place on to_place.id = posted.posted_to
      left join epoch reversed on reversed.site_id = moved.site_id and reversed.code = moved.reverses_epoch
      left join lateral (
        select document_id, line from unit_movement where epoch_id = moved.epoch_id and seq = moved.seq limit 1
      ) content on true
      left join lateral (
        select 1 as found from document_match where epoch_id = moved.epoch_id and seq = moved.seq limit 1
      ) known on true
      left join lateral (
        select document from movement_note where epoch_id = moved.epoch_id and seq = moved.seq limit 1
      ) note on true
      where moved.site_id = any($6::integer[]) and known.found is null and note.document is null and (
        from_place.outside <> to_place.outside or biz_step = any($7::text[]) or reverses_seq is not null
        or (not from_place.outside and exists (
          select from document_line line where line.open and line.to_site_id = moved.site_id and line.item_id = posted.item_id
            and line.to_place_id = to_place.id
        ))
      )
      order by moved.record_time, moved.epoch_id, moved.seq`,
    values: [
      binaryArray.integer(stretches.map(stretch => stretch.epochId)),
      binaryArray.bigint(stretches.map(stretch => stretch.after)),
      binaryArray.bigint(stretches.map(stretch => stretch.upto)),
      binaryArray.integer(later.map(({ epochId }) => epochId)),
      binaryArray.bigint(later.map(({ seq }) => seq)),
      binaryArray.integer(siteIds),
      binaryArray.text(pickingSteps),
    ],
  });
  return rows.map(movedOf);
}

function movedOf(row: Row): Moved {
  const { epoch_id, seq, site_id, code, item_id, quantity, biz_step, read_point, event } = row;
  const reverses =
    row.reverses_epoch === null || row.reverses_seq === null
      ? undefined
      : { epochId: row.reverses_epoch, seq: row.reverses_seq };
  const announced =
    row.document_id === null || row.line === null ? undefined : { documentId: row.document_id, line: row.line };
  return {
    epochId: epoch_id,
    seq,
    siteId: site_id,
    code,
    serialised: thingOf(code).kind === "instance",
    lot: /\(10\)([^(]+)/.exec(code)?.[1],
    itemId: item_id,
    quantity,
    from: endOf(row.from_id, row.from_site, row.from_code, row.from_outside),
    to: endOf(row.to_id, row.to_site, row.to_code, row.to_outside),
    bizStep: biz_step,
    readPoint: read_point,
    eventTimeMs: event,
    reverses,
    announced,
  };
}

function endOf(placeId: number, siteId: number, code: string, outside: boolean): End {
  return { placeId, siteId, outside: outside ? code : undefined };
}
