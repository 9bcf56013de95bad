import { insertOutbox } from "../db/events/outbox.ts";
import type { ToldException } from "../db/follow/exceptions.ts";
import type { Client } from "../db/pool.ts";
import type { Directory } from "../ingest/directory.ts";
import { newReservationId } from "../reservations/id.ts";

/** Tells other systems, in the transaction that does it, that exceptions were opened or have closed by themselves. */
export async function tellExceptions(
  client: Client,
  type: "exception.opened" | "exception.resolved",
  exceptions: readonly ToldException[],
  { directory, nowMs }: { readonly directory: Pick<Directory, "siteCode">; readonly nowMs: number },
): Promise<void> {
  await insertOutbox(
    client,
    exceptions.map(({ id, site_id, problem, key, detail }) => ({
      id: newReservationId(nowMs),
      type,
      key: `/v1/exceptions/${id}`,
      siteId: site_id ?? undefined,
      timeMs: nowMs,
      data: { id, site: site_id === null ? null : directory.siteCode(site_id), problem, key, detail },
    })),
  );
}
