import type { BizStep } from "@tallygate/protocol";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

export const placeKinds = ["zone", "dock", "bin"] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** Where devices observe: a device, or one antenna of it, and what is done there. */
export interface ReadPoint {
  readonly read_point: string;
  readonly biz_step: BizStep | null;
}

export interface PlaceRow {
  readonly site: string;
  readonly code: string;
  readonly name: string | null;
  readonly kind: PlaceKind;
  readonly parent: string | null;
  readonly gln: string | null;
  readonly gln_extension: string | null;
  readonly available: boolean;
  readonly read_points: readonly ReadPoint[];
  readonly created_at: string;
  readonly updated_at: string;
}

const columns = `site.code as site, p.code, p.name, p.kind, (select code from place above where above.id = p.parent_id) as parent,
  p.gln, p.gln_extension, p.available,
  (select coalesce(json_agg(json_build_object('read_point', r.code, 'biz_step', r.biz_step) order by r.code), '[]')
    from read_point r where r.place_id = p.id) as read_points,
  ${rfc3339("p.created_at")} as created_at, ${rfc3339("p.updated_at")} as updated_at`;

export interface PlaceFilter {
  readonly site?: string | undefined;
  /** The sites that the caller may see; undefined: all. */
  readonly sites?: readonly string[] | undefined;
  /** This place of the site, with all that stands in it. */
  readonly under?: string | undefined;
  readonly available?: boolean | undefined;
}

/** Places, without the outsides, by site and code. */
export async function readPlaces(
  db: Executor,
  { site, sites, under, available }: PlaceFilter,
  { after, limit }: { readonly after: readonly [site: string, code: string] | undefined; readonly limit: number },
): Promise<PlaceRow[]> {
  const conditions = new Conditions()
    .add("not p.outside")
    .when(site, value => `site.code = ${value}`)
    .when(sites, value => `site.code = any(${value}::text[])`)
    .when(available, value => `p.available = ${value}`);
  if (under !== undefined && site !== undefined) {
    const [place, ofSite] = [under, site].map(value => conditions.value(value));
    conditions.add(`p.id in (${below(`place.code = ${place} and site.code = ${ofSite}`)})`);
  }
  if (after !== undefined) {
    conditions.add(`(site.code, p.code) > (${conditions.value(after[0])}::text, ${conditions.value(after[1])}::text)`);
  }
  const { rows } = await db.query<PlaceRow>(
    `select ${columns} from place p join site on site.id = p.site_id ${conditions.where()}
     order by site.code, p.code limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** The ids of places and of all that stands in them. */
export function below(which: string): string {
  return `with recursive inside as (
      select place.id from place join site on site.id = place.site_id where ${which} and not place.outside
      union select place.id from inside join place on place.parent_id = inside.id
    ) select id from inside`;
}

/** A place and all that stands in it, at one site or at each that has such a place. */
export async function readBelow(
  db: Executor,
  { site, place }: { readonly site: string | undefined; readonly place: string },
): Promise<readonly { readonly id: number; readonly site: string; readonly code: string }[]> {
  const { rows } = await db.query<{ id: number; site: string; code: string }>(
    `select place.id, site.code as site, place.code from place join site on site.id = place.site_id
     where place.id in (${below("place.code = $1 and ($2::text is null or site.code = $2)")})`,
    [place, site ?? null],
  );
  return rows;
}

export async function readPlace(
  db: Executor,
  { site, code }: { readonly site: string; readonly code: string },
): Promise<(PlaceRow & { readonly id: number; readonly site_id: number }) | undefined> {
  const { rows } = await db.query<PlaceRow & { id: number; site_id: number }>(
    `select ${columns}, p.id, p.site_id from place p join site on site.id = p.site_id
     where site.code = $1 and p.code = $2 and not p.outside`,
    [site, code],
  );
  return rows[0];
}

/** What of a place can be changed. */
export interface PlaceFields {
  readonly name: string | null;
  readonly kind: PlaceKind;
  readonly parentId: number | null;
  readonly gln: string | null;
  readonly glnExtension: string | null;
  readonly available: boolean;
}

/** Adds a place; undefined when the site has one with this code. */
export async function insertPlace(
  client: Client,
  place: PlaceFields & { readonly siteId: number; readonly code: string },
): Promise<number | undefined> {
  const { rows } = await client.query<{ id: number }>(
    `insert into place (site_id, code, name, kind, parent_id, gln, gln_extension, available)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (site_id, code) do nothing returning id`,
    [place.siteId, place.code, ...fieldsOf(place)],
  );
  return rows[0]?.id;
}

/** Changes a place whose site is locked. */
export async function updatePlace(client: Client, id: number, place: PlaceFields): Promise<void> {
  await client.query(
    `update place set name = $2, kind = $3, parent_id = $4, gln = $5, gln_extension = $6, available = $7, updated_at = now()
     where id = $1`,
    [id, ...fieldsOf(place)],
  );
}

function fieldsOf({ name, kind, parentId, gln, glnExtension, available }: PlaceFields) {
  return [name, kind, parentId, gln, glnExtension, available];
}

/** Gives a place these read points and no others; undefined, or the first that belongs to another place of the site. */
export async function replaceReadPoints(
  client: Client,
  {
    id,
    siteId,
    readPoints,
  }: { readonly id: number; readonly siteId: number; readonly readPoints: readonly ReadPoint[] },
): Promise<string | undefined> {
  const codes = readPoints.map(point => point.read_point);
  const { rows } = await client.query<{ code: string }>(
    "select code from read_point where site_id = $1 and code = any($2::text[]) and place_id <> $3 order by code limit 1",
    [siteId, codes, id],
  );
  if (rows[0] !== undefined) return rows[0].code;
  await client.query("delete from read_point where place_id = $1", [id]);
  await client.query(
    "insert into read_point (site_id, code, place_id, biz_step) select $1, code, $2, step from unnest($3::text[], $4::text[]) r (code, step)",
    [siteId, id, codes, readPoints.map(point => point.biz_step)],
  );
  return undefined;
}

export interface PlaceAbove {
  readonly id: number;
  readonly code: string;
  readonly kind: PlaceKind;
}

/** A place and those that it stands in, the nearest first; nothing when the site has no such place. */
export async function readLineage(client: Client, siteId: number, code: string): Promise<readonly PlaceAbove[]> {
  const { rows } = await client.query<PlaceAbove>(
    `with recursive line as (
       select id, code, kind, parent_id, 1 as depth from place where site_id = $1 and code = $2 and not outside
       union all
       select p.id, p.code, p.kind, p.parent_id, depth + 1 from line join place p on p.id = line.parent_id where depth < 100
     ) select id, code, kind from line order by depth`,
    [siteId, code],
  );
  return rows;
}

/** How many levels of places stand in a place: 0 when nothing does. */
export async function readHeight(client: Client, id: number): Promise<number> {
  const { rows } = await client.query<{ height: number }>(
    `with recursive line as (
       select id, 0 as depth from place where id = $1
       union all
       select p.id, depth + 1 from line join place p on p.parent_id = line.id where depth < 100
     ) select max(depth) as height from line`,
    [id],
  );
  return rows[0]?.height ?? 0;
}
