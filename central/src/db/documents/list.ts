import type { DocumentKind } from "../../documents/kinds.ts";
import type { Executor } from "../pool.ts";
import { readSiteIds } from "../queries/sites.ts";
import { Conditions } from "../queries/sql.ts";

export interface DocumentFilter {
  readonly kind: DocumentKind;
  readonly state?: string | undefined;
  readonly open?: boolean | undefined;
  readonly number?: string | undefined;
  readonly reference?: string | undefined;
  readonly partner?: string | undefined;
  readonly site?: string | undefined;
  readonly sku?: string | undefined;
  /** Of returns, those of one order. */
  readonly order?: string | undefined;
  /** The only sites whose documents are shown; undefined for all. */
  readonly within?: readonly string[] | undefined;
}

/** The ids of documents, the newest first, before the one with the id `before`. */
export async function listDocuments(
  db: Executor,
  filter: DocumentFilter,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly string[]> {
  const { kind, state, open, number, reference, partner, site, sku, order, within } = filter;
  const conditions = new Conditions()
    .when(kind, value => `d.kind = ${value}`)
    .when(before, value => `d.id < ${value}::uuid`)
    .when(state, value => `d.state = ${value}`)
    .when(number, value => `d.number = ${value}`)
    .when(reference, value => `d.reference = ${value}`)
    .when(partner, value => `d.partner = ${value}`)
    .when(order, value => `d.order_id = ${value}::uuid`)
    .when(await readSiteIds(db, site === undefined ? undefined : [site]), atSites)
    .when(await readSiteIds(db, within), atSites)
    .when(
      sku,
      value =>
        `d.id in (select l.document_id from document_line l join item on item.id = item_id where sku = ${value})`,
    );
  if (open !== undefined) conditions.add(`d.ended_at is ${open ? "" : "not "}null`);
  const { rows } = await db.query<{ id: string }>(
    `select d.id from document d ${conditions.where()} order by d.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows.map(row => row.id);
}

function atSites(ids: string): string {
  return `(d.site_id = any(${ids}::integer[]) or d.to_site_id = any(${ids}::integer[]))`;
}
