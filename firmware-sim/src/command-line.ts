import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What the command line asks for. Options stand over the scenario's own settings. */
export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "run" | "check" | "catalogue";
      readonly file: string;
      /** Settings of the scenario that options replace. */
      readonly over: Readonly<Record<string, string | number>>;
      /** Pallets to each site. */
      readonly pallets: number | undefined;
    };

export const usage = `Usage: npm run sim -- SCENARIO [options]

Simulated readers and scanners, and the world that they see. SCENARIO is a YAML file, or the name of one of
firmware-sim/scenarios: two-sites, one-gate, burst.

  --seed N            another course of events; the same seed gives the same ones
  --speed X           how much faster than the clock the world goes
  --duration S        seconds of the world after which nothing more begins
  --pallets N         as many pallets to each site, and an end
  --truth FILE        the truth as JSON, written at the end, on SIGUSR2, and every --truth-every
  --truth-every S     seconds between two writings of the truth
  --print-catalogue   the items and places of the scenario as JSON, and an end
  --check             check the scenario, say every fault, and end
  --help              this text

An environment variable stands over the file: TALLYGATE_SITES__LYON__MQTT__URL is sites.lyon.mqtt.url.
Ctrl-C begins nothing new, waits for the answers still owed, writes the truth and prints a summary; a second one ends at once.
`;

const options = {
  seed: { type: "string" },
  speed: { type: "string" },
  duration: { type: "string" },
  pallets: { type: "string" },
  truth: { type: "string" },
  "truth-every": { type: "string" },
  "print-catalogue": { type: "boolean" },
  check: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the arguments behind the program's name; what is not understood is refused with its reason. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const read = readArgs(argv);
  if ("reason" in read) return { kind: "refused", reason: read.reason };
  const { values, positionals } = read;
  if (values.help) return { kind: "help" };
  const [name, extra] = positionals;
  if (name === undefined) return { kind: "refused", reason: "which scenario?" };
  if (extra !== undefined) return { kind: "refused", reason: `one scenario at a time, and not ${extra} as well` };
  const { seed, truth, speed, duration, pallets, "truth-every": truthEvery } = values;
  for (const [option, text] of Object.entries({ speed, duration, pallets, "truth-every": truthEvery })) {
    if (text !== undefined && !/^\d+(\.\d+)?$/.test(text)) {
      return { kind: "refused", reason: `--${option} needs a number, not ${JSON.stringify(text)}` };
    }
  }
  return {
    kind: values.check ? "check" : values["print-catalogue"] ? "catalogue" : "run",
    file: scenarioFile(name),
    over: {
      ...(seed === undefined ? {} : { seed }),
      ...(truth === undefined ? {} : { truth }),
      ...(speed === undefined ? {} : { speed: Number(speed) }),
      ...(duration === undefined ? {} : { duration_s: Number(duration) }),
      ...(truthEvery === undefined ? {} : { truth_every_s: Number(truthEvery) }),
    },
    pallets: pallets === undefined ? undefined : Number(pallets),
  };
}

function readArgs(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A bare name is one of our own scenarios, unless there is a file of that name. */
function scenarioFile(name: string): string {
  if (existsSync(name) || !/^[a-z0-9-]+$/.test(name)) return name;
  return fileURLToPath(new URL(`../scenarios/${name}.yaml`, import.meta.url));
}
