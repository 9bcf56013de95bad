import type { DocumentKind } from "../../documents/kinds.ts";
import type { DocumentLine } from "../../follow/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** A line, with the version of its document. */
export interface KnownLine extends DocumentLine {
  readonly version: number;
}

/** Asks for what awaits an item at a site in one way. */
export interface AskedLines {
  readonly kind: DocumentKind;
  readonly siteId: number;
  readonly itemId: number;
}

interface Row {
  readonly document_id: string;
  readonly line: number;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly site_id: number;
  readonly to_site_id: number | null;
  readonly to_place_id: number | null;
  readonly item_id: number;
  readonly lot: string | null;
  readonly quantity: number;
  readonly picked: number;
  readonly done: number;
  readonly due: number | null;
  readonly made: number;
  readonly ended: number | null;
  readonly reservation_id: string | null;
  readonly in_unit: boolean;
  readonly version: number;
}

const columns = `line.document_id, line.line, document.kind, document.number, line.site_id, line.to_site_id, line.to_place_id,
  line.item_id, line.lot, line.quantity, line.picked, line.done, (extract(epoch from line.due_at) * 1000)::float8 as due,
  (extract(epoch from document.created_at) * 1000)::float8 as made, (extract(epoch from document.ended_at) * 1000)::float8 as ended,
  document.reservation_id, document.version,
  content.found is not null as in_unit`;

/** Beside the line, not in a condition: that the planner would answer for all lines at once, from end to end. */
const contents = `left join lateral (
    select 1 as found from document_unit_content unit
    where line.kind = 'shipment' and unit.document_id = line.document_id and unit.line = line.line limit 1
  ) content on true`;

/** Each awaits by an index of its own, so that it costs the same however many wait for something else, or for another step. */
const conditions = {
  done: "line.open and line.kind = asked.kind and line.site_id = asked.site_id and line.item_id = asked.item_id",
  picked:
    "line.open and line.picked < line.quantity and line.kind = asked.kind and line.site_id = asked.site_id and line.item_id = asked.item_id",
  arriving: "line.open and line.to_site_id = asked.site_id and line.item_id = asked.item_id and line.kind = asked.kind",
} as const;

/** Open lines that await items, for each item, site and kind the first in the order in which they are filled. */
export async function readAwaited(
  db: Executor,
  what: keyof typeof conditions,
  asked: readonly AskedLines[],
  limit: number,
): Promise<readonly KnownLine[]> {
  if (asked.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: `follow-read-awaited-${what}`,
    text: `select ${columns}
      from unnest($1::text[], $2::integer[], $3::integer[]) as asked (kind, site_id, item_id)
      cross join lateral (
        select line.* from document_line line where ${conditions[what]}
        order by line.due_at, line.document_id, line.line limit $4
      ) line
      join document on document.id = line.document_id ${contents}`,
    values: [
      binaryArray.text(asked.map(({ kind }) => kind)),
      binaryArray.integer(asked.map(({ siteId }) => siteId)),
      binaryArray.integer(asked.map(({ itemId }) => itemId)),
      limit,
    ],
  });
  return rows.map(lineOf);
}

/** The lines of documents that are of some items. */
export async function readLinesOf(
  db: Executor,
  documentIds: readonly string[],
  itemIds: readonly number[],
): Promise<readonly KnownLine[]> {
  if (documentIds.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: "follow-read-lines-of",
    text: `select ${columns} from unnest($1::text[]) as asked (id)
      join document on document.id = asked.id::uuid
      join document_line line on line.document_id = document.id and line.item_id = any($2::integer[]) ${contents}`,
    values: [binaryArray.text(documentIds), binaryArray.integer(itemIds)],
  });
  return rows.map(lineOf);
}

/** Lines of notices that were complete a short while ago and came in logistic units, among the newest of each item. */
export async function readComplete(
  db: Executor,
  asked: readonly AskedLines[],
  { newest, withinMs }: { readonly newest: number; readonly withinMs: number },
): Promise<readonly KnownLine[]> {
  if (asked.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: "follow-read-complete",
    text: `select ${columns}
      from unnest($1::integer[], $2::integer[]) as asked (site_id, item_id)
      cross join lateral (
        select found.* from document_line found where found.item_id = asked.item_id order by found.document_id desc limit $3
      ) line
      join document on document.id = line.document_id ${contents}
      where line.kind = 'shipment' and line.site_id = asked.site_id and line.done >= line.quantity
        and document.updated_at > now() - $4 * interval '1 millisecond' and content.found is not null
      order by line.document_id, line.line`,
    values: [
      binaryArray.integer(asked.map(({ siteId }) => siteId)),
      binaryArray.integer(asked.map(({ itemId }) => itemId)),
      newest,
      withinMs,
    ],
  });
  return rows.map(lineOf);
}

/** Sites that work with a kind of documents: one is open there, or was made there lately. As `7/order`. */
export async function readWorking(
  db: Executor,
  asked: readonly { readonly kind: DocumentKind; readonly siteId: number }[],
  { newest, withinMs }: { readonly newest: number; readonly withinMs: number },
): Promise<ReadonlySet<string>> {
  if (asked.length === 0) return new Set();
  const { rows } = await db.query<{ site_id: number; kind: string }>({
    name: "follow-read-working",
    text: `select site_id, kind from unnest($1::text[], $2::integer[]) as asked (kind, site_id)
      where exists (select from document_line line where line.open and line.kind = asked.kind and line.site_id = asked.site_id)
        or exists (
          select from (select * from document where document.site_id = asked.site_id order by id desc limit $3) newest
          where newest.kind = asked.kind and newest.created_at > now() - $4 * interval '1 millisecond'
        )
        or exists (
          select from (select * from document where document.to_site_id = asked.site_id order by id desc limit $3) newest
          where newest.kind = asked.kind and newest.created_at > now() - $4 * interval '1 millisecond'
        )`,
    values: [
      binaryArray.text(asked.map(({ kind }) => kind)),
      binaryArray.integer(asked.map(({ siteId }) => siteId)),
      newest,
      withinMs,
    ],
  });
  return new Set(rows.map(({ site_id, kind }) => `${site_id}/${kind}`));
}

/** Locks documents in the order of their ids, and gives their versions as they are then. */
export async function lockVersions(
  client: Client,
  documentIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (documentIds.length === 0) return new Map();
  const { rows } = await client.query<[string, number]>({
    name: "follow-lock-versions",
    text: "select id, version from document where id = any($1::text[]::uuid[]) order by id for update",
    values: [binaryArray.text(documentIds)],
    rowMode: "array",
  });
  return new Map(rows);
}

function lineOf(row: Row): KnownLine {
  const { document_id, line, kind, number, quantity, picked, done, made, version } = row;
  return {
    documentId: document_id,
    line,
    kind,
    number,
    siteId: row.site_id,
    toSiteId: row.to_site_id ?? undefined,
    toPlaceId: row.to_place_id ?? undefined,
    itemId: row.item_id,
    lot: row.lot ?? undefined,
    quantity,
    picked,
    done,
    dueMs: row.due ?? undefined,
    madeMs: made,
    endedMs: row.ended ?? undefined,
    reservationId: row.reservation_id ?? undefined,
    inUnit: row.in_unit,
    version,
  };
}
