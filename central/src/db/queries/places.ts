import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "./sql.ts";

export interface PlaceRow {
  readonly site: string;
  readonly code: string;
  readonly name: string | null;
  readonly gln: string | null;
  readonly created_at: string;
}

const columns = `site.code as site, p.code, p.name, p.gln, ${rfc3339("p.created_at")} as created_at`;

/** Places, without the outsides, by site and code. */
export async function readPlaces(
  db: Executor,
  {
    site,
    sites,
    code,
    after,
    limit,
  }: {
    readonly site?: string | undefined;
    readonly sites?: readonly string[] | undefined;
    readonly code?: string;
    readonly after?: readonly [site: string, code: string] | undefined;
    readonly limit: number;
  },
): Promise<PlaceRow[]> {
  const conditions = new Conditions()
    .add("not p.outside")
    .when(site, value => `site.code = ${value}`)
    .when(sites, value => `site.code = any(${value}::text[])`)
    .when(code, value => `p.code = ${value}`);
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

export interface NewPlace {
  readonly siteId: number;
  readonly code: string;
  readonly name: string | null;
  readonly gln: string | null;
}

/** Adds a place; undefined when the site has one with this code. */
export async function insertPlace(db: Executor, place: NewPlace): Promise<PlaceRow | undefined> {
  const { rows } = await db.query<PlaceRow>(
    `with p as (
       insert into place (site_id, code, name, gln) values ($1, $2, $3, $4)
       on conflict (site_id, code) do nothing returning *
     ) select ${columns} from p join site on site.id = p.site_id`,
    [place.siteId, place.code, place.name, place.gln],
  );
  return rows[0];
}

/** A place, locked until the transaction ends; undefined when there is none. */
export async function lockPlace(
  client: Client,
  { site, code }: { readonly site: string; readonly code: string },
): Promise<(PlaceRow & { readonly site_id: number }) | undefined> {
  const { rows } = await client.query<PlaceRow & { site_id: number }>(
    `select ${columns}, p.site_id from place p join site on site.id = p.site_id
     where site.code = $1 and p.code = $2 and not p.outside for update of p`,
    [site, code],
  );
  return rows[0];
}

/** Changes what is given of a place and leaves the rest; undefined when there is no such place. */
export async function updatePlace(
  db: Executor,
  place: {
    readonly site: string;
    readonly code: string;
    readonly name: string | undefined;
    readonly gln: string | undefined;
  },
): Promise<PlaceRow | undefined> {
  const { rows } = await db.query<PlaceRow>(
    `update place p set name = coalesce($3, p.name), gln = coalesce($4, p.gln)
     from site where site.id = p.site_id and site.code = $1 and p.code = $2 and not p.outside
     returning ${columns}`,
    [place.site, place.code, place.name ?? null, place.gln ?? null],
  );
  return rows[0];
}
