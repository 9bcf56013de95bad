import type { ExceptionCase } from "../db/exceptions/open.ts";
import type { Executor } from "../db/pool.ts";
import type { Directory } from "../ingest/directory.ts";
import type { BoundList, DocumentLine, End, Misfit, Moved } from "./model.ts";

/** What is for a person, in words: one exception for what is the same thing, counted as often as it came. */
export async function exceptionsOf(
  db: Executor,
  misfits: readonly Misfit[],
  directory: Directory,
): Promise<readonly ExceptionCase[]> {
  if (misfits.length === 0) return [];
  await directory.ensureSitesById(db, new Set(misfits.map(({ moved }) => moved.siteId)));
  await directory.ensureSkus(db, new Set(misfits.map(({ moved }) => moved.itemId)));
  await directory.ensurePlaces(db, new Set(misfits.flatMap(({ moved }) => [moved.from.placeId, moved.to.placeId])));
  const raised = new Map<string, ExceptionCase>();
  for (const misfit of misfits) {
    const one = raisedOf(misfit, directory);
    const name = `${one.siteId} ${one.problem} ${one.key}`;
    raised.set(name, { ...one, count: (raised.get(name)?.count ?? 0) + 1 });
  }
  return [...raised.values()];
}

function raisedOf(misfit: Misfit, directory: Directory): ExceptionCase {
  const { problem, moved, line, list } = misfit;
  const { siteId } = moved;
  const sku = directory.sku(moved.itemId);
  const what = `${misfit.quantity} of ${sku} went ${wayOf(moved, directory)} at ${moved.readPoint}, at ${new Date(moved.eventTimeMs).toISOString()}`;
  switch (problem) {
    case "document.over":
      return { siteId, problem, ...over(sku, what, line), count: 1 };
    case "document.unexpected":
      return { siteId, problem, ...unexpected(sku, what, list), count: 1 };
    case "document.none":
      return {
        siteId,
        problem,
        key: noneKey(sku, moved),
        detail: `${what}, and no open document of the site awaits them. Enter the document that they belong to, or record where they went.`,
        count: 1,
      };
  }
}

/** What goods that no document awaits are counted by. */
export function noneKey(sku: string, { from, to }: Moved): string {
  return `${sku} ${nameOf(from)} ${nameOf(to)}`;
}

/** The list at which something passed that is none of its lines, of an exception's key. */
export function listOfUnexpected(key: string): string {
  return key.slice(0, key.indexOf(" "));
}

function over(sku: string, what: string, line: DocumentLine | undefined) {
  const document = line === undefined ? "a document" : `the ${line.kind} ${line.number}`;
  const wanted = line === undefined ? "" : `, which wants ${line.quantity} in line ${line.line}`;
  return {
    key: line === undefined ? sku : `${line.kind} ${line.number} ${sku}`,
    detail: `${what}, beyond what is wanted by ${document}${wanted}. Count the goods, and change the document or undo the movement.`,
  };
}

function unexpected(sku: string, what: string, list: BoundList | undefined) {
  return {
    key: `${list?.id ?? ""} ${sku}`,
    detail: `${what}, and no line of the list that was open there names them. Take them back, or change the document.`,
  };
}

function wayOf({ from, to }: Moved, directory: Directory): string {
  const name = (end: End) =>
    `${directory.siteCode(directory.place(end.placeId).siteId)}/${directory.place(end.placeId).code}`;
  return `from ${name(from)} to ${name(to)}`;
}

/** Places are many and change nothing about what is missing; which outside it was does. */
function nameOf({ outside }: End): string {
  return outside ?? "site";
}
