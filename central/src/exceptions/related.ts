import type { ExceptionRow } from "../db/exceptions/read.ts";
import { readHoldersAt } from "../db/exceptions/related.ts";
import type { Executor } from "../db/pool.ts";
import { listOfUnexpected } from "../follow/misfits.ts";
import { exceptionLimits } from "./limits.ts";

/** The addresses of what an exception is about, as far as its key says. */
export async function relatedTo(db: Executor, { problem, key, site }: ExceptionRow): Promise<readonly string[]> {
  if (problem === "count.approval") return [key];
  if (problem.startsWith("webhook.")) return [`/v1/webhooks/${key}`];
  if (problem === "count.observation_late") return [`/v1/counts/${key.slice(0, key.indexOf("/"))}`];
  if (problem === "movement.code_unknown" || problem === "movement.meaningless") {
    const query = new URLSearchParams({ code: key, state: "held", ...(site !== null && { site }) });
    return [`/v1/movements?${query}`];
  }
  if (problem === "document.none" || problem === "document.unexpected") return unmatched({ problem, key, site });
  if (problem !== "stock.shortage" || site === null) return [];
  const level = readKey(key);
  if (level === undefined) return [];
  const holders = await readHoldersAt(db, { ...level, site }, exceptionLimits.relatedMax);
  return [`/v1/stock/${encodeURIComponent(level.sku)}`, ...holders.map(id => `/v1/reservations/${id}`)];
}

/** The movements of the item, among which are those that have no document, and the list that was open there. */
function unmatched({ problem, key, site }: Pick<ExceptionRow, "problem" | "key" | "site">): readonly string[] {
  const isListed = problem === "document.unexpected";
  const sku = isListed ? key.slice(key.indexOf(" ") + 1) : key.replace(/ \S+ \S+$/, "");
  const query = new URLSearchParams({ sku, ...(site !== null && { site }) });
  const movements = `/v1/movements?${query}`;
  return isListed ? [movements, `/v1/lists/${listOfUnexpected(key)}`] : [movements];
}

/** The other way round of `shortageKey`. Neither a site nor a place has a space or a slash in it. */
function readKey(key: string): { readonly sku: string; readonly place: string } | undefined {
  const [, sku, place] = /^(.*) [^ /]+\/([^ /]+)$/.exec(key) ?? [];
  return sku === undefined || place === undefined ? undefined : { sku, place };
}
