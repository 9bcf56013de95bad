import { openSimulation } from "@tallygate/firmware-sim";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type OwnTestServer, openOwnTestServer } from "../../central/src/db/testing.ts";
import { createChance } from "./chance.ts";
import { countsOf, faultsOfLedger, seedCatalogue, stockOf, stockOfTruth } from "./ledger.ts";
import { twoGates } from "./scenarios.ts";
import { at, openSystem, type System } from "./system.ts";

const rounds = 6;
const seed = Number(process.env["SEED"] ?? 20_361_123);

let server: OwnTestServer;
let system: System;
beforeAll(async () => {
  server = await openOwnTestServer();
});
afterEach(() => system[Symbol.asyncDispose]());
afterAll(() => server?.[Symbol.asyncDispose]());

/** What is killed at random moments. Each gives back what starts it again. */
const victims: Readonly<Record<string, (system: System) => Promise<() => Promise<void>>>> = {
  edge: async ({ sites }) => kill(at(sites, 0).edge),
  central: async ({ centrals }) => kill(at(centrals, 0).part),
  "the other central": async ({ centrals }) => kill(at(centrals, 1).part),
  nats: async ({ nats }) => kill(nats),
  postgres: async () => kill(server.postgres),
};

async function kill(victim: { kill(): Promise<void>; restart(): Promise<void> }) {
  await victim.kill();
  return () => victim.restart();
}

describe("under load, with processes killed at random moments", () => {
  for (const [name, strike] of Object.entries(victims)) {
    it(`the ledger equals the truth after ${rounds} times kill -9 of ${name} (seed ${seed})`, async () => {
      const chance = createChance(`${seed}/${name}`);
      const scenario = twoGates({ seed, mqttPort: 0, pallets: 35 });
      system = await openSystem({ scenario, centrals: 2, server });
      const mqttPort = at(system.sites, 0).mqttPort;
      await using simulation = openSimulation(twoGates({ seed, mqttPort, pallets: 35 }));
      await seedCatalogue(system, simulation.catalogue);
      const run = simulation.run();
      for (let round = 0; round < rounds; round++) {
        await chance.pause(300, 1500);
        const restart = await strike(system);
        await chance.pause(0, 1000);
        await restart();
      }
      const truth = await run;
      expect(truth.isSettled, "every message of a device got its answer").toBe(true);
      await system.settled();
      expect(await stockOf(system)).toEqual(stockOfTruth(truth));
      expect(await faultsOfLedger(system)).toEqual([]);
      expect((await countsOf(system)).movements).toBeGreaterThan(200);
    });
  }

  it("nothing is lost when NATS loses its storage", async () => {
    system = await openSystem({ scenario: twoGates({ seed, mqttPort: 0, pallets: 40 }), server });
    const mqttPort = at(system.sites, 0).mqttPort;
    await using simulation = openSimulation(twoGates({ seed, mqttPort, pallets: 40 }));
    await seedCatalogue(system, simulation.catalogue);
    const chance = createChance(`${seed}/storage`);
    const run = simulation.run();
    for (let round = 0; round < 3; round++) {
      await chance.pause(500, 2500);
      await system.loseNatsStorage();
    }
    const truth = await run;
    await system.settled();
    expect(await stockOf(system)).toEqual(stockOfTruth(truth));
    expect(await faultsOfLedger(system)).toEqual([]);
  });
});
