import type { ProblemCode } from "@tallygate/protocol";
import { insertOutbox } from "../db/events/outbox.ts";
import { updateClosed } from "../db/exceptions/close.ts";
import { type ExceptionCase, insertExceptions, type ToldException } from "../db/exceptions/open.ts";
import type { Client } from "../db/pool.ts";
import { newReservationId as newId } from "../reservations/id.ts";

/**
 * Opens exceptions for a person, in the transaction that finds them, and tells other systems of those that are new. The one way to do so.
 * One that is live already counts up by `count`; with `isSame` it does not, since it goes on being what it was.
 *
 * @returns those that are new
 */
export async function openExceptions(
  client: Client,
  cases: readonly ExceptionCase[],
  { isSame = false }: { readonly isSame?: boolean } = {},
): Promise<readonly ToldException[]> {
  if (cases.length === 0) return [];
  const opened = await insertExceptions(client, cases, { isSame });
  await tellExceptions(client, "exception.opened", opened);
  return opened;
}

/** Closes what needs no person any more, whether it was open or ignored, and tells other systems. */
export async function closeExceptions(
  client: Client,
  problems: ProblemCode | readonly ProblemCode[],
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await tellExceptions(client, "exception.resolved", await updateClosed(client, [problems].flat(), keys));
}

/** Tells other systems, in the transaction that does it; `how` says what a person decided. */
export async function tellExceptions(
  client: Client,
  type: "exception.opened" | "exception.resolved",
  exceptions: readonly ToldException[],
  how: { readonly resolution?: string; readonly by?: string } = {},
): Promise<void> {
  await insertOutbox(
    client,
    exceptions.map(({ id, site_id, site, problem, key, detail, now_ms }) => ({
      id: newId(now_ms),
      type,
      key: `/v1/exceptions/${id}`,
      siteId: site_id ?? undefined,
      timeMs: now_ms,
      data: { id, site, problem, key, detail, ...how },
    })),
  );
}
