/**
 * Tells central the goods of the demonstration, which may be told more than once: `node deploy/docker/seed.ts SCENARIO SECRET`, with the
 * address of central in TALLYGATE_CENTRAL. The client that it does so by is made in the database that TALLYGATE_DATABASE__URL names; its
 * secret is kept in the file SECRET.
 */

import { fileURLToPath } from "node:url";
import { connect } from "@tallygate/client";
import { readCatalogue } from "../local/catalogue.ts";
import { openIntegrator } from "../local/integrator.ts";
import { seedItems } from "../local/seed.ts";

const { TALLYGATE_CENTRAL: central = "http://127.0.0.1:8080", TALLYGATE_DATABASE__URL: database } = process.env;
const [scenario, file] = process.argv.slice(2);
if (scenario === undefined || file === undefined) throw new Error("write node deploy/docker/seed.ts SCENARIO SECRET");

const root = fileURLToPath(new URL("../..", import.meta.url));
const signal = AbortSignal.timeout(120_000);
const catalogue = await readCatalogue({ root, scenario, signal });
const env = { TALLYGATE_DATABASE__URL: database };
const client = await openIntegrator({ root, file, env, signal });
const items = await seedItems(connect({ url: central, ...client }), catalogue, signal);
console.log(`${items} items are new to central.`);
