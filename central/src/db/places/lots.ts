import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339, rfc3339Ms } from "../queries/sql.ts";

export const lotStatuses = ["available", "blocked"] as const;
export type LotStatus = (typeof lotStatuses)[number];

/** What there is of a lot at a place of a site. */
export interface LotPlace {
  readonly site: string;
  readonly place: string;
  readonly on_hand: number;
}

export interface LotRow {
  readonly item_id: number;
  readonly sku: string;
  readonly lot: string;
  readonly expires_on: string | null;
  readonly best_before_on: string | null;
  readonly manufactured_on: string | null;
  readonly status: LotStatus;
  readonly on_hand: number;
  readonly places: readonly LotPlace[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface LotFilter {
  readonly sku?: string | undefined;
  readonly lot?: string | undefined;
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly status?: LotStatus | undefined;
  readonly expiresBefore?: string | undefined;
  /** Only lots of which something is on hand. */
  readonly stocked?: boolean | undefined;
}

/** The first date after which a lot is not good any more. */
const ends = "least(l.expires_on, l.best_before_on)";

/** Lots are listed by that date where they are asked for by it, else by item and lot. */
export type LotKey = readonly [ends: string | null, itemId: number, lot: string];

/** Lots and where they are; of places that the caller may not see nothing is said. */
export async function readLots(
  db: Executor,
  { sku, lot, site, sites, status, expiresBefore, stocked }: LotFilter,
  { after, limit }: { readonly after: LotKey | undefined; readonly limit: number },
): Promise<readonly (LotRow & { readonly key: LotKey })[]> {
  const conditions = new Conditions();
  const seen = seenBy(conditions, { site, sites });
  conditions
    .when(sku, value => `l.item_id = (select id from item where sku = ${value})`)
    .when(lot, value => `l.lot = ${value}`)
    .when(status, value => `l.status = ${value}`)
    .when(expiresBefore, value => `${ends} < ${value}::date`);
  const byEnd = expiresBefore !== undefined;
  if (stocked === true || site !== undefined) conditions.add(`exists (select ${there(seen)} and there.on_hand > 0)`);
  if (after !== undefined) {
    const [itemId, name] = [conditions.value(after[1]), conditions.value(after[2])];
    conditions.add(
      byEnd
        ? `(${ends}, l.item_id, l.lot) > (${conditions.value(after[0])}::date, ${itemId}::integer, ${name}::text collate "C")`
        : `(l.item_id, l.lot) > (${itemId}::integer, ${name}::text collate "C")`,
    );
  }
  const { rows } = await db.query<LotRow & { key: LotKey }>(
    `select json_build_array(${ends}, l.item_id, l.lot) as key, l.item_id, i.sku, l.lot, l.expires_on::text, l.best_before_on::text,
       l.manufactured_on::text, l.status, ${rfc3339("l.created_at")} as created_at, ${rfc3339Ms("l.updated_at")} as updated_at,
       coalesce(p.on_hand, 0)::bigint as on_hand, coalesce(p.places, '[]'::json) as places
     from (select l.* from lot l ${conditions.where()} order by ${byEnd ? `${ends}, ` : ""}l.item_id, l.lot limit ${conditions.value(limit)}) l
     join item i on i.id = l.item_id
     left join lateral (
       select sum(there.on_hand) as on_hand, json_agg(json_build_object('site', site.code, 'place', place.code, 'on_hand', there.on_hand)
         order by site.code, place.code) as places
       ${there(seen)} and there.on_hand <> 0
     ) p on true
     order by ${byEnd ? `${ends}, ` : ""}l.item_id, l.lot`,
    conditions.values,
  );
  return rows;
}

function there(seen: string): string {
  return `from lot_stock there join place on place.id = there.place_id join site on site.id = place.site_id
    where there.item_id = l.item_id and there.lot = l.lot and not place.outside${seen}`;
}

function seenBy(conditions: Conditions, { site, sites }: Pick<LotFilter, "site" | "sites">): string {
  const ofSite = site === undefined ? "" : ` and site.code = ${conditions.value(site)}`;
  return sites === undefined ? ofSite : `${ofSite} and site.code = any(${conditions.value(sites)}::text[])`;
}

export interface LotFields {
  readonly expiresOn: string | null;
  readonly bestBeforeOn: string | null;
  readonly manufacturedOn: string | null;
  readonly status: LotStatus;
}

/** What is known of a lot, locked until the transaction ends; undefined when nothing is. */
export async function lockLot(client: Client, itemId: number, lot: string): Promise<LotFields | undefined> {
  const { rows } = await client.query<LotFields>(
    `select expires_on::text as "expiresOn", best_before_on::text as "bestBeforeOn", manufactured_on::text as "manufacturedOn", status
     from lot where item_id = $1 and lot = $2 for update`,
    [itemId, lot],
  );
  return rows[0];
}

export async function writeLot(
  client: Client,
  { itemId, lot, ...fields }: LotFields & { readonly itemId: number; readonly lot: string },
): Promise<void> {
  await client.query(
    `insert into lot (item_id, lot, expires_on, best_before_on, manufactured_on, status) values ($1, $2, $3, $4, $5, $6)
     on conflict (item_id, lot) do update set expires_on = excluded.expires_on, best_before_on = excluded.best_before_on,
       manufactured_on = excluded.manufactured_on, status = excluded.status, updated_at = now()`,
    [itemId, lot, fields.expiresOn, fields.bestBeforeOn, fields.manufacturedOn, fields.status],
  );
}

export interface LotExpiry {
  readonly itemId: number;
  readonly lot: string;
  /** `2027-03-01`. */
  readonly expiresOn: string;
}

/** Sets when lots expire, none given twice, where it is not known yet; gives the day that each has now, and whether it is new. */
export async function learnLotExpiry(
  client: Client,
  lots: readonly LotExpiry[],
): Promise<readonly (LotExpiry & { readonly isNew: boolean })[]> {
  const { rows } = await client.query<LotExpiry & { readonly isNew: boolean }>({
    name: "places-learn-lot-expiry",
    text: `insert into lot (item_id, lot, expires_on)
      select item_id, lot, expires_on::date from unnest($1::integer[], $2::text[], $3::text[]) as said (item_id, lot, expires_on)
      order by item_id, lot
      on conflict (item_id, lot) do update set expires_on = coalesce(lot.expires_on, excluded.expires_on),
        updated_at = case when lot.expires_on is null then now() else lot.updated_at end
      returning item_id as "itemId", lot, expires_on::text as "expiresOn", updated_at = now() as "isNew"`,
    values: [
      binaryArray.integer(lots.map(({ itemId }) => itemId)),
      binaryArray.text(lots.map(({ lot }) => lot)),
      binaryArray.text(lots.map(({ expiresOn }) => expiresOn)),
    ],
  });
  return rows;
}

/** When lots end, of those of which that is known. */
export async function readLotExpiry(
  db: Executor,
  lots: readonly Pick<LotExpiry, "itemId" | "lot">[],
): Promise<readonly LotExpiry[]> {
  const { rows } = await db.query<LotExpiry>({
    name: "places-read-lot-expiry",
    text: `select item_id as "itemId", lot, expires_on::text as "expiresOn"
      from (select distinct * from unnest($1::integer[], $2::text[]) as asked (item_id, lot)) asked join lot using (item_id, lot)
      where expires_on is not null`,
    values: [binaryArray.integer(lots.map(({ itemId }) => itemId)), binaryArray.text(lots.map(({ lot }) => lot))],
  });
  return rows;
}

/** Locks all sites: what is blocked of a lot may be anywhere, and where it is not yet it may be on its way. */
export async function lockAllSites(client: Client): Promise<void> {
  await client.query("select from site order by id for update");
}

/** Lets one transaction at a time tell of expiring lots; false when another does. */
export async function lockExpiryWatch(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_xact_lock($1) as locked", [
    expiryLock,
  ]);
  return rows[0]?.locked === true;
}

