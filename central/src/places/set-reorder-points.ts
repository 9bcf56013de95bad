import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import { readSites } from "../db/ledger/sites.ts";
import {
  deleteReorderPoint,
  type NewReorderPoint,
  type ReorderPointRow,
  readReorderPoints,
  setReorderPoints,
} from "../db/places/reorder-points.ts";
import type { Client } from "../db/pool.ts";
import { findSite } from "../db/queries/sites.ts";
import { readNamedItems, readPlaceIds } from "../db/reservations/names.ts";
import { measure } from "./reorder.ts";

export interface GivenReorderPoint {
  readonly sku: string;
  readonly site: string;
  readonly place?: string | undefined;
  readonly quantity: number;
  readonly clear_above?: number | undefined;
  readonly order_quantity?: number | undefined;
}

/**
 * Sets reorder points, each of an item at a site or at one of its places, and looks at once whether they are below. Refuses
 * `item.unknown`, `site.unknown` and `place.unknown` before anything is set.
 */
export async function setPoints(
  client: Client,
  given: readonly GivenReorderPoint[],
  actor: string,
): Promise<Result<readonly ReorderPointRow[]>> {
  const named = await nameAll(client, given);
  if (!named.ok) return named;
  const ids = await setReorderPoints(client, named.value);
  const { nowMs } = await readEpochs(client, []);
  await measure(client, ids, nowMs);
  await recordChanges(
    client,
    given.map((point, index) => ({
      actor,
      action: "reorder_point.set",
      resource: `/v1/reorder-points/${ids[index]}`,
      siteId: named.value[index]?.siteId,
      after: point,
    })),
  );
  return ok(await readReorderPoints(client, { ids }, { after: undefined, limit: ids.length }));
}

async function nameAll(
  client: Client,
  given: readonly GivenReorderPoint[],
): Promise<Result<readonly NewReorderPoint[]>> {
  const items = new Map(await readNamedItems(client, [...new Set(given.map(({ sku }) => sku))]));
  const sites = new Map(
    (await readSites(client, [...new Set(given.map(({ site }) => site))])).map(s => [s.code, s.id]),
  );
  const codes = given.flatMap(({ place }) => (place === undefined ? [] : [place]));
  const found = await readPlaceIds(client, { siteIds: [...sites.values()], codes: [...new Set(codes)] });
  const places = new Map(found.map(([siteId, code, id]) => [`${siteId}/${code}`, id]));
  const points: NewReorderPoint[] = [];
  for (const [index, { sku, site, place, quantity, clear_above, order_quantity }] of given.entries()) {
    const at = `body.items[${index}]`;
    const [itemId, siteId] = [items.get(sku)?.id, sites.get(site)];
    if (itemId === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: `${at}.sku` });
    if (siteId === undefined) return refuse("site.unknown", `No site ${site} has been heard.`, { at: `${at}.site` });
    const placeId = place === undefined ? undefined : places.get(`${siteId}/${place}`);
    if (place !== undefined && placeId === undefined) {
      return refuse("place.unknown", `The site ${site} has no place ${place}.`, { at: `${at}.place` });
    }
    const clearAbove = clear_above ?? quantity;
    points.push({ itemId, siteId, placeId, quantity, clearAbove, orderQuantity: order_quantity });
  }
  return ok(points);
}

/** Takes a reorder point away that the caller may see and has read. */
export async function deletePoint(client: Client, point: ReorderPointRow, actor: string): Promise<void> {
  await deleteReorderPoint(client, point.id);
  const { id, sku, site, place, quantity } = point;
  const siteId = await findSite(client, site);
  const before = { sku, site, place, quantity };
  await recordChanges(client, [
    { actor, action: "reorder_point.delete", resource: `/v1/reorder-points/${id}`, siteId, before },
  ]);
}
