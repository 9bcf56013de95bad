import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import {
  type Content,
  deleteContents,
  lockUnits,
  putContents,
  readThingsAt,
  type Unit,
  writeUnits,
} from "../db/follow/units.ts";
import { readMeanings } from "../db/ledger/catalogue.ts";
import type { Client } from "../db/pool.ts";
import { readUnitCodes } from "../db/record/items.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import { Directory } from "../ingest/directory.ts";
import type { AskedGoods } from "../record/ask.ts";
import { codeOf } from "../record/codes.ts";
import { thingOf } from "../stock/thing.ts";
import { followLimits } from "./limits.ts";

/** Goods to put into a unit or to take out of it. */
export type PackedGoods = AskedGoods & { readonly quantity: number };

export interface PackingAsk {
  readonly code: string;
  readonly contents: readonly PackedGoods[];
  readonly actor: string;
}

/**
 * Says what is in a logistic unit, in the caller's transaction: from now on it goes where the unit goes. Nothing moves by that, and
 * nothing is refused for what the ledger believes: what is packed was seen by whoever packs it. A thing is in one unit at most.
 *
 * Refuses `site.unknown`, `place.unknown`, `item.unknown`, `movement.code_unknown` and codes that are none.
 */
export async function pack(
  client: Client,
  { code, site, place, contents, actor }: PackingAsk & { readonly site: string; readonly place: string },
): Promise<Result<Unit>> {
  const directory = new Directory();
  await directory.look(client, [{ site, code: place }]);
  if (!directory.hasSite(site)) return refuse("site.unknown", `No site ${site} has been heard.`, { at: "body.site" });
  const siteId = directory.siteId(site);
  if (!directory.hasAccount(siteId, place) || directory.account(siteId, place).outside) {
    return refuse("place.unknown", `The site ${site} has no place ${place}.`, { at: "body.place" });
  }
  const put = await contentsOf(client, contents);
  if (!put.ok) return put;
  const before = (await lockUnits(client, [code])).get(code);
  if ((before?.contents.length ?? 0) + put.value.length > followLimits.contentsMax) {
    const detail = `A unit holds ${followLimits.contentsMax} different things at most.`;
    return refuse("unit.contents", detail, { at: "body.contents" });
  }
  const nowMs = await readNowMs(client);
  // A unit that gates see is where they say; one that they have not seen yet is where it is packed, since ever.
  const known = (await readThingsAt(client, [code])).get(code);
  await writeUnits(client, [
    {
      code,
      siteId,
      placeId: directory.account(siteId, place).id,
      seenMs: before?.seenMs ?? known?.seenMs ?? nowMs,
      documentId: before?.documentId,
    },
  ]);
  await putContents(
    client,
    put.value.map(content => ({ ...content, unitCode: code })),
  );
  return written(client, { action: "unit.pack", actor, before, code, siteId });
}

/** Takes goods out of a unit, or all of them; they stay where they are. Refuses `unit.unknown` and `unit.contents`. */
export async function unpack(
  client: Client,
  { code, contents, actor }: Omit<PackingAsk, "contents"> & { readonly contents: readonly PackedGoods[] | undefined },
): Promise<Result<Unit>> {
  const before = (await lockUnits(client, [code])).get(code);
  if (before === undefined) return unknownUnit(code);
  const taken = contents === undefined ? ok(before.contents.map(nameOf)) : await contentsOf(client, contents);
  if (!taken.ok) return taken;
  const left = new Map(before.contents.map(content => [content.code, content]));
  for (const [index, { code: what, quantity }] of taken.value.entries()) {
    const there = left.get(what);
    if (there === undefined || there.quantity < quantity) {
      const detail = `${quantity} of ${what} are to leave the unit, which has ${there?.quantity ?? 0}.`;
      return refuse("unit.contents", detail, { at: `body.contents[${index}].quantity` });
    }
    left.set(what, { ...there, quantity: there.quantity - quantity });
  }
  const touched = new Set(taken.value.map(({ code: what }) => what));
  const unitCode = code;
  await deleteContents(
    client,
    [...touched].map(what => ({ unitCode, code: what })),
  );
  await putContents(
    client,
    [...left.values()]
      .map(nameOf)
      .filter(content => touched.has(content.code) && content.quantity > 0)
      .map(content => ({ ...content, unitCode })),
  );
  await writeUnits(client, [before]);
  return written(client, { action: "unit.unpack", actor, before, code, siteId: before.siteId });
}

export function unknownUnit(code: string) {
  return refuse("unit.unknown", `What is in ${code} is not known: no notice announced it, and nobody packed it.`, {
    at: "path.sscc",
  });
}

type Named = Content & { readonly code: string };

function nameOf(content: Content): Named {
  return { ...content, code: content.code ?? "" };
}

/** Goods as contents: the code that they move under, and its item. */
async function contentsOf(client: Client, goods: readonly PackedGoods[]): Promise<Result<readonly Named[]>> {
  const unitCodes = await readUnitCodes(
    client,
    goods.flatMap(({ sku }) => sku ?? []),
  );
  const contents: Named[] = [];
  const codes: string[] = [];
  for (const [index, each] of goods.entries()) {
    const code = codeOf(each, sku => unitCodes.get(sku));
    const at = `body.contents[${index}]`;
    if (!code.ok) return { ok: false, problem: { ...code.problem, at: `${at}.${code.problem.at ?? "code"}` } };
    codes.push(code.value);
  }
  const meanings = await readMeanings(client, [...new Set(codes.map(code => thingOf(code).classKey))]);
  for (const [index, code] of codes.entries()) {
    const { kind, classKey } = thingOf(code);
    const meaning = meanings.get(classKey);
    const quantity = goods[index]?.quantity ?? 0;
    const at = `body.contents[${index}]`;
    if (meaning === undefined) return refuse("movement.code_unknown", `No item has the code ${classKey}.`, { at });
    if (kind === "instance" && quantity !== 1) {
      const detail = `${code} is one thing; its quantity is 1.`;
      return refuse("movement.meaningless", detail, { at: `${at}.quantity` });
    }
    const serialised = kind === "instance";
    contents.push({ itemId: meaning.itemId, code, serialised, quantity, documentId: undefined, line: undefined });
  }
  return ok(contents);
}

async function written(
  client: Client,
  change: {
    readonly action: string;
    readonly actor: string;
    readonly before: Unit | undefined;
    readonly code: string;
    readonly siteId: number;
  },
): Promise<Result<Unit>> {
  const { action, actor, before, code, siteId } = change;
  const after = (await lockUnits(client, [code])).get(code);
  if (after === undefined) throw new Error(`the unit ${code} was not written`);
  const resource = `/v1/units/${code.replace("(00)", "")}`;
  await recordChanges(client, [{ actor, action, resource, siteId, before: before?.contents, after: after.contents }]);
  return ok(after);
}
