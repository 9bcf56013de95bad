import { Child } from "./child.ts";
import { ownEnvironment } from "./environment.ts";
import { Catalogue } from "./seed.ts";

export interface CatalogueOptions {
  /** The checkout. */
  readonly root: string;
  /** File of a scenario. */
  readonly scenario: string;
  readonly signal: AbortSignal;
}

/** The goods and places of a scenario, as the simulator itself prints them. */
export async function readCatalogue({ root, scenario, signal }: CatalogueOptions): Promise<Catalogue> {
  let text = "";
  await Child.run({
    name: "simulator",
    command: process.execPath,
    args: ["firmware-sim/src/main.ts", scenario, "--print-catalogue"],
    cwd: root,
    env: ownEnvironment(),
    signal,
    onLine: line => {
      text += line;
    },
  });
  return Catalogue.parse(JSON.parse(text));
}
