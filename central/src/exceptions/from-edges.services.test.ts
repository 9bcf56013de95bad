import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type EdgeException, EdgeExceptionsReply, subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startNats } from "../../../deploy/local/servers.ts";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "../api/testing.ts";
import { log } from "../ingest/testing-ledger.ts";
import { openNatsLink } from "../relay/nats-link.ts";
import { openRelay } from "../relay/relay.ts";

const thing = "(01)09506000134352(21)S-7";

let ledger: TestLedger;
let api: TestApi;
let edge: NatsConnection;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  const nats = stack.use(await startNats());
  ledger = stack.use(await openTestLedger());
  api = stack.use(await openTestApi(ledger));
  for (const name of ["one", "two"]) {
    const link = stack.use(await openNatsLink({ nats: { servers: [nats.url] }, name, log }));
    stack.use(openRelay({ link, pool: ledger.pool, log, now: Date.now }));
    await link.nc.flush();
  }
  edge = await connect({ servers: nats.url });
  stack.defer(() => edge.close());
  await api.post("/v1/items", { sku: "OAT", name: "Oats", gtins: ["09506000134352"] });
});

afterAll(() => stack.disposeAsync());

function told(change: Partial<EdgeException>): EdgeException {
  return {
    id: 1,
    day: 20_780,
    problem: "message.shape",
    deviceId: "dock-1",
    key: "",
    detail: "The message has no tag.",
    bytes: Buffer.from("{}").toString("base64"),
    bytesWhole: 2,
    count: 1,
    firstMs: noonMs,
    lastMs: noonMs,
    ...change,
  };
}

async function tell(site: string, ...exceptions: readonly EdgeException[]) {
  const request = JSON.stringify({ v: 1, site, exceptions });
  const reply = await edge.request(subjects.exceptions(site), request, { timeout: 10_000 });
  return EdgeExceptionsReply.parse(reply.json()).taken;
}

const inbox = async (site: string) => (await api.get(`/v1/exceptions?site=${site}`)).body.items;

test("what an edge could not use is in the inbox with its bytes, and answered when it is", async () => {
  const taken = await tell(
    "lyon",
    told({ id: 4, count: 3 }),
    told({ id: 5, problem: "frame.too_long", bytesWhole: 99 }),
  );
  expect(taken).toEqual([
    { id: 4, count: 3 },
    { id: 5, count: 1 },
  ]);
  expect(await inbox("lyon")).toMatchObject([
    { problem: "message.shape", kind: "device", key: "dock-1", count: 3, preview: "{}", site: "lyon" },
    { problem: "frame.too_long", kind: "device", body_bytes: 99, body_kept: 2, actions: ["done", "ignore"] },
  ]);
});

test("counts each as often as it came, however often, by whatever copy of a store and at how many centres it is told", async () => {
  await Promise.all(Array.from({ length: 6 }, () => tell("oslo", told({ count: 5 }))));
  await tell("oslo", told({ id: 77, count: 2 }));
  await tell("oslo", told({ count: 6 }));
  await tell("oslo", told({ day: 20_781, count: 1 }));
  expect(await inbox("oslo")).toMatchObject([{ count: 7 }]);
});

test("keeps what no text can hold, and goes on", async () => {
  const odd = told({ key: "a\u0000b\ud800", detail: "\u0000" });
  expect(await tell("bergen", odd, told({ id: 2, problem: "device.newer_than_this" }))).toHaveLength(2);
  expect(await inbox("bergen")).toMatchObject([
    { key: "dock-1 a\u2400b\ufffd" },
    { problem: "device.newer_than_this", title: "device.newer_than_this" },
  ]);
});

test("a doubtful crossing is decided by a person: the thing goes where they say, when the edge heard it", async () => {
  const lyon = new TestSite("nice");
  await ledger.apply(lyon, [{ code: thing, to: "dock-1" }, { to: "dock-2" }]);
  const heard = [
    { place: "dock-1", lastMs: noonMs + 60_000 },
    { place: "dock-2", lastMs: noonMs + 61_000 },
  ];
  const bytes = Buffer.from(JSON.stringify({ key: thing, account: "dock-1", heard }));
  await tell(
    "nice",
    told({ problem: "crossing.doubtful", key: thing, bytes: bytes.toString("base64"), bytesWhole: bytes.length }),
  );
  const [{ id, actions }] = await inbox("nice");
  expect(actions).toEqual(["decide", "done", "ignore"]);
  const path = `/v1/exceptions/${id}/resolve`;
  const wrong = await api.post(path, { action: "decide", from: "dock-2", to: "dock-1" });
  expect(wrong.body).toMatchObject({ status: 409, code: "stock.insufficient" });
  const done = await api.post(path, { action: "decide", from: "dock-1", to: "dock-2", reason: "it stands there" });
  expect(done.body).toMatchObject({ state: "resolved", resolution: "decide" });
  const { body: tag } = await api.get(`/v1/tags/${encodeURIComponent(thing)}`);
  expect(tag).toMatchObject({ site: "nice", place: "dock-2" });
  const { body: moved } = await api.get("/v1/movements?site=nice&limit=1");
  expect(moved.items[0].event_time).toBe(new Date(noonMs + 61_000).toISOString());
});
