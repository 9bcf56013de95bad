import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer } from "node:net";
import { createMetrics } from "@tallygate/kit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../../deploy/local/servers.ts";
import { listDeliveries, reviveDeliveries } from "../../db/events/deliveries.ts";
import { purgeEvents } from "../../db/events/log.ts";
import { readWebhook, readWebhookStatus, rewindWebhook, rotateSecret } from "../../db/events/webhooks.ts";
import { openTestServer, type TestDatabase, type TestServer } from "../../db/testing.ts";
import { transaction } from "../../db/transaction.ts";
import { emit } from "../emit.ts";
import { Head } from "../head.ts";
import { createEventMetrics } from "../metrics.ts";
import { happen, happening, log, openTestEvents, openTestLink } from "../testing.ts";
import { createAddressGuard } from "./address.ts";
import { newSecret } from "./sign.ts";
import { addTestWebhook, isSigned, openTestDeliverer, TestTarget } from "./testing.ts";
import { webhookDuties } from "./webhooks.ts";

let server: TestServer;
let nats: LocalServer;
let db: TestDatabase;
let head: Head;
const within = { timeout: 20_000, interval: 20 };

beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  db = await server.open();
  head = new Head(db.pool);
});
afterEach(async () => {
  await head[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

/** Events of these keys get their numbers, in this order. */
async function emitted(...keys: readonly string[]): Promise<void> {
  await happen(
    db.pool,
    keys.map(key => happening({ key })),
  );
  const { head: seq } = await emit(db.pool);
  head.reached(seq);
}

async function statusOf(id: string) {
  const status = await readWebhookStatus(db.pool, id);
  if (status === undefined) throw new Error(`there is no webhook ${id}`);
  return status;
}

const delivered = (id: string, position: number) =>
  vi.waitFor(async () => expect(await statusOf(id)).toMatchObject({ position, waiting: 0 }), within);

describe("a webhook", () => {
  test("gets each event once and in order, signed, and only what its filter asks for", async () => {
    await using target = await TestTarget.open();
    const { id, secret } = await addTestWebhook(db, { url: target.url, types: ["item.*"], sites: ["lyon"] });
    await using _deliverer = openTestDeliverer(db, head, id);
    const reservation = happening({ type: "exception.opened", data: { id: 1, problem: "x", key: "k", detail: "d" } });
    await happen(db.pool, [happening(), reservation, happening({ key: "/v1/items/B" })]);
    head.reached((await emit(db.pool)).head);
    await delivered(id, 3);
    expect(target.sequences).toEqual([1, 3]);
    expect(target.got.every(got => isSigned(got, secret))).toBe(true);
    expect(target.got.every(got => isSigned({ ...got, body: `${got.body} ` }, secret))).toBe(false);
    expect(target.got[0]?.headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      "webhook-id": target.got[0]?.event.id,
    });
  });

  test("is signed with both secrets while the former one is valid", async () => {
    await using target = await TestTarget.open();
    const { id, secret } = await addTestWebhook(db, { url: target.url });
    const next = newSecret();
    await transaction(db.pool, client => rotateSecret(client, { id, secret: next, overlapMs: 60_000 }));
    await using _deliverer = openTestDeliverer(db, head, id);
    await emitted("a");
    await delivered(id, 1);
    expect(target.got.map(got => [isSigned(got, secret), isSigned(got, next)])).toEqual([[true, true]]);
  });

  test("whose target answers 500 and then takes everything gets each key in order, and nothing twice that it had taken", async () => {
    const taken: string[] = [];
    let failures = 0;
    await using target = await TestTarget.open(({ event }, response) => {
      if (failures < 30 && Number(event.sequence) % 3 === 0) {
        failures += 1;
        response.writeHead(500).end();
      } else {
        taken.push(`${event.subject} ${Number(event.sequence)}`);
        response.writeHead(200).end("rubbish that nobody reads {");
      }
    });
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id);
    const keys = Array.from({ length: 120 }, (_, n) => `key-${n % 12}`);
    await emitted(...keys);
    await delivered(id, 120);
    expect(new Set(taken).size).toBe(120);
    expect(taken).toHaveLength(120);
    for (let n = 0; n < 12; n++) {
      const own = taken.filter(line => line.startsWith(`key-${n} `)).map(line => Number(line.split(" ")[1]));
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  test("whose target refuses one key gets the others; the refused one is put aside for a person, what is behind it comes, and it can be tried anew", async () => {
    let refusing = true;
    await using target = await TestTarget.open(({ event }, response) => {
      const isPoison = Number(event.sequence) === 2;
      response.writeHead(refusing && isPoison ? 422 : 204).end();
    });
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id, { triesMax: 3 });
    await emitted("good", "bad", "good", "bad", "other");
    await vi.waitFor(
      async () => expect(await statusOf(id)).toMatchObject({ position: 5, waiting: 0, dead: 1 }),
      within,
    );
    expect(target.sequences.filter(seq => seq === 2)).toHaveLength(3);
    expect(target.sequences.indexOf(4)).toBeGreaterThan(target.sequences.lastIndexOf(2));
    const [dead] = await listDeliveries(db.pool, { id, state: "dead", after: undefined, limit: 10 });
    expect(dead).toMatchObject({ seq: 2, key: "bad", tries: 3, last_status: 422 });
    const { rows } = await db.pool.query("select problem, key, state from exception");
    expect(rows).toEqual([{ problem: "webhook.dead_letter", key: id, state: "open" }]);
    refusing = false;
    await transaction(db.pool, client => reviveDeliveries(client, id, undefined));
    await vi.waitFor(async () => expect(await statusOf(id)).toMatchObject({ waiting: 0, dead: 0 }), within);
    expect(target.sequences.at(-1)).toBe(2);
  });

  test("whose target is down keeps its position and nothing else, however much happens, and goes on where it stood", async () => {
    const target = await TestTarget.open();
    const { id } = await addTestWebhook(db, { url: target.url });
    const deliverer = openTestDeliverer(db, head, id);
    await emitted("a");
    await delivered(id, 1);
    await target.stop();
    for (let n = 0; n < 10; n++) await emitted(...Array.from({ length: 300 }, (_, key) => `key-${key}`));
    await vi.waitFor(async () => expect((await statusOf(id)).failures).toBeGreaterThan(3), within);
    expect(await statusOf(id)).toMatchObject({ position: 1, waiting: 0, dead: 0 });
    // Another process takes over.
    await deliverer[Symbol.asyncDispose]();
    await target.start();
    await using _next = openTestDeliverer(db, head, id);
    await delivered(id, 3_001);
    expect([...target.sequences].sort((a, b) => a - b)).toEqual(Array.from({ length: 3_001 }, (_, n) => n + 1));
    await target[Symbol.asyncDispose]();
  });

  test("whose target does not answer for too long is paused with an exception, and loses nothing", async () => {
    await using target = await TestTarget.open((_, response) => response.writeHead(503).end());
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id, { deadAfterMs: 200 });
    await emitted("a", "b");
    await vi.waitFor(async () => expect((await readWebhook(db.pool, id))?.state).toBe("paused"), within);
    expect(await statusOf(id)).toMatchObject({ position: 0 });
    const { rows } = await db.pool.query("select problem, key from exception");
    expect(rows).toEqual([{ problem: "webhook.paused", key: id }]);
  });

  test("whose target answers 410 is paused at once", async () => {
    await using target = await TestTarget.open((_, response) => response.writeHead(410).end());
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id);
    await emitted("a");
    await vi.waitFor(async () => expect((await readWebhook(db.pool, id))?.paused_why).toMatch(/410/), within);
    expect(target.got).toHaveLength(1);
  });

  test("is delivered again what happened behind a number, also while it delivers", async () => {
    await using target = await TestTarget.open();
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id);
    await emitted("a", "b", "c");
    await delivered(id, 3);
    await transaction(db.pool, client => rewindWebhook(client, id, 1));
    await vi.waitFor(() => expect(target.sequences).toHaveLength(5), within);
    expect(target.sequences.slice(3).sort()).toEqual([2, 3]);
  });
});

