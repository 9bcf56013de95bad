import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What the follower counts; names and labels are part of the interface. */
export interface FollowMetrics {
  readonly leading: Gauge;
  /** From the record of a pass's last movement to the commit that has followed it. */
  readonly lag: Histogram;
  readonly passes: Counter;
  readonly movements: Counter;
  readonly matches: Counter<"why">;
  readonly misfits: Counter<"problem">;
  readonly failed: Counter;
  readonly shortages: Counter;
}

export function createFollowMetrics(registry: Registry): FollowMetrics {
  const registers = [registry];
  return {
    leading: new Gauge({
      name: "tallygate_follow_leading",
      help: "1 while this process is the one that follows movements",
      registers,
    }),
    lag: new Histogram({
      name: "tallygate_follow_lag_seconds",
      help: "From the time when a pass's last movement was recorded to the commit of what follows from it",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300, 3600],
      registers,
    }),
    passes: new Counter({ name: "tallygate_follow_passes_total", help: "Passes that followed something", registers }),
    movements: new Counter({
      name: "tallygate_follow_movements_total",
      help: "Movements that this process has followed",
      registers,
    }),
    matches: new Counter({
      name: "tallygate_follow_matches_total",
      help: "Parts of movements that carried out a line of a document, by how it was found",
      labelNames: ["why"],
      registers,
    }),
    misfits: new Counter({
      name: "tallygate_follow_misfits_total",
      help: "Movements that fit no document where one was to be expected, and those beyond what was wanted",
      labelNames: ["problem"],
      registers,
    }),
    failed: new Counter({
      name: "tallygate_follow_failed_total",
      help: "Movements that could not be followed; any at all is a reason to look into the exceptions",
      registers,
    }),
    shortages: new Counter({
      name: "tallygate_follow_shortages_total",
      help: "Shortages that this process has found",
      registers,
    }),
  };
}
