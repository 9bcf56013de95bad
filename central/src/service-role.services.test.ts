import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { connect as connectCentral } from "@tallygate/client";
import { createLog } from "@tallygate/kit";
import { subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  type LocalPostgres,
  type LocalServer,
  startInflux,
  startNats,
  startPostgres,
} from "../../deploy/local/servers.ts";
import { openTestApi, openTestLedgerIn, TestSite } from "./api/testing.ts";
import { ApiDocument } from "./api/testing-document.ts";
import { seedExamples } from "./api/testing-examples.ts";
import { addTestClient, first_admin_password } from "./auth/testing.ts";
import { openCentral } from "./central.ts";
import { CentralConfig } from "./config.ts";
import { purgeSessions } from "./db/auth/sessions.ts";
import { purgeEvents } from "./db/events/log.ts";
import { purgeRefused } from "./db/events/refused.ts";
import { migrate } from "./db/migrate.ts";
import { openPool, type Pool } from "./db/pool.ts";
import { purgeAnswers } from "./db/queries/idempotency.ts";
import { purgeReservationAnswers } from "./db/reservations/answers.ts";
import { TestTarget } from "./events/webhooks/testing.ts";
import { Influx } from "./projector/influx.ts";

const log = createLog("test", "error");
const soon = { timeout: 20_000, interval: 50 };
const oats = "(01)09506000134352";

/** What PostgreSQL has refused since the beginning, whoever kept it to himself. */
const refused: string[] = [];
let postgres: LocalPostgres;
let nats: LocalServer;
let influx: LocalServer;
let nc: NatsConnection;

beforeAll(async () => {
  const onLine = (line: string) => {
    if (line.includes("permission denied") || line.includes("must be owner")) refused.push(line);
  };
  [postgres, nats, influx] = await Promise.all([startPostgres({ onLine }), startNats(), startInflux()]);
  nc = await connect({ servers: nats.url });
});
afterAll(async () => {
  await nc?.close();
  for (const server of [influx, nats, postgres]) await server?.[Symbol.asyncDispose]();
});

/** A database that its owner has migrated, and how who may do no more than the service must gets to it. */
async function openAsService(
  name: string,
): Promise<{ readonly url: string; readonly pool: Pool; readonly owner: Pool }> {
  const ownersUrl = await postgres.database(name);
  const owner = openPool({ url: ownersUrl, size: 1, applicationName: "owner", log });
  await migrate(owner);
  await owner.query(`create role central_${name} login in role tallygate_service`);
  const url = new URL(ownersUrl);
  url.username = `central_${name}`;
  return { url: url.href, pool: openPool({ url: url.href, size: 4, applicationName: name, log }), owner };
}

