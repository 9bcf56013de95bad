import { recordChanges } from "../db/audit/changes.ts";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import { type LotExpiry, learnLotExpiry, readLotExpiry } from "../db/places/lots.ts";
import type { Client } from "../db/pool.ts";
import type { Books, Recorded } from "../stock/model.ts";
import { lotOf } from "../stock/thing.ts";
import type { Directory } from "./directory.ts";

/** What a label says of a lot, and at which site it was read first. */
interface Said extends LotExpiry {
  readonly siteId: number;
}

/**
 * Takes from the labels of what moved when their lots end, where nothing is known of it yet. What is known stays: which day is right is for
 * a person, who is told where a label has another one. Nearly no movement says anything of it, and then this asks the database nothing.
 */
export async function learnFromLabels(
  client: Client,
  movements: readonly Recorded[],
  { books, directory }: { readonly books: Pick<Books, "meaning">; readonly directory: Directory },
): Promise<readonly ExceptionCase[]> {
  const said = saidOf(movements, books);
  if (said.length === 0) return [];
  const before = byLot(await readLotExpiry(client, said));
  const news = firstOf(said.filter(each => !before.has(lotKey(each))));
  const learnt = news.size === 0 ? [] : await learnLotExpiry(client, [...news.values()]);
  const known = new Map([...before, ...byLot(learnt)]);
  await directory.ensureSkus(client, new Set(said.map(({ itemId }) => itemId)));
  const resourceOf = ({ itemId, lot }: LotExpiry) =>
    `/v1/lots/${encodeURIComponent(directory.sku(itemId))}/${encodeURIComponent(lot)}`;
  await recordChanges(
    client,
    learnt
      .filter(({ isNew }) => isNew)
      .map(each => ({
        actor: "central",
        action: "lot.set",
        resource: resourceOf(each),
        siteId: news.get(lotKey(each))?.siteId,
        after: { expires_on: each.expiresOn, said_by: "label" },
      })),
  );
  return contradictions(said, known, directory);
}

/** Each pair of a lot and a day once, in the order in which they moved. What no item has is not known to be a lot of anything. */
function saidOf(movements: readonly Recorded[], books: Pick<Books, "meaning">): readonly Said[] {
  const said = new Map<string, Said>();
  for (const { movement, thing, siteId } of movements) {
    const { expiresOn } = movement;
    if (expiresOn === undefined) continue;
    const lot = thing.kind === "class" ? lotOf(movement.code) : movement.lot;
    const itemId = books.meaning(thing.classKey)?.itemId;
    if (lot === undefined || itemId === undefined) continue;
    const one = { itemId, lot, expiresOn, siteId };
    const key = `${expiresOn} ${siteId} ${lotKey(one)}`;
    if (!said.has(key)) said.set(key, one);
  }
  return [...said.values()];
}

/** Of labels that contradict each other, the first is believed. */
function firstOf(said: readonly Said[]): ReadonlyMap<string, Said> {
  return new Map(said.map(each => [lotKey(each), each] as const).toReversed());
}

function contradictions(
  said: readonly Said[],
  known: ReadonlyMap<string, LotExpiry>,
  directory: Directory,
): readonly ExceptionCase[] {
  const cases = new Map<string, ExceptionCase>();
  for (const each of said) {
    const { lot, expiresOn, siteId } = each;
    const right = known.get(lotKey(each))?.expiresOn;
    if (right === undefined || right === expiresOn) continue;
    const sku = directory.sku(each.itemId);
    const detail = `A label says that the lot ${lot} of ${sku} ends on ${expiresOn}; it is known to end on ${right}, and that stays. Correct it with PUT /v1/lots, or take the goods aside.`;
    cases.set(`${siteId} ${lotKey(each)}`, { siteId, problem: "lot.expiry", key: `${sku} ${lot}`, detail, count: 1 });
  }
  return [...cases.values()];
}

function byLot(lots: readonly LotExpiry[]): ReadonlyMap<string, LotExpiry> {
  return new Map(lots.map(each => [lotKey(each), each]));
}

function lotKey({ itemId, lot }: Pick<LotExpiry, "itemId" | "lot">): string {
  return `${itemId} ${lot}`;
}
