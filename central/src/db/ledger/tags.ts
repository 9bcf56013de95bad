import type { Stay, Tag } from "../../stock/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";
import { Outdated } from "../transaction.ts";

type TagArray = [
  code: string,
  item: number | null,
  units: number,
  site: number,
  place: number,
  since: number,
  seen: number,
  epoch: number,
  seq: number,
];

/** Locks and reads the tags that are there, in the order of their codes. */
export async function lockTags(client: Client, codes: readonly string[]): Promise<ReadonlyMap<string, Tag>> {
  if (codes.length === 0) return new Map();
  const { rows } = await client.query<TagArray>({
    name: "ledger-lock-tags",
    text: `select code, item_id, units, site_id, place_id, (extract(epoch from since) * 1000)::bigint,
        (extract(epoch from seen) * 1000)::bigint, epoch_id, seq
      from tag where code = any($1::text[]) order by code for update`,
    values: [binaryArray.text(codes)],
    rowMode: "array",
  });
  const tags = new Map<string, Tag>();
  for (const [code, itemId, units, siteId, placeId, since, seen, epochId, seq] of rows) {
    tags.set(code, { code, itemId: itemId ?? undefined, units, siteId, placeId, since, seen, epochId, seq });
  }
  return tags;
}

/** Adds tags; when another transaction has added one of them in the meantime, what was planned is outdated. */
export async function insertTags(client: Client, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  await insertPlainTags(client, tags);
  await writeUnits(
    client,
    tags.filter(tag => tag.units !== 1),
  );
}

/** Things that are packs are few: their content is a statement of its own, so that the others do not carry it. */
async function writeUnits(client: Client, packs: readonly Tag[]): Promise<void> {
  if (packs.length === 0) return;
  await client.query({
    name: "ledger-write-tag-units",
    text: `update tag set units = pack.units from unnest($1::text[], $2::integer[]) pack (code, units) where tag.code = pack.code`,
    values: [binaryArray.text(packs.map(tag => tag.code)), binaryArray.integer(packs.map(tag => tag.units))],
  });
}

async function insertPlainTags(client: Client, tags: readonly Tag[]): Promise<void> {
  const { rowCount } = await client.query({
    name: "ledger-insert-tags",
    text: `insert into tag (code, item_id, site_id, place_id, since, seen, epoch_id, seq)
      select * from unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::timestamptz[], $6::timestamptz[],
        $7::integer[], $8::bigint[]) on conflict do nothing`,
    values: tagArrays(tags),
  });
  if (rowCount !== tags.length) throw new Outdated("another transaction added the same tag");
}

/** Writes tags that this transaction has locked. How many units a thing is never changes. */
export async function updateTags(client: Client, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  await client.query({
    name: "ledger-update-tags",
    text: `update tag set item_id = now.item_id, site_id = now.site_id, place_id = now.place_id, since = now.since,
        seen = now.seen, epoch_id = now.epoch_id, seq = now.seq
      from unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::timestamptz[], $6::timestamptz[],
        $7::integer[], $8::bigint[]) now (code, item_id, site_id, place_id, since, seen, epoch_id, seq)
      where tag.code = now.code`,
    values: tagArrays(tags),
  });
}

function tagArrays(tags: readonly Tag[]): Buffer[] {
  return [
    binaryArray.text(tags.map(tag => tag.code)),
    binaryArray.integer(tags.map(tag => tag.itemId)),
    binaryArray.integer(tags.map(tag => tag.siteId)),
    binaryArray.integer(tags.map(tag => tag.placeId)),
    binaryArray.timestamptz(tags.map(tag => tag.since)),
    binaryArray.timestamptz(tags.map(tag => tag.seen)),
    binaryArray.integer(tags.map(tag => tag.epochId)),
    binaryArray.bigint(tags.map(tag => tag.seq)),
  ];
}

/**
 * The stays of tags, in the order of event time, and where that is the same, of posting: all that came late or were bound later,
 * and of the rest, walking back from the newest, down to the first at or before `at`. That is as far as placing a movement of
 * that time needs.
 */
export async function readHistories(
  client: Client,
  asked: readonly { readonly tag: Tag; readonly at: number }[],
): Promise<ReadonlyMap<string, readonly Stay[]>> {
  const histories = new Map<string, Stay[]>(asked.map(({ tag }) => [tag.code, []]));
  if (asked.length === 0) return histories;
  const { rows } = await client.query<[string, number, number, number, number]>({
    name: "ledger-read-histories",
    text: `with recursive asked as (
        select * from unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[]) asked (code, epoch_id, seq, at)
      ), chain as (
        select asked.at, m.* from asked cross join lateral movement_at(asked.epoch_id, asked.seq) m
        union all
        select chain.at, m.* from chain cross join lateral movement_at(chain.previous_epoch_id, chain.previous_seq) m
        where chain.event_time > chain.at
      ), stay as (
        select m.code, m.event_time, m.record_time as post_time, m.record_time, m.epoch_id, m.seq, m.site_id,
          coalesce(m.posted_to, place.id) as place_id, coalesce(m.posted_from, place.id) as from_id
        from chain m join place on place.site_id = m.site_id and place.code = m.to_account
        where not exists (select from further_posting f where f.epoch_id = m.epoch_id and f.seq = m.seq)
        union all
        select f.code, f.event_time, f.record_time, m.record_time, f.epoch_id, f.seq, f.site_id, f.posted_to, f.posted_from
        from asked join further_posting f on f.code = asked.code and f.line = 1
          cross join lateral movement_at(f.epoch_id, f.seq) m
      )
      select code, (extract(epoch from event_time) * 1000)::bigint, place_id, site_id, from_id
      from stay order by code, event_time, post_time, record_time, epoch_id, seq`,
    values: [
      binaryArray.text(asked.map(({ tag }) => tag.code)),
      binaryArray.integer(asked.map(({ tag }) => tag.epochId)),
      binaryArray.bigint(asked.map(({ tag }) => tag.seq)),
      binaryArray.timestamptz(asked.map(({ at }) => at)),
    ],
    rowMode: "array",
  });
  for (const [code, at, placeId, siteId, fromId] of rows) histories.get(code)?.push({ at, placeId, siteId, fromId });
  return histories;
}
