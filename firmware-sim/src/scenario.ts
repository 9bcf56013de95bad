import { isOutside, PlaceCode, SiteId } from "@tallygate/protocol";
import { z } from "zod";
import { MqttAccess, rangeOf } from "./devices/device.ts";
import { DeviceSettings } from "./devices/index.ts";
import { limits } from "./limits.ts";
import { catalogue, type Item } from "./world/catalogue.ts";
import type { GatePlan, ScannerPlan, SitePlan, WorldPlan } from "./world/plan.ts";

const Pallets = z
  .strictObject({
    every_ms: rangeOf(0, 86_400_000, [8_000, 15_000]).meta({ description: "From one arrival to the next." }),
    first_ms: rangeOf(0, 86_400_000, [200, 2_000]).meta({ description: "From the beginning to the first arrival." }),
    pieces: rangeOf(1, limits.palletTagsMax, [12, 24]).meta({ description: "Tagged pieces on a pallet." }),
    items: rangeOf(1, 100, [1, 3]).meta({ description: "Different items on a pallet." }),
    tagged: z.boolean().default(true).meta({ description: "Whether a pallet has a tag of its own (SSCC-96)." }),
    count: z.int().min(0).optional().meta({ description: "How many come to each site; absent: without end." }),
  })
  .prefault({})
  .meta({ description: "What comes in through the gates whose `from` is an outside." });

const Site = z
  .strictObject({
    mqtt: MqttAccess.prefault({}),
    places: z.array(PlaceCode).default([]).meta({ description: "Places beside those that devices name." }),
    pallets: Pallets,
    devices: z.array(DeviceSettings).min(1).max(limits.devicesMax),
  })
  .check(({ value: { devices }, issues }) => {
    for (const [index, device] of devices.entries()) {
      const input = device;
      if (devices.findIndex(({ id }) => id === device.id) !== index) {
        issues.push({
          code: "custom",
          message: "is the id of another device of the site, too",
          path: ["devices", index, "id"],
          input,
        });
      }
      if (device.from === device.to) {
        issues.push({
          code: "custom",
          message: "is the same as from: nothing would move",
          path: ["devices", index, "to"],
          input,
        });
      }
    }
  });

/** A scenario file: which sites there are, with which devices, and how much happens. */
export const Scenario = z
  .strictObject({
    name: z.string().min(1).max(64).default("scenario"),
    seed: z
      .union([z.int(), z.string().min(1).max(64)])
      .default(1)
      .meta({ description: "The same seed, the same events." }),
    speed: z
      .number()
      .min(0.001)
      .max(100_000)
      .default(1)
      .meta({ description: "How much faster than the clock the world goes." }),
    items: z.int().min(1).max(limits.itemsMax).default(16).meta({ description: "Items of the catalogue." }),
    duration_s: z
      .number()
      .min(0)
      .optional()
      .meta({ description: "Seconds of the world after which nothing more begins." }),
    truth: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "File for the truth, JSON; written at the end and on SIGUSR2." }),
    truth_every_s: z
      .number()
      .min(0.1)
      .max(86_400)
      .optional()
      .meta({ description: "And at this interval, by the clock." }),
    sites: z
      .record(SiteId, Site)
      .refine(sites => Object.keys(sites).length > 0, "names no site")
      .refine(sites => Object.keys(sites).length <= limits.sitesMax, `has more than ${limits.sitesMax} sites`)
      .meta({ description: "Sites by their id." }),
  })
  .meta({ title: "Scenario", description: "What the simulator of devices is told." });
export type Scenario = z.infer<typeof Scenario>;
/** A scenario as a file or a caller writes it: what has a default may be left out. */
export type ScenarioInput = z.input<typeof Scenario>;

export interface SiteScenario {
  readonly site: string;
  readonly settings: z.infer<typeof Site>;
}

export function sitesOf({ sites }: Scenario): readonly SiteScenario[] {
  return Object.entries(sites).map(([site, settings]) => ({ site, settings }));
}

/** The part of a scenario that the world needs to know. */
export function worldPlan(scenario: Scenario): WorldPlan {
  return { seed: String(scenario.seed), items: catalogue(scenario.items), sites: sitesOf(scenario).map(sitePlan) };
}

function sitePlan({ site, settings: { pallets, devices } }: SiteScenario): SitePlan {
  return {
    site,
    pallets: {
      firstMs: pallets.first_ms,
      everyMs: pallets.every_ms,
      pieces: pallets.pieces,
      items: pallets.items,
      tagged: pallets.tagged,
      ...(pallets.count === undefined ? {} : { countMax: pallets.count }),
    },
    gates: devices.flatMap((device): GatePlan[] => {
      if ("labels" in device) return [];
      const { id, from, to, share } = device;
      return [
        { device: id, from, to, share, stayMs: device.stay_ms, dwellMs: device.dwell_ms, keepMax: device.keep_max },
      ];
    }),
    scanners: devices.flatMap((device): ScannerPlan[] => {
      if (!("labels" in device)) return [];
      const { id, from, to, scans } = device;
      const fixed = { device: id, from, to, everyMs: device.every_ms, labels: device.labels };
      return [scans === undefined ? fixed : { ...fixed, countMax: scans }];
    }),
  };
}

/** The items and places that a scenario uses: what must be known where its movements are posted. */
export interface Catalogue {
  readonly items: readonly Item[];
  readonly sites: readonly { readonly site: string; readonly places: readonly string[] }[];
}

export function catalogueOf(scenario: Scenario): Catalogue {
  return {
    items: catalogue(scenario.items),
    sites: sitesOf(scenario).map(({ site, settings: { places, devices } }) => {
      const named = [...places, ...devices.flatMap(({ from, to }) => [from, to])];
      return { site, places: [...new Set(named.filter(place => !isOutside(place)))] };
    }),
  };
}