test("what is no longer kept when a webhook comes to it is told to a person, and the rest is delivered", async () => {
  await using target = await TestTarget.open();
  const { id } = await addTestWebhook(db, { url: target.url });
  await emitted("a", "b", "c");
  await purgeEvents(db.pool, 0, 2);
  await using _deliverer = openTestDeliverer(db, head, id);
  await delivered(id, 3);
  expect(target.sequences).toEqual([3]);
  const { rows } = await db.pool.query("select problem, key from exception");
  expect(rows).toEqual([{ problem: "event.gone", key: id }]);
});

test("of several processes one delivers to a webhook; when its connection is cut, another goes on, each key in order and nothing left out", async () => {
  await using target = await TestTarget.open();
  const { id } = await addTestWebhook(db, { url: target.url });
  await using link = await openTestLink(nats.url);
  const open = () => {
    const own = new Head(db.pool);
    const metrics = createEventMetrics(createMetrics());
    const guard = createAddressGuard({ allowHttp: true, networks: ["127.0.0.0/8"] });
    const limits = { timeoutMs: 5_000, deadAfterMs: 60_000, triesMax: 100, userAgent: "test" };
    const options = { pool: db.pool, head: own, source: "urn:tallygate:test", guard, metrics, log, ...limits };
    return openTestEvents(db, link, { head: own, duties: () => webhookDuties(options), everyMs: 100 });
  };
  await using one = open();
  await using two = open();
  const holders = () => [...one.leases.names, ...two.leases.names].filter(name => name.startsWith("webhook"));
  await vi.waitFor(() => expect(holders()).toHaveLength(1), within);
  for (let round = 0; round < 4; round++) {
    await happen(
      db.pool,
      Array.from({ length: 60 }, (_, n) => happening({ key: `key-${n % 6}` })),
    );
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tallygate events'",
    );
  }
  await delivered(id, 240);
  expect(new Set(target.sequences).size).toBe(240);
  for (let n = 0; n < 6; n++) {
    const first = [
      ...new Set(target.got.filter(got => got.event.subject === `key-${n}`).map(got => got.event.sequence)),
    ];
    expect(first).toEqual([...first].sort());
  }
});

