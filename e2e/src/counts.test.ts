import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, connect } from "@tallygate/client";
import { createLog } from "@tallygate/kit";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestClient } from "../../central/src/auth/testing.ts";
import { openCentral } from "../../central/src/central.ts";
import { CentralConfig } from "../../central/src/config.ts";
import { openPool } from "../../central/src/db/pool.ts";
import { openTestServer } from "../../central/src/db/testing.ts";
import type { LocalServer } from "../../deploy/local/local-server.ts";
import { startNats } from "../../deploy/local/servers.ts";
import { EdgeConfig } from "../../edge/src/config.ts";
import { type Edge, openEdge } from "../../edge/src/edge.ts";
import { until } from "./until.ts";

const log = createLog("test", "silent");
/** The EPC of one thing of GTIN 09506000134352 in SGTIN-96. */
const tag = (serial: number) => `30364433400D1EC0${serial.toString(16).toUpperCase().padStart(8, "0")}`;
const bolts = "BOLT-M8";

let stack: AsyncDisposableStack;
let nats: LocalServer;
let edge: Edge;
let caller: Client;
let devices: mqtt.MqttClient;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  nats = stack.use(await startNats());
  const { url } = stack.use(await (await openTestServer()).openEmpty());
  const central = stack.use(
    await openCentral(
      CentralConfig.parse({
        http: { listen: "127.0.0.1:0" },
        database: { url },
        nats: { servers: [nats.url] },
        audit: { enabled: false },
        auth: { first_admin_password: "the first admin's word" },
      }),
      { log },
    ),
  );
  const pool = openPool({ url, size: 1, applicationName: "test", log });
  const secret = await addTestClient(pool, "supervisor", [{ role: "admin", sites: "all" }]);
  await pool.end();
  caller = connect({ url: central.url, client: "supervisor", secret });
  const data = mkdtempSync(join(tmpdir(), "edge-"));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  const device = (id: string, read_point: object) => ({
    id,
    driver: "json",
    topic: `lyon/${id}`,
    read_points: [read_point],
  });
  edge = stack.use(
    await openEdge(
      EdgeConfig.parse({
        site: "lyon",
        data,
        http: { listen: "127.0.0.1:0" },
        mqtt: { listen: "127.0.0.1:0", anonymous: true },
        nats: { servers: [nats.url] },
        devices: [
          device("dock", { mode: "receive", place: "bin-1" }),
          device("gun", { mode: "count", place: "bin-1" }),
          device("sled", { mode: "count", place: "bin-1" }),
        ],
      }),
      { log },
    ),
  );
  devices = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.mqttPort}`, { reconnectPeriod: 0 });
  stack.defer(() => devices.endAsync(true));
});
afterAll(async () => {
  await stack.disposeAsync();
});

async function ask(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await caller.fetch(path, { method, ...sent });
  return { status: response.status, body: await response.json() };
}

/** Each is answered when it is on the edge's disk. */
async function read(device: string, ...given: readonly object[]): Promise<void> {
  for (const message of given) await devices.publishAsync(`lyon/${device}`, JSON.stringify(message), { qos: 1 });
}

const scans = (...texts: readonly string[]) => texts.map(scan => ({ scan }));
const tags = (...serials: readonly number[]) => serials.map(serial => ({ epc_hex: tag(serial), rssi_dbm: -50 }));

const waiting = () => edge.view.store.observationsWaiting;

test("a scanner and an RFID sweep fill a count, also while the link is down, and stock becomes what they found", async () => {
  expect(
    (await ask("POST", "/v1/items", { sku: "OATS", name: "Oat drink", codes: ["(01)09506000134352"] })).status,
  ).toBe(201);
  expect((await ask("POST", "/v1/items", { sku: "BOLTS", name: "Bolts", codes: [`code:${bolts}`] })).status).toBe(201);
  // Six tagged cartons and twenty bolts come; one carton and some bolts will be gone when it is counted.
  await read("dock", ...tags(1, 2, 3, 4, 5, 6), ...scans("TG:QTY:20", bolts));
  const levels = async () => {
    const { body } = await ask("GET", "/v1/stock?site=lyon&place=bin-1");
    return Object.fromEntries(body.items.map((item: { sku: string; on_hand: number }) => [item.sku, item.on_hand]));
  };
  await until("all that came is in stock", async () => {
    const { OATS, BOLTS } = await levels();
    return OATS === 6 && BOLTS === 20;
  });

  const planned = await ask("POST", "/v1/counts", { site: "lyon", places: ["bin-1"], limits: { units: 5 } });
  expect(planned.body).toMatchObject({ state: "planned", blind: true });
  const { id } = planned.body;
  await read("sled", ...tags(1, 2, 1, 2, 1));
  await until("the first of the sweep is counted", async () => {
    const { body } = await ask("GET", `/v1/counts/${id}`);
    return body.state === "counting" && waiting() === 0;
  });

  await nats.kill();
  await until("the edge knows that the link is down", async () => edge.view.link().state === "disconnected");
  await read("sled", ...tags(3, 1, 4, 5, 3, 7));
  await read("gun", ...scans("TG:QTY:15", bolts, bolts, bolts, "TG:UNDO"));
  expect(waiting()).toBe(4 + 4);
  await nats.restart();
  await until("what was counted meanwhile is at the centre", async () => waiting() === 0);

  const { body } = await ask("GET", `/v1/counts/${id}/lines`);
  const found = Object.fromEntries(
    body.items.map((line: { sku: string; counted: number }) => [line.sku, line.counted]),
  );
  expect(found).toEqual({ OATS: 6, BOLTS: 16 });
  expect((await ask("POST", `/v1/counts/${id}/submit`, {})).body).toMatchObject({ state: "posted" });
  expect(await levels()).toEqual({ OATS: 6, BOLTS: 16 });
  const place = async (serial: number) => {
    const key = encodeURIComponent(`(01)09506000134352(21)${serial}`);
    return (await ask("GET", `/v1/tags/${key}`)).body.place;
  };
  expect([await place(6), await place(7), await place(1)]).toEqual(["loss", "bin-1", "bin-1"]);
}, 120_000);
