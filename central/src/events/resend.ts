import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import { deleteRefused, lockRefused, type RefusedRow } from "../db/events/refused.ts";
import type { Client } from "../db/pool.ts";
import { closeExceptions } from "../exceptions/open.ts";
import { judge } from "./judge.ts";

/**
 * Has an event told that was refused, if it fits the contract as this release has it. It keeps its id and its time, and gets the next number
 * like one that happens now. With the last of its type the exception closes. `mayHave` says whether the caller may touch it.
 */
export async function resendRefused(
  client: Client,
  id: number,
  { actor, mayHave }: { readonly actor: string; readonly mayHave: (row: RefusedRow) => boolean },
): Promise<Result<RefusedRow>> {
  const row = await lockRefused(client, id);
  if (row === undefined || !mayHave(row)) {
    return refuse("event.unknown", `There is no refused event ${id}.`, { at: "path.id" });
  }
  const { event_id, type, key, site_id, time_ms } = row;
  const judged = judge(row);
  if (!judged.fits) {
    const detail = `The event still does not fit the contract of ${type}: ${judged.why}`;
    return refuse("event.refused", detail, { at: "path.id" });
  }
  const isLeft = await deleteRefused(client, row);
  const data: object = JSON.parse(judged.data);
  await insertOutbox(client, [{ id: event_id, type, key, siteId: site_id ?? undefined, timeMs: time_ms, data }]);
  if (!isLeft) await closeExceptions(client, "event.refused", [type]);
  const resource = `/v1/events/refused/${id}`;
  const before = { id: event_id, type, subject: key };
  await recordChanges(client, [{ actor, action: "event.resend", resource, siteId: site_id ?? undefined, before }]);
  return ok(row);
}
