import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { readSiteIds, sitesAsked } from "../queries/sites.ts";
import { Conditions } from "../queries/sql.ts";

/** What a list came to when it was closed. */
export interface ListOutcome {
  readonly short: readonly ListDifference[];
  readonly over: readonly ListDifference[];
  readonly unexpected: readonly { readonly sku: string | null; readonly code: string; readonly quantity: number }[];
}

export interface ListDifference {
  readonly document: string;
  readonly line: number;
  readonly sku: string;
  readonly expected: number;
  readonly found: number;
}

export interface ListRow {
  readonly id: string;
  readonly site: string;
  readonly site_id: number;
  readonly read_point: string | null;
  readonly step: string;
  readonly opened: number;
  readonly closed: number | null;
  readonly outcome: ListOutcome | null;
  readonly version: number;
  readonly document_ids: readonly string[];
}

const ms = (column: string) => `floor(extract(epoch from ${column}) * 1000)::bigint`;
const columns = `l.id, site.code as site, l.site_id, l.read_point, l.step, ${ms("l.opened_at")} as opened, ${ms("l.closed_at")} as closed,
  l.outcome, l.version, array(select document_id::text from document_list_member where list_id = l.id order by position) as document_ids`;

/** Opens a list. False when another one is open at the read point for the step. */
export async function insertList(
  client: Client,
  list: {
    readonly id: string;
    readonly siteId: number;
    readonly readPoint: string | undefined;
    readonly step: string;
    readonly openedMs: number;
    readonly documentIds: readonly string[];
  },
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "documents-insert-list",
    text: `with list as (
        insert into document_list (id, site_id, read_point, step, opened_at)
        values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))
        on conflict (site_id, read_point, step) where closed_at is null and read_point is not null do nothing returning id
      )
      insert into document_list_member (list_id, position, document_id)
      select list.id, position, document_id::uuid from list, unnest($6::text[]) with ordinality as member (document_id, position)`,
    values: [
      list.id,
      list.siteId,
      list.readPoint ?? null,
      list.step,
      list.openedMs,
      binaryArray.text(list.documentIds),
    ],
  });
  return rowCount !== 0;
}

/** Locks a list; undefined when there is none. */
export async function lockList(client: Client, id: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "documents-lock-list",
    text: "select from document_list where id = $1 for update",
    values: [id],
  });
  return rowCount === 1;
}

/** Closes a locked list with what it came to. */
export async function closeListRow(
  client: Client,
  { id, outcome, closedMs }: { readonly id: string; readonly outcome: ListOutcome; readonly closedMs: number },
): Promise<void> {
  await client.query({
    name: "documents-close-list",
    text: `update document_list set closed_at = to_timestamp($2::float8 / 1000), outcome = $3, version = version + 1 where id = $1`,
    values: [id, closedMs, JSON.stringify(outcome)],
  });
}

/** The open lists of a site are not what they were: one more version of them. */
export async function raiseListVersion(client: Client, siteId: number): Promise<void> {
  await client.query({
    name: "documents-raise-list-version",
    text: `insert into document_list_version (site_id, version) values ($1, 1)
      on conflict (site_id) do update set version = document_list_version.version + 1`,
    values: [siteId],
  });
}

export async function readList(db: Executor, id: string): Promise<ListRow | undefined> {
  const { rows } = await db.query<ListRow>({
    name: "documents-read-list",
    text: `select ${columns} from document_list l join site on site.id = l.site_id where l.id = $1`,
    values: [id],
  });
  return rows[0];
}

export interface ListFilter {
  readonly site?: string | undefined;
  readonly open?: boolean | undefined;
  readonly document?: string | undefined;
  /** The only sites whose lists are shown; undefined for all. */
  readonly within?: readonly string[] | undefined;
}

/** Lists, the newest first, before the one with the id `before`. */
export async function readLists(
  db: Executor,
  { site, open, document, within }: ListFilter,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly ListRow[]> {
  const conditions = new Conditions()
    .when(before, value => `l.id < ${value}::uuid`)
    .when(await readSiteIds(db, sitesAsked(site, within)), value => `l.site_id = any(${value}::integer[])`)
    .when(document, value => `l.id in (select list_id from document_list_member where document_id = ${value}::uuid)`);
  if (open !== undefined) conditions.add(`l.closed_at is ${open ? "" : "not "}null`);
  const { rows } = await db.query<ListRow>(
    `select ${columns} from document_list l join site on site.id = l.site_id ${conditions.where()}
     order by l.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** What passed a list's read point in its step and is none of its lines. */
export async function readUnexpected(db: Executor, listId: string): Promise<ListOutcome["unexpected"]> {
  const { rows } = await db.query<ListOutcome["unexpected"][number]>({
    name: "documents-read-unexpected",
    text: `select item.sku, code, sum(quantity)::bigint as quantity from document_list_unexpected left join item on item.id = item_id
      where list_id = $1 group by 1, 2 having sum(quantity) <> 0 order by 1, 2`,
    values: [listId],
  });
  return rows;
}

/** A part of a line that is held at a place and has not left it. */
export interface HeldPart {
  readonly document_id: string;
  readonly line: number;
  readonly place: string;
  readonly quantity: number;
}

/** Where what documents still want from their shelves is held; goods that were picked are held where they were taken to. */
export async function readHeldParts(db: Executor, documentIds: readonly string[]): Promise<readonly HeldPart[]> {
  const { rows } = await db.query<HeldPart>({
    name: "documents-read-held-parts",
    text: `select document.id as document_id, hold.line + 1 as line, place.code as place,
        hold.quantity - hold.fulfilled - hold.released as quantity
      from document join reservation on reservation.id = document.reservation_id and reservation.state = 'held'
      join reservation_hold hold on hold.reservation_id = reservation.id
      join place on place.id = hold.place_id
      where document.id = any($1::text[]::uuid[]) and hold.quantity > hold.fulfilled + hold.released
        and not exists (
          select from document_match match cross join lateral movement_at(match.epoch_id, match.seq) movement
          where match.document_id = document.id and match.line = hold.line + 1 and match.step = 'picked'
            and movement.posted_to = hold.place_id
        )`,
    values: [binaryArray.text(documentIds)],
  });
  return rows;
}

/** The version of each site's open lists that is above the one that was told. */
export async function readListVersions(
  db: Executor,
): Promise<readonly { readonly site: string; readonly version: number }[]> {
  const { rows } = await db.query<{ site: string; version: number }>({
    name: "documents-read-list-versions",
    text: `select site.code as site, document_list_version.version from document_list_version join site on site.id = site_id`,
  });
  return rows;
}

/** The version of one site's open lists; 0 before its first. */
export async function readListVersion(db: Executor, site: string): Promise<number> {
  const { rows } = await db.query<{ version: number }>({
    name: "documents-read-list-version",
    text: `select document_list_version.version from document_list_version join site on site.id = site_id where site.code = $1`,
    values: [site],
  });
  return rows[0]?.version ?? 0;
}
