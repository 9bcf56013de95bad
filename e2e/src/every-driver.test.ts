import { catalogueOf, openSimulation, Scenario, type ScenarioInput } from "@tallygate/firmware-sim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import { drivers } from "../../edge/src/drivers/index.ts";
import { cardOf } from "../../firmware-sim/src/devices/em4100.ts";
import { faultsOfLedger, stockOf, stockOfTruth } from "./ledger.ts";
import { at, getJson, openSystem, type System } from "./system.ts";

type Devices = ScenarioInput["sites"][string]["devices"];

const serialGates = ["uhf-bb", "uhf-a0", "uhf-cf", "uhf-reader18", "thingmagic"] as const;
const serialScanners = ["serial-scanner", "zebra-ssi", "em4100"] as const;
const onLine = [...serialGates, ...serialScanners];

let system: System;
const cables = new Map<string, PtyPair>();
let llrpPort: number;

/** A door or a bench for each driver, named like it, so that stock at a place tells which driver read it. */
function devicesOfSite({
  llrpPort,
  readersPort,
}: {
  readonly llrpPort: number;
  readonly readersPort: number;
}): Devices {
  const readersUrl = `http://127.0.0.1:${readersPort}`;
  const gate = (driver: string) =>
    ({ id: driver, from: "supplier", to: `at-${driver}`, dwell_ms: [800, 1500] }) as const;
  const scanner = (driver: string) =>
    ({ id: driver, from: "supplier", to: `at-${driver}`, scans: 5, every_ms: [1500, 2500] }) as const;
  const port = (driver: string) => cables.get(driver)?.a ?? "";
  return [
    { ...gate("zebra-iotc"), driver: "zebra-iotc", topic: "site/zebra" },
    { ...gate("impinj-iot"), driver: "impinj-iot", topic: "site/impinj" },
    { ...gate("json"), driver: "json", topic: "site/json", batch_max: 5 },
    { ...gate("sparkplug-b"), driver: "sparkplug-b", topic: "spBv1.0/site/DDATA/node/reader" },
    { ...gate("zebra-post"), driver: "zebra-iotc", topic: "none", http: { url: readersUrl } },
    { ...gate("impinj-post"), driver: "impinj-iot", topic: "none", http: { url: readersUrl } },
    { ...gate("llrp"), driver: "llrp", listen: `127.0.0.1:${llrpPort}` },
    ...serialGates.map(driver => ({ ...gate(driver), driver, port: port(driver), pause_ms: 50 })),
    { ...scanner("serial-scanner"), driver: "serial-scanner", port: port("serial-scanner"), await_answer: true },
    { ...scanner("zebra-ssi"), driver: "zebra-ssi", port: port("zebra-ssi") },
    { ...scanner("em4100"), driver: "em4100", port: port("em4100"), field_ms: [200, 400] },
  ];
}

function scenario({
  mqttPort,
  readersPort,
}: {
  readonly mqttPort: number;
  readonly readersPort: number;
}): ScenarioInput {
  const devices = devicesOfSite({ llrpPort, readersPort });
  const pallets = { count: 40, every_ms: [300, 600], pieces: [3, 6] } as const;
  const mqtt = { url: `mqtt://127.0.0.1:${mqttPort}` };
  return { name: "every-driver", seed: 3, items: 8, sites: { lyon: { mqtt, pallets, devices } } };
}

beforeAll(async () => {
  for (const driver of onLine) cables.set(driver, await socatPair());
  llrpPort = await freePort();
  const ports = Object.fromEntries([...cables].map(([driver, cable]) => [driver, cable.b]));
  system = await openSystem({ scenario: scenario({ mqttPort: 1, readersPort: 1 }), ports });
  for (const { sku, name, gtin } of catalogueOf(Scenario.parse(scenario({ mqttPort: 1, readersPort: 1 }))).items) {
    // A card has no GS1 key: the item is bound to its number.
    const codes = [`code:${cardOf(gtin)}`];
    const response = await system.post("/v1/items", { sku, name, gtins: [gtin], codes });
    expect(response.status, await response.text()).toBe(201);
  }
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  for (const cable of cables.values()) await cable[Symbol.asyncDispose]();
});

describe("every driver", () => {
  it("reads its simulated device, and what it read is in the ledger as it happened", async () => {
    const site = at(system.sites, 0);
    await using simulation = openSimulation(scenario(site), { settleMs: 30_000 });
    const truth = await simulation.run();
    expect(truth).toMatchObject({ isSettled: true, doubtful: [] });
    const heard = await getJson<{ devices: { id: string; driver: string; readings: number }[] }>(
      `${site.url}/api/devices`,
    );
    const silent = heard.devices.filter(device => device.readings === 0).map(device => device.id);
    expect(silent, "each driver was heard").toEqual([]);
    const driversHeard = new Set(heard.devices.map(device => device.driver));
    expect([...driversHeard].sort(), "no driver is left out").toEqual(drivers.map(({ name }) => name).sort());
    await system.settled();
    expect(await stockOf(system)).toEqual(stockOfTruth(truth));
    expect(await faultsOfLedger(system)).toEqual([]);
  });
});
