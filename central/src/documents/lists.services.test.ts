import { connect } from "@nats-io/transport-node";
import { ListsChanged, ListsPage, subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { TestEdge } from "../ingest/testing.ts";
import { log, openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { openNatsLink } from "../relay/nats-link.ts";
import { openRelay } from "../relay/relay.ts";
import { closeList, openList } from "./lists.ts";
import { recordProgress } from "./progress.ts";
import { openListNews } from "./site-lists.ts";
import { addDocument } from "./testing.ts";

let server: TestServer;
let nats: LocalServer;
beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function openWithOrders() {
  const ledger = await openTestLedger(server);
  for (const sku of ["A", "B"]) await ledger.bind(sku, `code:${sku}`);
  await ledger.apply(new TestEdge("lyon").record({ code: "code:A" }));
  const order = (sku: string, quantity: number) =>
    addDocument(ledger.pool, { kind: "order", site: "lyon", state: "reserved", lines: [{ sku, quantity }] });
  return { ledger, first: await order("A", 5), second: await order("B", 3) };
}

const open = (ledger: TestLedger, documents: readonly string[], readPoint: string | undefined = "dock-1") =>
  transaction(ledger.pool, client =>
    openList(client, { site: "lyon", readPoint, step: "loading", documents, actor: "person:maria" }),
  );
const close = (ledger: TestLedger, id: string) =>
  transaction(ledger.pool, client => closeList(client, { id, actor: "person:maria", allow: () => undefined }));

test("a read point has one open list for a step, and closing it tells what is short and over", async () => {
  const { ledger, first, second } = await openWithOrders();
  await using _ledger = ledger;
  const opened = await open(ledger, [first.id, second.id]);
  if (!opened.ok) throw new Error(opened.problem.detail);
  expect(opened.value.lines).toMatchObject([
    { sku: "A", quantity: 5, place: null },
    { sku: "B", quantity: 3 },
  ]);
  expect(await open(ledger, [first.id])).toMatchObject({ ok: false, problem: { code: "list.open" } });
  expect(await open(ledger, [first.id], "dock-2")).toMatchObject({ ok: true });
  const done = { step: "done", epochId: 1, why: "list", eventTimeMs: 1 } as const;
  await transaction(ledger.pool, client =>
    recordProgress(
      client,
      [
        { ...done, documentId: first.id, line: 1, quantity: 4, seq: 1 },
        { ...done, documentId: second.id, line: 1, quantity: 5, seq: 2 },
      ],
      2_000_000,
    ),
  );
  await ledger.pool.query(
    `insert into document_list_unexpected (list_id, epoch_id, seq, code, quantity, event_time) values ($1, 1, 3, 'code:C', 2, now())`,
    [opened.value.id],
  );
  const closed = await close(ledger, opened.value.id);
  expect(closed).toMatchObject({
    ok: true,
    value: {
      lines: [],
      outcome: {
        short: [{ sku: "A", expected: 5, found: 4 }],
        over: [{ sku: "B", expected: 3, found: 5 }],
        unexpected: [{ sku: null, code: "code:C", quantity: 2 }],
      },
    },
  });
  expect(await close(ledger, opened.value.id)).toMatchObject({ ok: false, problem: { code: "list.closed" } });
  expect(await open(ledger, [first.id])).toMatchObject({ ok: true });
  const told = await ledger.rows<{ type: string }>("select type from outbox where type like 'list.%' order by id");
  expect(told.map(({ type }) => type)).toEqual(["list.opened", "list.opened", "list.closed", "list.opened"]);
});

test("a list takes only documents that its step is for, at its site, of which something is awaited", async () => {
  const { ledger, first } = await openWithOrders();
  await using _ledger = ledger;
  await ledger.apply(new TestEdge("oslo").record({ code: "code:A" }));
  const lines = [{ sku: "A", quantity: 1 }];
  const notice = await addDocument(ledger.pool, { kind: "shipment", site: "lyon", lines });
  const elsewhere = await addDocument(ledger.pool, { kind: "order", site: "oslo", state: "reserved", lines });
  for (const id of [notice.id, elsewhere.id]) {
    expect(await open(ledger, [first.id, id])).toMatchObject({
      problem: { code: "document.state", at: "documents[1]" },
    });
  }
  const nobody = "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d99";
  expect(await open(ledger, [nobody])).toMatchObject({ problem: { code: "document.unknown", at: "documents[0]" } });
});

test("an edge is told that its lists have changed, also by what was loaded, and gets them when it asks", async () => {
  const { ledger, first } = await openWithOrders();
  await using _ledger = ledger;
  await using link = await openNatsLink({ nats: { servers: [nats.url] }, name: "test", log });
  await using _relay = openRelay({ link, pool: ledger.pool, log });
  const edge = await connect({ servers: nats.url });
  const heard: number[] = [];
  edge.subscribe(subjects.listsChanged("lyon"), {
    callback(_error, message) {
      heard.push(ListsChanged.parse(message.json()).version);
    },
  });
  await edge.flush();
  await using _news = openListNews({ pool: ledger.pool, link, log });
  expect(await open(ledger, [first.id])).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(heard).toEqual([1]), { timeout: 10_000 });
  const { rows: known } = await ledger.pool.query<{ code: string }>("select code from epoch");
  const epochs = [...known.map(({ code }) => code), "00000000000000ff"];
  const ask = async () => {
    const answer = await edge.request(subjects.lists("lyon"), JSON.stringify({ v: 1, site: "lyon", epochs }), {
      timeout: 10_000,
    });
    return ListsPage.parse(answer.json());
  };
  expect(await ask()).toMatchObject({
    version: 1,
    cut: false,
    lists: [
      { readPoint: "dock-1", step: "loading", documents: [{ kind: "order" }], lines: [{ sku: "A", quantity: 5 }] },
    ],
    followed: epochs.map(epoch => ({ epoch, seq: 0 })),
  });
  const loaded = { documentId: first.id, line: 1, step: "done", quantity: 2, epochId: 1, seq: 1, why: "list" } as const;
  await transaction(ledger.pool, client => recordProgress(client, [{ ...loaded, eventTimeMs: 1 }], 2_000_000));
  await vi.waitFor(() => expect(heard).toEqual([1, 2]), { timeout: 10_000 });
  await ledger.pool.query("insert into follow_cursor (epoch_id, seq) select id, 1 from epoch where code = $1", [
    epochs[0],
  ]);
  const after = await ask();
  expect(after.lists[0]?.lines).toMatchObject([{ sku: "A", quantity: 3 }]);
  expect(after.lists[0]?.items).toEqual([{ sku: "A", wanted: 5, done: 2 }]);
  expect(after.followed?.[0]).toEqual({ epoch: epochs[0], seq: 1 });
  await edge.close();
});
