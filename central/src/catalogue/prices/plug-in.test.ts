import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@tallygate/kit";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { pricingEngineContract } from "./contract.case.ts";
import { defaultEngine, type PriceQuestion } from "./engine.ts";
import { openPlugIn, PlugInFailed } from "./plug-in.ts";
import { openPricing } from "./pricing.ts";

const dir = mkdtempSync(join(tmpdir(), "pricing-"));
afterAll(() => rmSync(dir, { recursive: true }));

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

let files = 0;
function write(code: string): string {
  files += 1;
  const file = join(dir, `plug-in-${files}.ts`);
  writeFileSync(file, code);
  return file;
}

const open = async (code: string, timeoutMs = 5_000) => stack.use(await openPlugIn(write(code), timeoutMs));
const engine = (body: string) => `export default { name: "own", quote(question) { ${body} } };`;

const asked: PriceQuestion = {
  sku: "A",
  quantity: 10,
  list: "standard",
  currency: "EUR",
  exponent: 2,
  customer_group: "club",
  at: "2026-11-23T09:30:00.000000Z",
  prices: [
    { id: 7, sku: "A", customer_group: null, quantity_from: 1, amount: 1000, valid_from: null, valid_until: null },
  ],
};

const page = readFileSync(new URL("../../../../docs/pricing-plug-ins.md", import.meta.url), "utf8");
const example = /<!-- The test of this page loads this example. -->\s*```ts\n(.*?)```/s.exec(page)?.[1] ?? "";

pricingEngineContract("the default engine", () => defaultEngine);
pricingEngineContract("the example of the documents", () => open(example));

describe("the example of the documents", () => {
  test("takes a tenth off for the club, and leaves the rest to the catalogue", async () => {
    const own = await open(example);
    expect(await own.quote(asked)).toEqual({
      unit_amount: 900,
      price_id: 7,
      why: "Price 7, less a tenth for the club.",
    });
    expect(await own.quote({ ...asked, customer_group: null })).toBeUndefined();
  });
});

describe("a plug-in", () => {
  test.each([
    ["no price", "return { unit_amount: 1.5, price_id: null, why: 'x' };", /unit_amount/],
    ["less than nothing", "return { unit_amount: -1, price_id: null, why: 'x' };", /unit_amount/],
    ["no reason", "return { unit_amount: 1, price_id: null };", /why/],
    ["null", "return null;", /gave no price/],
    ["an exception", "throw new Error('no contract');", /no contract/],
    ["a rejection", "return Promise.reject(new Error('no service'));", /no service/],
    ["what no thread can send", "return { unit_amount: () => 1 };", /own failed/],
  ])("that gives %s has failed", async (_what, body, detail) => {
    const own = await open(engine(body));
    await expect(own.quote(asked)).rejects.toThrow(detail);
    await expect(own.quote(asked)).rejects.toBeInstanceOf(PlugInFailed);
  });

  test("that never comes back is given up, and its thread is started anew for the next question", async () => {
    const own = await open(
      engine("if (question.sku === 'LOOP') for (;;); return { unit_amount: 5, price_id: null, why: 'five' };"),
      1_500,
    );
    await expect(own.quote({ ...asked, sku: "LOOP" })).rejects.toThrow(/no answer within/);
    const again = async (tries: number): Promise<unknown> => {
      try {
        return await own.quote(asked);
      } catch (error) {
        if (tries === 0) throw error;
        return again(tries - 1);
      }
    };
    expect(await again(10)).toMatchObject({ unit_amount: 5 });
  });

  test("that ends its thread has failed, and is there again", async () => {
    const own = await open(
      engine(
        "if (question.sku === 'END') setTimeout(() => { throw new Error('gone'); }); else return { unit_amount: 5, price_id: null, why: 'five' }; return new Promise(() => {});",
      ),
    );
    await expect(own.quote({ ...asked, sku: "END" })).rejects.toThrow(/gone/);
    expect(await own.quote(asked)).toMatchObject({ unit_amount: 5 });
  });

  test.each([
    ["is not there", undefined],
    ["has no engine", "export default 5;"],
    ["cannot be read", "export default {"],
  ])("whose module %s keeps it from opening", async (_what, code) => {
    const file = code === undefined ? join(dir, "nowhere.ts") : write(code);
    await expect(openPlugIn(file, 1_000)).rejects.toBeInstanceOf(PlugInFailed);
  });
});

describe("pricing", () => {
  const log = createLog("test", "silent");
  const failing = () => write(engine("throw new Error('down');"));

  test("goes back to the catalogue's prices when the plug-in fails, if that is what is wanted", async () => {
    const pricing = stack.use(
      await openPricing({ plugin: failing(), timeout_ms: 5_000, on_failure: "default" }, { log }),
    );
    expect(await pricing.quote(asked)).toMatchObject({
      ok: true,
      value: { engine: "default", answer: { unit_amount: 1000 } },
    });
  });

  test("gives no price when the plug-in fails, if that is what is wanted", async () => {
    const pricing = stack.use(
      await openPricing({ plugin: failing(), timeout_ms: 5_000, on_failure: "refuse" }, { log }),
    );
    expect(await pricing.quote(asked)).toMatchObject({ ok: false, problem: { code: "price.unavailable" } });
  });

  test("takes the plug-in's answer, and the catalogue's where it has none", async () => {
    const plugin = write(
      engine("return question.quantity > 5 ? { unit_amount: 1, price_id: 7, why: 'many' } : undefined;"),
    );
    const pricing = stack.use(await openPricing({ plugin, timeout_ms: 5_000, on_failure: "refuse" }, { log }));
    expect(await pricing.quote(asked)).toMatchObject({
      value: { engine: "own", answer: { unit_amount: 1 }, price: { id: 7 } },
    });
    expect(await pricing.quote({ ...asked, quantity: 1 })).toMatchObject({ value: { engine: "default" } });
    expect(await pricing.quote({ ...asked, quantity: 1, prices: [] })).toMatchObject({
      problem: { code: "price.none" },
    });
  });
});
