import { asyncApi } from "./asyncapi.ts";
import { contractSchemas } from "./contract.ts";
import { eventSchemas } from "./events/index.ts";

/** The generated files of `protocol/schema/`, by name. `npm run schemas` writes them; a test holds them to the code. */
export function schemaFiles(): Record<string, string> {
  const schemas = Object.entries({ ...contractSchemas(), ...eventSchemas() }).map(([name, schema]) => [
    `${name}.json`,
    pretty(schema),
  ]);
  return Object.fromEntries([...schemas, ["asyncapi.json", pretty(asyncApi())]]);
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
