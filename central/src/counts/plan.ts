import { ok, type Result, refuse } from "@tallygate/protocol";
import { insertCount, readCount } from "../db/counts/counts.ts";
import { findItems } from "../db/counts/items.ts";
import { findPlaces, placesWithin } from "../db/counts/places.ts";
import { readSites } from "../db/ledger/sites.ts";
import type { Client } from "../db/pool.ts";
import { newReservationId } from "../reservations/id.ts";
import { type Asking, note, tell } from "./advance.ts";
import type { ApprovalLimits } from "./approval.ts";
import { countLimits } from "./limits.ts";
import type { Count } from "./model.ts";
import { takeWaiting } from "./observe.ts";

export interface GivenCount {
  readonly site: string;
  readonly kind: Count["kind"];
  readonly blind: boolean;
  readonly name?: string | undefined;
  readonly places?: readonly string[] | undefined;
  readonly zones?: readonly string[] | undefined;
  readonly skus?: readonly string[] | undefined;
  readonly limits: ApprovalLimits;
  readonly observedSinceMs?: number | undefined;
}

/**
 * Plans a count. Refuses `site.unknown`, `place.unknown`, `item.unknown` and `count.empty`, and `request.invalid` for more places than
 * one count may have.
 */
export async function planCount(
  client: Client,
  given: GivenCount,
  { actor, nowMs, allow }: Asking,
): Promise<Result<Count>> {
  allow(given.site);
  const [site] = await readSites(client, [given.site]);
  if (site === undefined) return refuse("site.unknown", `No site ${given.site} has been heard.`, { at: "body.site" });
  const places = await findPlacesOf(client, site.id, given);
  if (!places.ok) return places;
  const items = await findItemsOf(client, given.skus);
  if (!items.ok) return items;
  const id = newReservationId(nowMs);
  const { kind, blind, name, limits } = given;
  const [placeIds, itemIds] = [places.value, items.value];
  await insertCount(client, {
    id,
    siteId: site.id,
    kind,
    blind,
    name,
    limits,
    createdBy: actor,
    nowMs,
    placeIds,
    itemIds,
  });
  const count = await readCount(client, id);
  if (count === undefined) throw new Error(`the count ${id} was not written`);
  await tell(client, count, { type: "count.planned", nowMs, data: { actor, places: placeIds.length } });
  await note(client, count, { actor, action: "count.plan", after: given });
  const sinceMs = given.observedSinceMs;
  return sinceMs === undefined ? ok(count) : takeWaiting(client, count, { sinceMs, actor, nowMs });
}

async function findPlacesOf(client: Client, siteId: number, given: GivenCount): Promise<Result<readonly number[]>> {
  const { places = [], zones = [] } = given;
  const found = await findPlaces(client, siteId, [...places, ...zones]);
  for (const [field, codes] of Object.entries({ places, zones })) {
    const index = codes.findIndex(code => found.get(code)?.outside !== false);
    if (index < 0) continue;
    return refuse("place.unknown", `The site ${given.site} has no place ${codes[index]}.`, {
      at: `body.${field}[${index}]`,
    });
  }
  const idsOf = (codes: readonly string[]) => codes.flatMap(code => found.get(code)?.id ?? []);
  const limit = countLimits.placesMax + 1;
  const everywhere = places.length + zones.length === 0;
  const roots = everywhere ? undefined : idsOf(zones);
  const within = roots?.length === 0 ? [] : await placesWithin(client, siteId, { roots, limit });
  const ids = [...new Set([...idsOf(places), ...within])].sort((a, b) => a - b);
  if (ids.length === 0) return refuse("count.empty", `The site ${given.site} has no places yet.`, { at: "body.site" });
  if (ids.length < limit) return ok(ids);
  return refuse("request.invalid", `A count has ${countLimits.placesMax} places at most: plan one for each zone.`);
}

async function findItemsOf(
  client: Client,
  skus: readonly string[] | undefined,
): Promise<Result<readonly number[] | undefined>> {
  if (skus === undefined) return ok(undefined);
  const found = await findItems(client, skus);
  const index = skus.findIndex(sku => !found.has(sku));
  if (index >= 0) return refuse("item.unknown", `There is no item ${skus[index]}.`, { at: `body.skus[${index}]` });
  return ok([...new Set([...found.values()].map(({ id }) => id))]);
}
