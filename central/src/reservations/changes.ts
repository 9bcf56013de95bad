import type { Result } from "@tallygate/protocol";
import type { Change } from "../db/audit/changes.ts";
import type { Directory } from "../ingest/directory.ts";
import type { Ask } from "./ask.ts";
import { type Hold, type Reservation, remaining } from "./model.ts";

/** What was decided of an ask; undefined where it never came to that. */
export interface DecidedAsk {
  readonly ask: Ask;
  readonly result: Result<Reservation> | undefined;
}

/** Who did what, of the asks that somebody asked and that were granted. `before` has the reservations as they were locked. */
export function changesOf(
  decided: readonly DecidedAsk[],
  { before, directory }: { readonly before: ReadonlyMap<string, Reservation>; readonly directory: Directory },
): readonly Change[] {
  return decided.flatMap(({ ask, result }) => {
    if (ask.actor === undefined || result?.ok !== true) return [];
    const now = result.value;
    const old = before.get(now.id);
    const change = {
      actor: ask.actor,
      action: `reservation.${ask.kind}`,
      resource: `/v1/reservations/${now.id}`,
      siteId: onlySiteOf(now.holds),
      after: shown(now, directory),
    };
    return [old === undefined ? change : { ...change, before: shown(old, directory) }];
  });
}

/** One that holds at several sites is for who may see them all. */
function onlySiteOf(holds: readonly Hold[]): number | undefined {
  const [first, ...more] = new Set(holds.map(hold => hold.siteId));
  return more.length === 0 ? first : undefined;
}

function shown({ state, reference, holds }: Reservation, directory: Directory) {
  return {
    state,
    reference,
    holds: holds.map(hold => {
      const { siteId, code: place } = directory.place(hold.placeId);
      const { quantity, fulfilled, released } = hold;
      const names = { sku: directory.sku(hold.itemId), site: directory.siteCode(siteId), place };
      return { ...names, quantity, held: remaining(hold), fulfilled, released };
    }),
  };
}
