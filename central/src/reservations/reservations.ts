import type { Result } from "@tallygate/protocol";
import type { Logger } from "pino";
import type { CentralMetrics } from "../api/metrics.ts";
import type { Pool } from "../db/pool.ts";
import { purgeReservationAnswers } from "../db/reservations/answers.ts";
import { listReservations, type ReservationFilter } from "../db/reservations/list.ts";
import { readNowMs, readReservations } from "../db/reservations/reservations.ts";
import type { DocumentDraft } from "../documents/draft.ts";
import { documentAttachment } from "../documents/place.ts";
import { Directory } from "../ingest/directory.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { Repeat } from "../repeat.ts";
import { type DraftJob, GroupCommit, type Job } from "./group-commit.ts";
import { reservationLimits } from "./limits.ts";
import type { Reservation } from "./model.ts";
import { Names } from "./names.ts";
import { sweep } from "./sweep.ts";
import { tellSites } from "./tell.ts";
import { type ReservationView, viewOf } from "./view.ts";

export interface ReservationsOptions {
  readonly pool: Pool;
  readonly publish: (commits: readonly SiteCommit[]) => void;
  /** Told at once of what more or less is reserved of, long before the sites are. */
  readonly touched?: (skus: readonly string[]) => void;
  readonly metrics: Pick<CentralMetrics, "reservations" | "reservationGroup">;
  readonly log: Pick<Logger, "warn">;
}

/** Promises of stock, as one process makes them; any number of processes may. */
export interface Reservations extends AsyncDisposable {
  /** Decides a request with all others that wait; resolves when its answer is committed. */
  submit(job: Job | DraftJob<DocumentDraft>): Promise<Result<unknown>>;
  /** What is reserved has changed by others than requests: sites are to be told. */
  changed(): void;
  get(id: string): Promise<ReservationView | undefined>;
  /** The newest first. */
  list(
    filter: ReservationFilter,
    page: { readonly before: string | undefined; readonly limit: number },
  ): Promise<readonly ReservationView[]>;
}

/** Opens the group commit, what ends and forgets what is past its time, and what tells the sites. */
export function openReservations({ pool, publish, touched, metrics, log }: ReservationsOptions): Reservations {
  const directory = new Directory();
  const teller = new Repeat({
    pass: () => tellSites({ pool, publish, directory }),
    everyMs: reservationLimits.tellLeftEveryMs,
    restMs: reservationLimits.tellEveryMs,
    failing: "sites were not told what is reserved; it is tried again",
    log,
  });
  const names = new Names();
  const sweeper = new Repeat({
    pass: async () => {
      const ended = (await sweep(pool, names)) ?? 0;
      metrics.reservations.inc({ outcome: "expired" }, ended);
      if (ended > 0) teller.wake();
      return ended === reservationLimits.sweepMax;
    },
    everyMs: reservationLimits.sweepEveryMs,
    failing: "reservations past their time were not ended; it is tried again",
    log,
  });
  const purger = new Repeat({
    pass: async () => {
      const { keptMs, purgeMax } = reservationLimits;
      return (await purgeReservationAnswers(pool, keptMs, purgeMax)) === purgeMax;
    },
    everyMs: reservationLimits.purgeEveryMs,
    failing: "answers past their time were not forgotten; it is tried again",
    log,
  });
  const group = new GroupCommit({
    pool,
    attachment: documentAttachment,
    committed: ({ results, carried, skus }) => {
      if (results.length > 0) metrics.reservationGroup.observe(results.length);
      for (const [outcome, count] of outcomesOf(results)) metrics.reservations.inc({ outcome }, count);
      if (skus.length > 0) touched?.(skus);
      if (carried.decided.stock.length > 0) teller.wake();
    },
  });
  const views = async (ids: readonly string[]) => {
    const nowMs = await readNowMs(pool);
    const found = await readReservations(pool, ids);
    const holds = [...found.values()].flatMap(reservation => reservation.holds);
    await directory.ensurePlaces(
      pool,
      holds.map(hold => hold.placeId),
    );
    await directory.ensureSkus(
      pool,
      holds.map(hold => hold.itemId),
    );
    return ids.flatMap(id => {
      const reservation = found.get(id);
      return reservation === undefined ? [] : [viewOf(reservation, directory, nowMs)];
    });
  };
  return {
    submit: job => group.submit(job),
    changed: () => teller.wake(),
    get: async id => (await views([id]))[0],
    list: async (filter, page) => views(await listReservations(pool, filter, page)),
    async [Symbol.asyncDispose]() {
      for (const part of [group, sweeper, purger, teller]) await part[Symbol.asyncDispose]();
    },
  };
}

function outcomesOf(results: readonly Result<Reservation>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) {
    const outcome = result.ok ? result.value.state : "refused";
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}
