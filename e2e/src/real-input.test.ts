import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ScenarioInput } from "@tallygate/firmware-sim";
import { identify, parseEpc } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import { faultsOfLedger, stockOf } from "./ledger.ts";
import { at, getJson, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const fixtures = new URL("../../edge/src/drivers/", import.meta.url);

let system: System;
let cable: PtyPair;

/** The site of a user with a Zebra gate, an Impinj gate and a scanner; nothing here is simulated. */
function site(port: string): ScenarioInput {
  const gate = { from: "supplier", to: "dock-1" } as const;
  return {
    sites: {
      lyon: {
        devices: [
          { id: "zebra", driver: "zebra-iotc", topic: "lyon/zebra", ...gate },
          { id: "impinj", driver: "impinj-iot", topic: "lyon/impinj", ...gate },
          { id: "bench", driver: "serial-scanner", port, from: "supplier", to: "bench" },
        ],
      },
    },
  };
}

beforeAll(async () => {
  cable = await socatPair();
  system = await openSystem({ scenario: site(cable.a) });
});
afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await cable[Symbol.asyncDispose]();
});

interface Message {
  readonly raw: string;
  readonly kind: string;
  readonly valid: boolean;
  readonly expect: { readonly tags?: readonly { readonly epcHex: string }[] };
}

async function messages(driver: string): Promise<Message[]> {
  const text = await readFile(new URL(`${driver}/fixtures/messages.jsonl`, fixtures), "utf8");
  return text
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line));
}

/** Publishes each message as a user with a file of them would. */
async function publish(topic: string, raws: readonly string[]) {
  const { mqttPort } = at(system.sites, 0);
  for (const [index, raw] of raws.entries()) {
    const file = join(system.dir, `message-${index}`);
    await writeFile(file, raw);
    await run("mosquitto_pub", ["-h", "127.0.0.1", "-p", String(mqttPort), "-t", topic, "-q", "1", "-f", file]);
  }
}

/** Items for every tag that the messages name, so that all of them count. */
async function knowTags(epcs: readonly string[]) {
  for (const epcHex of epcs) {
    const { classKey, gtin } = identify({ epcHex });
    const known = gtin === undefined ? { codes: [classKey] } : { gtins: [gtin] };
    const sku = `TAG-${gtin ?? epcHex}`;
    const response = await system.post("/v1/items", { sku, name: sku, ...known });
    expect([201, 409]).toContain(response.status);
  }
}

/** Things that count as one unit of stock: tagged goods, not pallets or places. */
function goods(epcs: Iterable<string>): string[] {
  return [...new Set(epcs)].filter(epcHex => {
    const { kind } = identify({ epcHex });
    return kind !== "unit" && kind !== "place" && parseEpc(epcHex) !== undefined;
  });
}

describe("real input", () => {
  it("a file of Zebra and Impinj messages, published with mosquitto_pub, gives each tag once as stock", async () => {
    const read = { zebra: await messages("zebra-iotc"), impinj: await messages("impinj-iot") };
    const tags = [...read.zebra, ...read.impinj].flatMap(message => message.expect.tags ?? []);
    const epcs = goods(tags.map(tag => tag.epcHex));
    expect(epcs.length).toBeGreaterThan(5);
    await knowTags(epcs);
    await publish(
      "lyon/zebra",
      read.zebra.map(message => message.raw),
    );
    await publish(
      "lyon/impinj",
      read.impinj.map(message => message.raw),
    );
    const onDock = async () => {
      const stock = [...(await stockOf(system))].filter(([key]) => key.startsWith("lyon dock-1 TAG-"));
      return stock.reduce((sum, [, onHand]) => sum + onHand, 0);
    };
    await until("every tag counts once", async () => (await onDock()) === epcs.length);
    await publish(
      "lyon/zebra",
      read.zebra.map(message => message.raw),
    );
    await system.settled();
    expect(await onDock(), "the same file again changes nothing").toBe(epcs.length);
    expect(await faultsOfLedger(system)).toEqual([]);
  });

  it("what cannot be read is kept with its bytes and its reason, and blocks nothing", async () => {
    await publish("lyon/zebra", ["no JSON at all"]);
    await publish("lyon/nobody", ['{"hello":1}']);
    const { exceptions } = await getJson<{ exceptions: { problem: string; detail: string }[] }>(
      `${at(system.sites, 0).url}/api/exceptions?limit=100`,
    );
    expect(exceptions.map(exception => exception.problem)).toEqual(
      expect.arrayContaining(["message.not_json", "device.unknown"]),
    );
  });

  it("bytes typed into a serial port become stock, in any pieces", async () => {
    const gtin = "09506000134352";
    await system.post("/v1/items", { sku: "KETTLE", name: "Kettle", gtins: [gtin] });
    const onBench = async () => (await stockOf(system)).get("lyon bench KETTLE");
    const bytes = `]E0${gtin.slice(1)}\r]C101${gtin}3005\r`;
    await writeFile(cable.b, bytes.slice(0, 9));
    await writeFile(cable.b, bytes.slice(9));
    await until("one and five are on the bench", async () => (await onBench()) === 6);
    await writeFile(cable.b, Buffer.from([0xff, 0x00, 0x0d]));
    await writeFile(cable.b, `]E0${gtin.slice(1)}\r`);
    await until("rubbish did not stop the line", async () => (await onBench()) === 7);
  });

  it("a code that nobody knows is held, and posts by itself once an item has it", async () => {
    const gtin = "04012345678901";
    await writeFile(cable.b, `]E0${gtin.slice(1)}\r`);
    const held = async () => {
      const { items } = await system.get<{ items: { problem: string; key: string }[] }>(
        `/v1/exceptions?state=open&limit=100`,
      );
      return items.some(item => item.problem === "movement.code_unknown" && item.key.includes(gtin));
    };
    await until("the centre holds it", held);
    await system.post("/v1/items", { sku: "LATE", name: "Bound later", gtins: [gtin] });
    await until("it counts", async () => (await stockOf(system)).get("lyon bench LATE") === 1);
    expect(await held(), "the exception is resolved").toBe(false);
  });
});