describe("a target that misbehaves", () => {
  test("by never answering costs its own time limit, and its other keys and other webhooks are delivered to", async () => {
    const kept: (() => void)[] = [];
    await using slow = await TestTarget.open(({ event }, response) => {
      if (event.subject === "hangs") kept.push(() => response.end());
      else response.writeHead(204).end();
    });
    await using quick = await TestTarget.open();
    const [a, b] = [await addTestWebhook(db, { url: slow.url }), await addTestWebhook(db, { url: quick.url })];
    await using _a = openTestDeliverer(db, head, a.id, { timeoutMs: 300 });
    await using _b = openTestDeliverer(db, head, b.id, { timeoutMs: 300 });
    await emitted("hangs", ...Array.from({ length: 50 }, (_, n) => `key-${n}`));
    await delivered(b.id, 51);
    await vi.waitFor(async () => expect(await statusOf(a.id)).toMatchObject({ position: 51, waiting: 1 }), within);
    expect(new Set(slow.sequences).size).toBe(51);
  });

  test("by dripping its headers runs into the time limit of the whole, however often it says something", async () => {
    const dripping = createServer(socket => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write("x-more: 1\r\n"), 20);
      socket.on("close", () => clearInterval(timer));
      socket.on("error", () => undefined);
    });
    dripping.listen(0, "127.0.0.1");
    await once(dripping, "listening");
    const { port } = Object(dripping.address());
    const { id } = await addTestWebhook(db, { url: `http://127.0.0.1:${port}/` });
    await using _deliverer = openTestDeliverer(db, head, id, { timeoutMs: 200 });
    await emitted("a");
    await vi.waitFor(async () => expect((await statusOf(id)).last_failure).toMatch(/no answer within 0.2 s/), within);
    dripping.close();
  });

  test("by dripping its answer's body is not waited for: the status counts", async () => {
    await using body = await TestTarget.open((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    });
    const { id } = await addTestWebhook(db, { url: body.url });
    await using _deliverer = openTestDeliverer(db, head, id, { timeoutMs: 1_500 });
    await emitted("a", "b", "c");
    await delivered(id, 3);
    expect(body.sequences).toEqual([1, 2, 3]);
  });

  test("by answering without an end, or with headers without an end, is cut off", async () => {
    await using target = await TestTarget.open((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write("x".repeat(64 * 1024)));
      };
      response.on("drain", more);
      response.on("error", () => undefined);
      more();
    });
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id);
    await emitted("a");
    await delivered(id, 1);
  });

  test("by redirecting to an inside address is not followed", async () => {
    await using inside = await TestTarget.open();
    await using target = await TestTarget.open((_, response) =>
      response.writeHead(307, { location: inside.url }).end(),
    );
    const { id } = await addTestWebhook(db, { url: target.url });
    await using _deliverer = openTestDeliverer(db, head, id);
    await emitted("a");
    await vi.waitFor(
      async () => expect((await statusOf(id)).last_failure).toMatch(/redirects are not followed/),
      within,
    );
    expect(inside.got).toEqual([]);
  });

  test("by a name that leads inside is not connected to, whatever the name says at a second look-up", async () => {
    await using inside = await TestTarget.open();
    const answers: LookupAddress[][] = [];
    const resolve = async () => {
      const inward = [{ address: "127.0.0.1", family: 4 }];
      answers.push(inward);
      return inward;
    };
    const { id } = await addTestWebhook(db, { url: `http://rebinds.example.com:${inside.port}/` });
    const guard = createAddressGuard({ allowHttp: true, networks: [] });
    await using _deliverer = openTestDeliverer(db, head, id, { guard, resolve });
    await emitted("a");
    await vi.waitFor(async () => expect((await statusOf(id)).last_failure).toMatch(/no address/), within);
    expect(inside.got).toEqual([]);
    expect(answers.length).toBeGreaterThan(0);
  });

  test("by rebinding between the check and the connection gets nowhere: it is connected to the address that was checked", async () => {
    await using allowed = await TestTarget.open();
    let lookUps = 0;
    // The first answer is one that may be reached, each further one would not be.
    const resolve = async () => [{ address: lookUps++ === 0 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    const { id } = await addTestWebhook(db, { url: `http://rebinds.example.com:${allowed.port}/` });
    await using _deliverer = openTestDeliverer(db, head, id, { resolve });
    await emitted("a");
    await delivered(id, 1);
    expect([allowed.got.length, lookUps]).toEqual([1, 1]);
  });
});
