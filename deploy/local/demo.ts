import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isOutside } from "@tallygate/protocol";
import { parse } from "yaml";
import { z } from "zod";

/** What we must know of a scenario; all else of it goes through as it is. */
const SimDevice = z.looseObject({
  id: z.string(),
  driver: z.enum(["zebra-iotc", "impinj-iot", "serial-scanner"]),
  from: z.string(),
  to: z.string(),
  topic: z.string().optional(),
  management_topic: z.string().optional(),
  will_topic: z.string().optional(),
  port: z.string().optional(),
});
type SimDevice = z.infer<typeof SimDevice>;

const SimScenario = z.looseObject({
  sites: z.record(z.string(), z.looseObject({ devices: z.array(SimDevice) })),
});
export type SimScenario = z.infer<typeof SimScenario>;

/** A serial cable: the edge has one end, a simulated scanner or a person the other. */
export interface Cable {
  readonly name: string;
  readonly edge: string;
  readonly hand: string;
}

export interface DemoSite {
  readonly site: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly timeZone: string;
  readonly cables: readonly Cable[];
  /** `edge.yaml` of the site. */
  readonly edge: object;
}

export interface Demo {
  readonly sites: readonly DemoSite[];
  /** What the simulator is told, with the ports of this run. */
  readonly scenario: SimScenario;
}

const siteSettings = [
  { site: "lyon", httpPort: 8081, mqttPort: 1883, timeZone: "Europe/Paris" },
  { site: "porto", httpPort: 8082, mqttPort: 1884, timeZone: "Europe/Lisbon" },
] as const;

/** The scanner that no simulated device uses, for trying by hand. */
const handScanner = { id: "hand", driver: "serial-scanner", from: "supplier", to: "bench" } as const;

/** A gate for trying by hand: a message of plain JSON is a reading. */
const handGate = { id: "hand-gate", place: "bench", from: "supplier" } as const;

/** Where the hand gate of a site listens. */
export const handTopic = (site: string) => `${site}/${handGate.id}`;

/**
 * The two sites of the simulator's own scenario, and edges that hear just these devices. So the names of devices, topics and
 * places stand in one file, the scenario.
 */
export function readDemo(root: string, home: string): Demo {
  return demoOf(readScenario(root), home, [handScanner]);
}

/** As `readDemo`, where there are no serial ports: without any scanner. */
export function readDemoWithoutScanners(root: string, home: string): Demo {
  const scenario = readScenario(root);
  const sites = Object.entries(scenario.sites).map(([site, settings]) => {
    const devices = settings.devices.filter(({ driver }) => driver !== "serial-scanner");
    return [site, { ...settings, devices }] as const;
  });
  return demoOf({ ...scenario, sites: Object.fromEntries(sites) }, home, []);
}

function readScenario(root: string): SimScenario {
  return SimScenario.parse(parse(readFileSync(join(root, "firmware-sim/scenarios/two-sites.yaml"), "utf8")));
}

function demoOf(scenario: SimScenario, home: string, more: readonly SimDevice[]): Demo {
  const sites = siteSettings.map(settings => {
    const devices = [...(scenario.sites[settings.site]?.devices ?? []), ...more];
    const scanners = devices.filter(({ driver }) => driver === "serial-scanner");
    const cables = scanners.map(({ id }) => cableOf(home, settings.site, id));
    return { ...settings, cables, edge: edgeOf({ ...settings, devices, home }) };
  });
  return { sites, scenario: withPorts(scenario, home) };
}

function cableOf(home: string, site: string, device: string): Cable {
  const name = `${site}-${device}`;
  return { name, edge: join(home, "ports", `${name}.edge`), hand: join(home, "ports", name) };
}

interface SiteDevices {
  readonly site: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly timeZone: string;
  readonly devices: readonly SimDevice[];
  readonly home: string;
}

function edgeOf({ site, httpPort, mqttPort, timeZone, devices, home }: SiteDevices): object {
  return {
    site,
    time_zone: timeZone,
    http: { listen: `127.0.0.1:${httpPort}` },
    mqtt: { listen: `127.0.0.1:${mqttPort}`, anonymous: true },
    data: join(home, site),
    devices: [
      ...devices.map(device =>
        device.driver === "serial-scanner" ? scannerOf(device, cableOf(home, site, device.id).edge) : gateOf(device),
      ),
      {
        id: handGate.id,
        driver: "json",
        topic: handTopic(site),
        read_points: [{ place: handGate.place, from: handGate.from }],
      },
    ],
  };
}

function gateOf({ id, driver, from, to, topic, management_topic, will_topic }: SimDevice): object {
  const topics = [topic, management_topic, will_topic].filter(each => each !== undefined);
  // A gate to the outside has a place of its own before it: the dock where goods wait to leave.
  const readPoint = isOutside(to) ? { place: id, from, to } : { place: to, from };
  return { id, driver, topic: topics, read_points: [readPoint] };
}

/** ACK and NAK, as the simulated scanner expects them. */
const answer = { ok: "06", refused: "15" };

function scannerOf({ id, driver, from, to }: SimDevice, port: string): object {
  const ways = isOutside(to)
    ? { mode: "ship", place: from }
    : isOutside(from)
      ? { mode: "receive", place: to }
      : { mode: "move", place: to, from };
  return { id, driver, port, suffix: "cr", answer, ...ways };
}

function withPorts(scenario: SimScenario, home: string): SimScenario {
  const sites = Object.entries(scenario.sites).map(([site, settings]) => {
    const devices = settings.devices.map(device =>
      device.driver === "serial-scanner" ? { ...device, port: cableOf(home, site, device.id).hand } : device,
    );
    return [site, { ...settings, devices }] as const;
  });
  return { ...scenario, sites: Object.fromEntries(sites) };
}
