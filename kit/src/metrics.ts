import { collectDefaultMetrics, Registry } from "prom-client";

/** A registry of its own, with the process metrics (memory, CPU, event loop) under `tallygate_process_…` and `tallygate_nodejs_…`. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tallygate_" });
  return registry;
}
