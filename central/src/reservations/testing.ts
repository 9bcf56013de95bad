import { createMetrics } from "@tallygate/kit";
import type { Result } from "@tallygate/protocol";
import { createCentralMetrics } from "../api/metrics.ts";
import type { Pool } from "../db/pool.ts";
import { log } from "../ingest/testing-ledger.ts";
import type { Ask, AskedLine, AskToEnd, AskToReserve } from "./ask.ts";
import type { Job } from "./group-commit.ts";
import { newReservationId } from "./id.ts";
import { openReservations, type Reservations } from "./reservations.ts";
import type { ReservationView } from "./view.ts";

/** Reservations of one process over a test's database; what sites would be told goes nowhere. */
export function openTestReservations(pool: Pool): Reservations {
  return openReservations({ pool, publish: () => undefined, metrics: createCentralMetrics(createMetrics()), log });
}

/** An ask to reserve, as far as it differs from the usual. */
export function toReserve(
  lines: readonly AskedLine[],
  { policy = "one_place", sites = [] }: Partial<Pick<AskToReserve, "policy" | "sites">> = {},
): AskToReserve {
  return { kind: "reserve", id: newReservationId(), policy, expiresInMs: 3_600_000, lines, sites };
}

export function toEnd(kind: AskToEnd["kind"], id: string, lines?: readonly AskedLine[]): AskToEnd {
  return { kind, id, lines };
}

/** Asks for one thing and gives its result. */
export async function ask(
  reservations: Pick<Reservations, "submit">,
  asked: Ask,
  key?: Job["key"],
): Promise<Result<ReservationView>> {
  const answer: Job["answer"] = ([result]) => {
    if (result === undefined) throw new Error("there is no result");
    return result;
  };
  return (await reservations.submit({ asks: [asked], key, answer })) as Result<ReservationView>;
}

/** What must hold of reservations whatever happened. Each row is a fault; none is right. */
export const reservedFaults = `
  with held as (
    select item_id, place_id, sum(quantity - fulfilled - released) as reserved
    from reservation_hold join reservation on reservation.id = reservation_id where state = 'held' group by 1, 2
  )
  select item_id, place_id, stock.reserved, held.reserved as held from stock full join held using (item_id, place_id)
  where coalesce(stock.reserved, 0) <> coalesce(held.reserved, 0)`;
