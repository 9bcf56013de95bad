import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { machine } from "../report.ts";
import type { FuzzResult } from "./run.ts";
import { targets } from "./targets.ts";

const usage = `npm run fuzz -- [NAME…] [--inputs 10000000] [--seed N]

Puts changed and random inputs to each parser of bytes from outside. It may neither throw nor hang nor grow. The same seed gives the
same inputs.

${targets()
  .map(({ name }) => name)
  .join(" ")}`;

/** No input takes so long on any machine; the memory of a worker is bounded too, so that what grows without end is seen. */
const hangMs = 30_000;
const heapMegabytesMax = 512;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { inputs: { type: "string" }, seed: { type: "string" }, help: { type: "boolean", short: "h" } },
});
const names = targets().map(({ name }) => name);
const unknown = positionals.filter(name => !names.includes(name));
const inputs = Number(values.inputs ?? 10_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const isWrong = unknown.length > 0 || !Number.isSafeInteger(inputs) || !Number.isSafeInteger(seed) || inputs < 10;
if (values.help === true || isWrong) {
  if (unknown.length > 0) console.error(`There is no parser ${unknown.join(", ")}.`);
  console.log(usage);
  process.exit(isWrong ? 1 : 0);
}

console.log(`${machine()}\nseed ${seed}, ${inputs} inputs each\n`);
for (const name of names) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  try {
    const { seconds, heapGrowthBytes, slowestMs } = await fuzzInWorker(name);
    const rate = Math.round(inputs / seconds);
    const growth = (heapGrowthBytes / 2 ** 20).toFixed(1);
    console.log(
      `${name.padEnd(15)} ${String(rate).padStart(9)} inputs/s   heap ${growth.padStart(6)} MiB   slowest ${slowestMs.toFixed(1)} ms`,
    );
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name.padEnd(15)} BROKEN: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** In a thread of its own, which is given up when it says nothing any more. */
async function fuzzInWorker(name: string): Promise<FuzzResult> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: { name, inputs, seed },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
  });
  const end = Promise.withResolvers<FuzzResult>();
  let done = 0;
  const hang = () => end.reject(new Error(`one of the inputs from ${done} on hangs, with seed ${seed}`));
  let watch = setTimeout(hang, hangMs);
  worker.on("message", (message: number | FuzzResult) => {
    clearTimeout(watch);
    if (typeof message !== "number") end.resolve(message);
    else {
      done = message;
      watch = setTimeout(hang, hangMs);
    }
  });
  worker.on("error", end.reject);
  try {
    return await end.promise;
  } finally {
    clearTimeout(watch);
    await worker.terminate();
  }
}