/** Any number that nothing else in this database locks by. */
const expiryLock = 20_011_212_263;

export interface ExpiringLot {
  readonly sku: string;
  readonly lot: string;
  readonly expires_on: string;
  readonly site: string;
  readonly site_id: number;
  readonly on_hand: number;
}

/** Takes lots that end before a date and are on hand, each once for each date that it has had; one row for each site. */
export async function takeExpiring(
  client: Client,
  { before, limit }: { readonly before: string; readonly limit: number },
): Promise<readonly ExpiringLot[]> {
  const { rows } = await client.query<ExpiringLot>(
    `with taken as (
       update lot set told_expiry = least(expires_on, best_before_on) where (item_id, lot) in (
         select l.item_id, l.lot from lot l
         where ${ends} < $1::date and l.told_expiry is distinct from ${ends} and exists (
           select from lot_stock there join place on place.id = there.place_id
           where there.item_id = l.item_id and there.lot = l.lot and not place.outside and there.on_hand > 0
         )
         order by ${ends}, l.item_id, l.lot limit $2
       ) returning item_id, lot, told_expiry
     )
     select item.sku, taken.lot, taken.told_expiry::text as expires_on, site.code as site, site.id as site_id,
       sum(there.on_hand)::bigint as on_hand
     from taken join lot_stock there using (item_id, lot) join place on place.id = there.place_id and not place.outside
     join site on site.id = place.site_id join item on item.id = taken.item_id
     group by item.sku, taken.lot, taken.told_expiry, site.code, site.id having sum(there.on_hand) > 0
     order by 3, 1, 2, 4`,
    [before, limit],
  );
  return rows;
}