test("all that central does works as tallygate_service: from a movement to a webhook", {
  timeout: 120_000,
}, async () => {
  const { url, pool, owner } = await openAsService("story");
  await owner.end();
  await using target = await TestTarget.open();
  const config = CentralConfig.parse({
    http: { listen: "127.0.0.1:0" },
    auth: { first_admin_password },
    database: { url },
    nats: { servers: [nats.url] },
    influx: { url: influx.url },
    webhooks: { allow_http: true, allow_networks: ["127.0.0.0/8"] },
  });
  await using central = await openCentral(config, { log });
  const secret = await addTestClient(pool, "test", [{ role: "admin", sites: "all" }]);
  const caller = connectCentral({ url: central.url, client: "test", secret });
  async function call(method: string, path: string, body?: unknown, status = 200) {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await caller.fetch(path, { method, ...sent });
    const answer = JSON.parse((await response.text()) || "null");
    expect(`${method} ${path} ${response.status}`, JSON.stringify(answer)).toBe(`${method} ${path} ${status}`);
    return answer;
  }
  const lyon = new TestSite("lyon");
  const publish = (...movements: Parameters<TestSite["batch"]>) =>
    jetstream(nc).publish(subjects.movements("lyon"), JSON.stringify(lyon.batch(...movements)));

  await call("POST", "/v1/webhooks", { url: target.url }, 201);
  await publish([{ code: oats, quantity: 20 }, { code: `${oats}(21)S-1` }, { code: "code:LATER", quantity: 3 }]);
  await vi.waitFor(async () => expect((await call("GET", "/v1/exceptions?state=open")).items).toHaveLength(2), soon);
  await call("POST", "/v1/items", { sku: "OAT", name: "Oats", codes: [oats] }, 201);
  const { items } = await call("GET", "/v1/exceptions?text=LATER");
  await call("POST", `/v1/exceptions/${items[0].id}/resolve`, { action: "bind", sku: "OAT" });
  expect(await call("GET", "/v1/stock/OAT")).toMatchObject({ on_hand: 24 });

  const one = [{ sku: "OAT", quantity: 1 }];
  const { id: held } = await call("POST", "/v1/reservations", { lines: one }, 201);
  await call("POST", `/v1/reservations/${held}/fulfil`, {});
  const { id: short } = await call("POST", "/v1/reservations", { lines: one, expires_in_s: 1 }, 201);
  const { id: order } = await call("POST", "/v1/orders", { site: "lyon", lines: [{ sku: "OAT", quantity: 5 }] }, 201);
  await publish([
    { code: oats, quantity: 5, from: "dock-1", to: "customer", bizStep: "shipping", eventTimeMs: Date.now() },
  ]);
  const stateOf = async (path: string) => (await call("GET", path)).state;
  await vi.waitFor(async () => expect(await stateOf(`/v1/orders/${order}`)).toBe("shipped"), soon);
  await vi.waitFor(async () => expect(await stateOf(`/v1/reservations/${short}`)).toBe("expired"), soon);

  const { id: count } = await call(
    "POST",
    "/v1/counts",
    { site: "lyon", places: ["dock-1"], limits: { units: 5 } },
    201,
  );
  const found = [
    { place: "dock-1", sku: "OAT", quantity: 17 },
    { place: "dock-1", code: `${oats}(21)S-1` },
  ];
  await call("POST", `/v1/counts/${count}/entries`, { entries: found });
  await call("POST", `/v1/counts/${count}/submit`, {});
  await vi.waitFor(async () => expect(await stateOf(`/v1/counts/${count}`)).toBe("posted"), soon);

  await call(
    "POST",
    "/v1/movements",
    { movements: [{ site: "lyon", sku: "OAT", quantity: 1, from: "dock-1", to: "loss" }], reason: "r" },
    201,
  );
  await call("POST", "/v1/audit/seals", {}, 201);
  expect(await call("GET", "/v1/audit/verify")).toMatchObject({ ok: true, done: true });
  await vi.waitFor(
    () => expect(target.got.map(({ event }) => event.type)).toContainEqual(expect.stringContaining("order.shipped")),
    soon,
  );

  for (const purge of [purgeEvents, purgeRefused, purgeReservationAnswers]) await purge(pool, 0, 5_000);
  await purgeAnswers(pool, 0);
  await purgeSessions(pool, { usedBeforeMs: Date.now(), createdBeforeMs: Date.now() });
  await pool.end();
  expect(refused).toEqual([]);
});

test("every route of the API is answered as tallygate_service as it is to the owner", {
  timeout: 120_000,
}, async () => {
  const { pool, owner } = await openAsService("routes");
  const ledger = openTestLedgerIn(pool);
  const series = new Influx({ url: influx.url, database: "tallygate", bucket: "", org: "", token: "" });
  await series.prepare();
  await using api = await openTestApi(ledger, series);
  const document = new ApiDocument((await api.get("/openapi.json")).body);
  await seedExamples({ ...ledger, pool: owner }, api);
  await owner.end();
  for (const operation of document.operations) {
    const { method, path, headers, body, isStream } = document.exampleRequest(operation);
    if (isStream) continue;
    const { status } = await api.request(method, path, { headers, ...(body !== undefined && { body }) });
    expect([method, path, status], refused.join("\n")).toEqual([method, path, expect.toBeOneOf([200, 201, 202, 204])]);
  }
  expect(refused).toEqual([]);
  await expect(pool.query("delete from movement")).rejects.toMatchObject({ code: "42501" });
  await vi.waitFor(() => expect(refused, "and what is refused is seen here").toHaveLength(1), soon);
  refused.length = 0;
  await pool.end();
});
