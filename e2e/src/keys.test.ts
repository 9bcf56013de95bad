import { writeFile } from "node:fs/promises";
import { openSimulation } from "@tallygate/firmware-sim";
import { afterEach, expect, it } from "vitest";
import { revokeKey, serverConfiguration } from "../../central/src/auth/nats/keys.ts";
import { faultsOfLedger, seedCatalogue, stockOf, stockOfTruth } from "./ledger.ts";
import { twoGates } from "./scenarios.ts";
import { at, getJson, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

let system: System;
afterEach(() => system?.[Symbol.asyncDispose]());

interface Status {
  readonly waiting: number;
  readonly link: { readonly state: string; readonly trouble?: string };
}

/** As an operator does it: into the servers' configuration, which they then read again. */
async function revoke(key: string): Promise<void> {
  const { keys, files } = system.natsKeys;
  const trust = await revokeKey(keys.trust, { operatorSeed: keys.operatorSeed, key, nowMs: Date.now() });
  await writeFile(files.configuration, serverConfiguration(trust));
  process.kill(system.nats.pid, "SIGHUP");
}

it("an edge whose key is revoked works on and says why it is alone; with a new key in its file all it kept arrives", async () => {
  const scenario = (mqttPort: number) => twoGates({ seed: 5, mqttPort, pallets: 8 });
  system = await openSystem({ scenario: scenario(0) });
  const site = at(system.sites, 0);
  const status = () => getJson<Status>(`${site.url}/api/status`);
  await until("the edge has reached the centre", async () => (await status()).link.state === "up");
  await using simulation = openSimulation(scenario(site.mqttPort));
  await seedCatalogue(system, simulation.catalogue);

  await revoke(site.natsKey);
  await until("the edge says what is in the way", async () =>
    /refuses the key/.test((await status()).link.trouble ?? ""),
  );
  const truth = await simulation.run();
  expect(truth.isSettled, "devices are answered all the same").toBe(true);
  expect((await status()).waiting).toBeGreaterThan(0);

  const answer = await system.post("/v1/sites/lyon/keys", { valid_until: "2099-01-01T00:00:00Z" });
  expect(answer.status).toBe(201);
  const { credentials, key } = Object(await answer.json());
  await writeFile(site.credentials, credentials);
  await system.settled();
  expect(await stockOf(system)).toEqual(stockOfTruth(truth));
  expect(await faultsOfLedger(system)).toEqual([]);

  const { items } = await system.get<{ items: object[] }>("/v1/audit/changes?limit=100");
  const made = { actor: "client:e2e", action: "site.key", resource: `/v1/sites/lyon/keys/${key}` };
  expect(items).toContainEqual(expect.objectContaining(made));
  expect(JSON.stringify(items)).not.toContain(credentials.split("\n")[1]);
});
