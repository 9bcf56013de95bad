import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import type { DocumentItem } from "../db/documents/items.ts";
import { type LotExpiry, learnLotExpiry } from "../db/places/lots.ts";
import type { Client } from "../db/pool.ts";
import type { Announcement } from "./announce.ts";
import type { Contents } from "./contents.ts";

/**
 * Takes from a notice when its lots expire, where nothing is known of it yet. Refuses `lot.expiry` where another day is known, or where the
 * notice contradicts itself: which day is right is for a person, and until then nothing is changed.
 */
export async function learnExpiry(
  client: Client,
  { lines, units, actor }: Announcement,
  items: ReadonlyMap<string, DocumentItem>,
): Promise<Result<undefined>> {
  const said = saidOf([
    ...lines.map((contents, index) => ({ contents, at: `lines[${index}]` })),
    ...units.flatMap(({ contents }, unit) =>
      contents.map((each, index) => ({ contents: each, at: `units[${unit}].contents[${index}]` })),
    ),
  ]);
  if (!said.ok) return said;
  if (said.value.length === 0) return ok(undefined);
  const lots = said.value.map(({ sku, lot, expiresOn }): LotExpiry => {
    return { itemId: items.get(sku)?.id ?? 0, lot, expiresOn };
  });
  const known = await learnLotExpiry(client, lots);
  const changes = [];
  for (const { sku, lot, expiresOn, at } of said.value) {
    const now = known.find(each => each.itemId === items.get(sku)?.id && each.lot === lot);
    if (now?.expiresOn !== expiresOn) return contradiction({ sku, lot, at }, `is known to expire on ${now?.expiresOn}`);
    const resource = `/v1/lots/${encodeURIComponent(sku)}/${encodeURIComponent(lot)}`;
    if (now.isNew) changes.push({ actor, action: "lot.set", resource, after: { expires_on: expiresOn } });
  }
  await recordChanges(client, changes);
  return ok(undefined);
}

interface Said {
  readonly sku: string;
  readonly lot: string;
  readonly expiresOn: string;
  readonly at: string;
}

/** What the notice says of each lot, once. Pure. */
function saidOf(all: readonly { readonly contents: Contents; readonly at: string }[]): Result<readonly Said[]> {
  const said = new Map<string, Said>();
  for (const { contents, at } of all) {
    const { sku, lot, expiresOn } = contents;
    if (lot === undefined || expiresOn === undefined) continue;
    const key = JSON.stringify([sku, lot]);
    const first = said.get(key);
    if (first === undefined) said.set(key, { sku, lot, expiresOn, at });
    else if (first.expiresOn !== expiresOn) {
      return contradiction({ sku, lot, at }, `expires on ${first.expiresOn} as ${first.at} says`);
    }
  }
  return ok([...said.values()]);
}

function contradiction({ sku, lot, at }: Pick<Said, "sku" | "lot" | "at">, what: string) {
  const detail = `The lot ${lot} of ${sku} ${what}; correct the notice, or the lot with PUT /v1/lots.`;
  return refuse("lot.expiry", detail, { at: `${at}.expires_on` });
}
