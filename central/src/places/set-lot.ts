import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { findItem } from "../db/audit/why.ts";
import { type LotFields, type LotStatus, lockAllSites, lockLot, writeLot } from "../db/places/lots.ts";
import type { Client } from "../db/pool.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { tellBlocked } from "./tell-blocked.ts";

/** What is given of a lot; what is absent stays as it is, and null is not known. */
export interface GivenLot {
  readonly sku: string;
  readonly lot: string;
  readonly expires_on?: string | null | undefined;
  readonly best_before_on?: string | null | undefined;
  readonly manufactured_on?: string | null | undefined;
  readonly status?: LotStatus | undefined;
}

const unknownLot: LotFields = { expiresOn: null, bestBeforeOn: null, manufacturedOn: null, status: "available" };

/**
 * Writes down what is known of a lot, also before anything of it has come. Of a blocked lot all that is on hand is blocked, at every site,
 * from the commit on. Refuses `item.unknown`. Publish what this gives after the commit.
 */
export async function setLot(client: Client, given: GivenLot, actor: string): Promise<Result<readonly SiteCommit[]>> {
  const { sku, lot } = given;
  const item = await findItem(client, sku);
  if (item === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: "path.sku" });
  // Before the lot: whoever moves some of it has a site, and asks then whether the lot is blocked.
  if (given.status !== undefined) await lockAllSites(client);
  const before = await lockLot(client, item.id, lot);
  const known = before ?? unknownLot;
  const after: LotFields = {
    expiresOn: given.expires_on === undefined ? known.expiresOn : given.expires_on,
    bestBeforeOn: given.best_before_on === undefined ? known.bestBeforeOn : given.best_before_on,
    manufacturedOn: given.manufactured_on === undefined ? known.manufacturedOn : given.manufactured_on,
    status: given.status ?? known.status,
  };
  await writeLot(client, { itemId: item.id, lot, ...after });
  const resource = `/v1/lots/${encodeURIComponent(sku)}/${encodeURIComponent(lot)}`;
  await recordChanges(client, [
    { actor, action: "lot.set", resource, before: before && told(before), after: told(after) },
  ]);
  return ok(after.status === known.status ? [] : await tellBlocked(client, { itemId: item.id }));
}

function told({ expiresOn, bestBeforeOn, manufacturedOn, status }: LotFields) {
  return { expires_on: expiresOn, best_before_on: bestBeforeOn, manufactured_on: manufacturedOn, status };
}
