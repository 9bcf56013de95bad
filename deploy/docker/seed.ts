/**
 * Tells central the goods of the demonstration, which may be told more than once: `node deploy/docker/seed.ts SCENARIO`, with the address
 * of central in TALLYGATE_CENTRAL.
 */
import { fileURLToPath } from "node:url";
import { readCatalogue } from "../local/catalogue.ts";
import { seedItems } from "../local/seed.ts";

const { TALLYGATE_CENTRAL: central = "http://127.0.0.1:8080" } = process.env;
const [scenario] = process.argv.slice(2);
if (scenario === undefined) throw new Error("Which scenario? node deploy/docker/seed.ts SCENARIO");

const root = fileURLToPath(new URL("../..", import.meta.url));
const signal = AbortSignal.timeout(120_000);
const catalogue = await readCatalogue({ root, scenario, signal });
const items = await seedItems(central, catalogue, signal);
console.log(`${items} items are new to central.`);
