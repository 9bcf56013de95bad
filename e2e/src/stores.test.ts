import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { catalogueOf, openSimulation, Scenario } from "@tallygate/firmware-sim";
import { afterEach, describe, expect, it } from "vitest";
import { countsOf, faultsOfLedger, seedCatalogue, stockOf, stockOfTruth } from "./ledger.ts";
import { twoGates } from "./scenarios.ts";
import { at, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

let system: System;
afterEach(() => system[Symbol.asyncDispose]());

/** The same pallets pass the same gates each time it is called: to a ledger that is right, nothing new. */
async function pallets() {
  const { mqttPort } = at(system.sites, 0);
  await using simulation = openSimulation(twoGates({ seed: 7, mqttPort, pallets: 12 }));
  const truth = await simulation.run();
  expect(truth.isSettled).toBe(true);
  await system.settled();
  return { truth, catalogue: simulation.catalogue };
}

async function openWithCatalogue() {
  const scenario = twoGates({ seed: 7, mqttPort: 0, pallets: 12 });
  system = await openSystem({ scenario });
  await seedCatalogue(system, catalogueOf(Scenario.parse(scenario)));
  return at(system.sites, 0);
}

async function expectTruth(truth: Awaited<ReturnType<typeof pallets>>["truth"]) {
  expect(await stockOf(system)).toEqual(stockOfTruth(truth));
  expect(await faultsOfLedger(system)).toEqual([]);
}

describe("an edge's store", () => {
  it("that was deleted begins a new epoch, and what passes again is not counted twice", async () => {
    const { edge, data } = await openWithCatalogue();
    await expectTruth((await pallets()).truth);
    const before = await countsOf(system);
    await edge.stop();
    await rm(data, { recursive: true });
    await edge.restart();
    await expectTruth((await pallets()).truth);
    const after = await countsOf(system);
    expect(after.epochs).toBe(before.epochs + 1);
    expect(after.movements).toBeGreaterThan(before.movements);
  });

  it("that was restored from an older copy begins a new epoch, and nothing is doubled", async () => {
    const { edge, data } = await openWithCatalogue();
    const copy = join(system.dir, "copy");
    await pallets();
    await edge.stop();
    await cp(data, copy, { recursive: true });
    await edge.restart();
    await pallets();
    const before = await countsOf(system);
    await edge.kill();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await edge.restart();
    await expectTruth((await pallets()).truth);
    const after = await countsOf(system);
    expect(after.epochs).toBe(before.epochs + 1);
    expect(after.movements).toBeGreaterThan(before.movements);
  });
});

describe("the metrics database", () => {
  it("may be down for the whole run: stock is right, and the series are complete afterwards", async () => {
    await openWithCatalogue();
    await system.influx.kill();
    await expectTruth((await pallets()).truth);
    const { movements } = await countsOf(system);
    await system.influx.restart();
    const to = new Date(Date.now() + 60_000).toISOString();
    const from = new Date(Date.now() - 600_000).toISOString();
    const counted = async () => {
      const { series } = await system.get<{ series: { points: { movements: number }[] }[] }>(
        `/v1/metrics/movements?from=${from}&to=${to}&every=1m`,
      );
      return series.flatMap(each => each.points).reduce((sum, point) => sum + point.movements, 0);
    };
    await until("every movement has its point", async () => (await counted()) === movements);
  });
});
