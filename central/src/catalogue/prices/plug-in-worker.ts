import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import type { PriceQuestion, PricingEngine } from "./engine.ts";

/** The thread of a pricing plug-in: loads the module, and answers one question after the other. */

assert(parentPort !== null, "this runs in a thread of its own");
const port = parentPort;
const engine = await load(workerData.url);
port.on("message", ({ id, question }: { readonly id: number; readonly question: PriceQuestion }) => {
  void answer(id, question);
});
port.postMessage({ ready: engine.name });

async function answer(id: number, question: PriceQuestion): Promise<void> {
  try {
    port.postMessage({ id, answer: await engine.quote(question) });
  } catch (error) {
    port.postMessage({ id, failed: `The pricing plug-in ${engine.name} failed: ${String(error)}` });
  }
}

async function load(url: string): Promise<PricingEngine> {
  const { default: found }: { readonly default?: unknown } = await import(url);
  assert(isEngine(found), "its default export is no pricing engine: an object with a name and a function quote");
  return found;
}

function isEngine(value: unknown): value is PricingEngine {
  if (typeof value !== "object" || value === null || !("name" in value) || !("quote" in value)) return false;
  return typeof value.name === "string" && typeof value.quote === "function";
}
