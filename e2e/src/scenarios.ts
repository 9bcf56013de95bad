import type { ScenarioInput } from "@tallygate/firmware-sim";

/** One site of two gates of different makers: goods come in at the dock and move on to storage. */
export function twoGates(options: {
  readonly seed: number;
  readonly mqttPort: number;
  readonly pallets: number;
}): ScenarioInput {
  return {
    name: "two-gates",
    seed: options.seed,
    items: 6,
    sites: {
      lyon: {
        mqtt: { url: `mqtt://127.0.0.1:${options.mqttPort}` },
        pallets: { count: options.pallets, every_ms: [200, 600], pieces: [5, 15] },
        devices: [
          {
            id: "dock-1",
            driver: "zebra-iotc",
            topic: "lyon/dock-1/tags",
            from: "supplier",
            to: "dock-1",
            dwell_ms: [300, 800],
            radio: { stray_rate: 0.02, duplicate_rate: 0.05, late_rate: 0.05 },
          },
          {
            id: "inner-1",
            driver: "impinj-iot",
            topic: "lyon/inner-1/tags",
            from: "dock-1",
            to: "storage",
            dwell_ms: [300, 800],
            // Longer than an edge is away in the tests of faults: readers that come back send what they kept in any order among them, and
            // a crossing that is heard of behind a later one is history, without a movement.
            stay_ms: [3000, 6000],
            share: 0.8,
            radio: { stray_rate: 0.02, duplicate_rate: 0.05, late_rate: 0.05 },
          },
        ],
      },
    },
  };
}
