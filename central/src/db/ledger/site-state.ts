import type { ChainPoint, Cursor, Level } from "@tallygate/protocol";
import { centralEpoch, limits } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

type CursorArray = readonly [epoch: string, seq: number, hash: string];

/** Where the ledger stands with a site and the epochs asked for. A site that was never heard is at version 0. */
export async function readSiteState(
  db: Executor,
  { site, epochs }: { readonly site: string; readonly epochs: readonly string[] },
): Promise<{ readonly version: number; readonly catalogueVersion: number; readonly cursors: readonly ChainPoint[] }> {
  const { rows } = await db.query<{ version: number; catalogue: number; cursors: readonly CursorArray[] }>({
    name: "ledger-read-site-state",
    text: `select coalesce((select version from site where code = $1), 0) as version,
        (select version from catalogue) as catalogue,
        (select coalesce(json_agg(json_build_array(epoch.code, cursor_seq, encode(cursor_hash, 'hex'))), '[]')
          from epoch join site on site.id = epoch.site_id where site.code = $1 and epoch.code = any($2::text[])) as cursors`,
    values: [site, binaryArray.text(epochs)],
  });
  const row = rows[0];
  const cursors = row?.cursors.map(([epoch, seq, hash]) => ({ epoch: epoch as ChainPoint["epoch"], seq, hash })) ?? [];
  return { version: row?.version ?? 0, catalogueVersion: row?.catalogue ?? 0, cursors };
}

export interface LevelsPage {
  readonly version: number;
  /** Of the site's own newest epochs: what an older one lacks, the site has been asked for before it began a newer one. */
  readonly cursors: readonly Cursor[];
  readonly levels: readonly Level[];
  readonly more: boolean;
}

const snapshotEpochsMax = 200;

/** A page of a site's levels, with the version that it is true for: all from one snapshot, since it is one statement. */
export async function readLevelsPage(
  db: Executor,
  {
    site,
    after,
  }: { readonly site: string; readonly after: { readonly sku: string; readonly place: string } | undefined },
): Promise<LevelsPage> {
  const { rows } = await db.query<{
    version: number;
    cursors: readonly (readonly [string, number])[];
    levels: readonly (readonly [string, string, number, number, number])[];
  }>({
    name: "ledger-read-levels-page",
    text: `with asked as (select id, version from site where code = $1),
      page as (
        select item.sku, place.code, on_hand, reserved, blocked
        from stock join item on item.id = stock.item_id join place on place.id = stock.place_id
        where stock.site_id = (select id from asked) and (item.sku, place.code) > ($2, $3)
        order by item.sku, place.code limit $4
      ),
      newest as (
        select id, code, cursor_seq from epoch where site_id = (select id from asked) and code <> $6 order by id desc limit $5
      )
      select coalesce((select version from asked), 0) as version,
        (select coalesce(json_agg(json_build_array(code, cursor_seq) order by id), '[]') from newest) as cursors,
        (select coalesce(json_agg(json_build_array(sku, code, on_hand, reserved, blocked) order by sku, code), '[]')
          from page) as levels`,
    values: [site, after?.sku ?? "", after?.place ?? "", limits.pageRowsMax + 1, snapshotEpochsMax, centralEpoch],
  });
  const row = rows[0];
  const levels = row?.levels.map(([sku, place, onHand, reserved, blocked]) => {
    return { sku: sku as Level["sku"], place: place as Level["place"], onHand, reserved, blocked };
  });
  return {
    version: row?.version ?? 0,
    cursors: row?.cursors.map(([epoch, seq]) => ({ epoch: epoch as Cursor["epoch"], seq })) ?? [],
    levels: levels?.slice(0, limits.pageRowsMax) ?? [],
    more: (levels?.length ?? 0) > limits.pageRowsMax,
  };
}

export interface ChangedItem {
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
  readonly classKeys: string[];
  /** Those of the class keys that count as more than one unit. */
  readonly packs?: { readonly classKey: string; readonly units: number }[];
  /** Only where they are not what most items have, so that a page stays small. */
  readonly status?: "draft" | "discontinued";
  readonly tracking?: "lot" | "serial";
}

type ItemArray = readonly [
  version: number,
  sku: string,
  name: string,
  uom: string,
  codes: readonly (readonly [classKey: string, units: number])[],
  status: "draft" | "active" | "discontinued",
  tracking: "none" | "lot" | "serial",
];

/** Items changed after `since`, without families, oldest change first, and the catalogue's version that a reader of this page has reached. */
export async function readCataloguePage(
  db: Executor,
  since: number,
): Promise<{ readonly version: number; readonly more: boolean; readonly items: readonly ChangedItem[] }> {
  const { rows } = await db.query<{
    now: number;
    items: readonly ItemArray[];
  }>({
    name: "ledger-read-catalogue-page",
    text: `with page as (
        select id, catalogue_version, sku, name, uom, status, tracking from item
        where catalogue_version > $1 and variant_by is null order by catalogue_version limit $2
      )
      select (select version from catalogue) as now,
        (select coalesce(json_agg(json_build_array(catalogue_version, sku, name, uom,
            (select coalesce(json_agg(json_build_array(class_key, units) order by class_key), '[]')
              from item_code where item_id = page.id),
            status, tracking
          ) order by catalogue_version), '[]') from page) as items`,
    values: [since, limits.pageRowsMax + 1],
  });
  const { now, items } = rows[0] ?? { now: 0, items: [] };
  const page = items.slice(0, limits.pageRowsMax);
  const more = items.length > page.length;
  return {
    version: more ? (page.at(-1)?.[0] ?? since) : Math.max(now, since),
    more,
    items: page.map(changedItem),
  };
}

function changedItem([, sku, name, uom, codes, status, tracking]: ItemArray): ChangedItem {
  const packs = codes.flatMap(([classKey, units]) => (units === 1 ? [] : [{ classKey, units }]));
  return {
    sku,
    name,
    uom,
    classKeys: codes.map(([classKey]) => classKey),
    ...(packs.length === 0 ? {} : { packs }),
    ...(status === "active" ? {} : { status }),
    ...(tracking === "none" ? {} : { tracking }),
  };
}
