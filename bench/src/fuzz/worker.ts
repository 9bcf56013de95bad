import { parentPort, workerData } from "node:worker_threads";
import { fuzz } from "./run.ts";
import { targets } from "./targets.ts";

const { name, inputs, seed }: { name: string; inputs: number; seed: number } = workerData;
const target = targets().find(each => each.name === name);
if (target === undefined) throw new Error(`there is no parser ${name}`);
let toldMs = 0;
const result = fuzz(target, {
  inputs,
  seed,
  progress: done => {
    if (performance.now() - toldMs < 1000) return;
    toldMs = performance.now();
    parentPort?.postMessage(done);
  },
});
parentPort?.postMessage(result);
