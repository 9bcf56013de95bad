import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What this process counts of events and webhooks. */
export interface EventMetrics {
  readonly emitted: Counter;
  readonly refused: Counter;
  readonly emitLag: Histogram;
  readonly published: Counter;
  readonly publishLag: Histogram;
  readonly publishBehind: Gauge;
  readonly deliveries: Counter<"outcome">;
  readonly webhookBehind: Gauge<"webhook">;
}

const lagBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300, 3600];

/** Adds the metrics of events to a registry. */
export function createEventMetrics(registry: Registry): EventMetrics {
  const registers = [registry];
  return {
    emitted: new Counter({
      name: "tallygate_events_total",
      help: "Events that this process has given a number",
      registers,
    }),
    refused: new Counter({
      name: "tallygate_events_refused_total",
      help: "Events that do not fit the contract, and were kept for a person",
      registers,
    }),
    emitLag: new Histogram({
      name: "tallygate_events_lag_seconds",
      help: "From when the oldest of a pass happened to the commit that has its number",
      buckets: lagBuckets,
      registers,
    }),
    published: new Counter({
      name: "tallygate_events_published_total",
      help: "Events that JetStream has acknowledged to this process",
      registers,
    }),
    publishLag: new Histogram({
      name: "tallygate_events_publish_lag_seconds",
      help: "From an event's number to JetStream's acknowledgement",
      buckets: lagBuckets,
      registers,
    }),
    publishBehind: new Gauge({
      name: "tallygate_events_publish_behind",
      help: "Events that JetStream has yet to get",
      registers,
    }),
    deliveries: new Counter({
      name: "tallygate_webhook_deliveries_total",
      help: "Deliveries to webhooks that this process has tried, by what became of them",
      labelNames: ["outcome"],
      registers,
    }),
    webhookBehind: new Gauge({
      name: "tallygate_webhook_behind",
      help: "Events between a webhook's position and the newest one, of webhooks that this process delivers to",
      labelNames: ["webhook"],
      registers,
    }),
  };
}
