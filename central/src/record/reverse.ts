import { ok, type Result, refuse } from "@tallygate/protocol";
import type { ReversibleRow } from "../db/record/reversals.ts";
import type { CentralMovement } from "./record-movements.ts";

/** The exact opposite of a movement, or why there is none. What happened since is not looked at here. */
export function oppositeOf(
  name: { readonly site: string; readonly epoch: string; readonly seq: number },
  row: ReversibleRow | undefined,
): Result<Omit<CentralMovement, "cause" | "eventTimeMs">> {
  const { site, epoch, seq } = name;
  const id = `${site}/${epoch}/${seq}`;
  if (row === undefined) {
    return refuse("movement.unknown", `The ledger has no movement ${id}.`, { at: "reverses" });
  }
  if (row.held) return not(`${id} is held and was never posted; mend or ignore its exception.`);
  if (row.lines === 0) return not(`${id} changed no stock, so there is nothing to take back.`);
  const { from, to, code, quantity, biz_step: bizStep } = row;
  if (from === null || to === null) {
    return not(`${id} came late, and was put between what was known; record where the thing is now.`);
  }
  if (row.from_site !== site || row.to_site !== site) {
    return not(`${id} took the thing from ${row.from_site}/${from}; record at ${row.from_site} that it is there.`);
  }
  return ok({ site, code, quantity, bizStep, from: to, to: from, reverses: { epoch, seq } });
}

function not(detail: string) {
  return refuse("movement.not_reversible", detail, { at: "reverses" });
}
