import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What the central process counts; names and labels are part of its interface. */
export interface CentralMetrics {
  readonly movementsApplied: Counter;
  readonly batches: Counter<"outcome">;
  readonly movementsHeld: Counter;
  readonly exceptionsRecorded: Counter<"problem">;
  /** From the movement's event time to the commit that has it. */
  readonly ingestLag: Histogram;
  readonly streamClients: Gauge;
  /** A bulk request counts each of its reservations. */
  readonly reservations: Counter<"outcome">;
  readonly reservationGroup: Histogram;
  readonly pointsWritten: Counter;
  readonly pointsRefused: Counter;
  readonly projectorUp: Gauge;
}

/** Adds the central process's own metrics to a registry. */
export function createCentralMetrics(registry: Registry): CentralMetrics {
  const registers = [registry];
  return {
    movementsApplied: new Counter({
      name: "tallygate_movements_applied_total",
      help: "Movements that this process has committed to the ledger",
      registers,
    }),
    batches: new Counter({
      name: "tallygate_batches_total",
      help: "Batches that this process has taken, by what became of them",
      labelNames: ["outcome"],
      registers,
    }),
    movementsHeld: new Counter({
      name: "tallygate_movements_held_total",
      help: "Movements that this process has committed without posting, because a person has to say something first",
      registers,
    }),
    exceptionsRecorded: new Counter({
      name: "tallygate_exceptions_total",
      help: "Exceptions that this process has recorded, repeats included",
      labelNames: ["problem"],
      registers,
    }),
    ingestLag: new Histogram({
      name: "tallygate_ingest_lag_seconds",
      help: "From the time when a batch's newest movement happened to the commit that has it",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
      registers,
    }),
    reservations: new Counter({
      name: "tallygate_reservations_total",
      help: "Requests to reserve, fulfil and release that this process has decided, by the state that the reservation was left in; refused ones and those past their time too",
      labelNames: ["outcome"],
      registers,
    }),
    reservationGroup: new Histogram({
      name: "tallygate_reservation_group_size",
      help: "Requests that were decided in one transaction",
      buckets: [1, 3, 10, 30, 100, 300, 1000, 3000],
      registers,
    }),
    streamClients: new Gauge({ name: "tallygate_stream_clients", help: "Readers of the event stream", registers }),
    pointsWritten: new Counter({
      name: "tallygate_projector_points_total",
      help: "Points that InfluxDB has taken",
      registers,
    }),
    pointsRefused: new Counter({
      name: "tallygate_projector_points_refused_total",
      help: "Writes of which InfluxDB refused a part for good, and rows whose time it cannot hold",
      registers,
    }),
    projectorUp: new Gauge({
      name: "tallygate_projector_up",
      help: "1 while this process projects and InfluxDB takes it, 0 while InfluxDB does not",
      registers,
    }),
  };
}
