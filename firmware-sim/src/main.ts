import { rename, writeFile } from "node:fs/promises";
import { createLog, type Log, loadConfig, sentence } from "@tallygate/kit";
import { type CommandLine, parseCommandLine, usage } from "./command-line.ts";
import { catalogueOf, Scenario } from "./scenario.ts";
import { openSimulation, type Simulation, type SimulationTruth } from "./simulation.ts";
import { summarise } from "./summary.ts";

const exitCodes = { fine: 0, failed: 1, usage: 2, unsettled: 3 } as const;

process.exitCode = await main(parseCommandLine(process.argv.slice(2)));

async function main(command: CommandLine): Promise<number> {
  if (command.kind === "help") {
    process.stdout.write(usage);
    return exitCodes.fine;
  }
  if (command.kind === "refused") {
    process.stderr.write(`sim: ${command.reason}\n\n${usage}`);
    return exitCodes.usage;
  }
  const loaded = loadScenario(command);
  if (!loaded.ok) {
    process.stderr.write(`${["sim: the scenario has faults:", ...loaded.faults].join("\n  ")}\n`);
    return exitCodes.failed;
  }
  if (command.kind === "check") process.stdout.write(`${command.file} is fine.\n`);
  else if (command.kind === "catalogue")
    process.stdout.write(`${JSON.stringify(catalogueOf(loaded.value), null, 2)}\n`);
  else return run(loaded.value);
  return exitCodes.fine;
}

type RunCommand = Exclude<CommandLine, { readonly kind: "help" | "refused" }>;

function loadScenario({ file, over, pallets }: RunCommand): ReturnType<typeof loadConfig<typeof Scenario>> {
  const loaded = loadConfig({ schema: Scenario, file });
  if (!loaded.ok) return loaded;
  const sites = Object.entries(loaded.value.sites).map(([site, settings]) => {
    return [site, pallets === undefined ? settings : { ...settings, pallets: { ...settings.pallets, count: pallets } }];
  });
  const parsed = Scenario.safeParse({ ...loaded.value, ...over, sites: Object.fromEntries(sites) });
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(({ path, message }) => `option for ${path.join(".")}: ${message}`),
  };
}

async function run(scenario: Scenario): Promise<number> {
  const log = createLog("sim");
  await using simulation = openSimulation(scenario, { log });
  const write = truthWriter(scenario, simulation, log);
  const timer = scenario.truth_every_s === undefined ? undefined : setInterval(write, scenario.truth_every_s * 1000);
  process.on("SIGUSR2", write);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    let isSecond = false;
    process.on(signal, () => {
      if (isSecond) process.exit(exitCodes.failed);
      isSecond = true;
      process.stderr.write("Nothing new begins; waiting for the answers still owed.\n");
      void simulation.stop();
    });
  }
  process.stderr.write(
    `${scenario.name}: ${Object.keys(scenario.sites).join(", ")}, seed ${scenario.seed}, speed ${scenario.speed}\n`,
  );
  const truth = await simulation.run();
  clearInterval(timer);
  await write();
  process.stderr.write(summarise(truth));
  return truth.isSettled ? exitCodes.fine : exitCodes.unsettled;
}

/** Writes the truth whole or not at all, one writing after another. */
function truthWriter({ truth: file }: Scenario, simulation: Simulation, log: Log): () => Promise<void> {
  if (file === undefined) return async () => undefined;
  let writing = Promise.resolve();
  return () => {
    writing = writing
      .then(() => writeWhole(file, simulation.truth()))
      .catch((error: unknown) => {
        log.error({ file }, `The truth could not be written: ${sentence(error)}`);
      });
    return writing;
  };
}

async function writeWhole(file: string, truth: SimulationTruth): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(truth, null, 1)}\n`);
  await rename(fresh, file);
}
