import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { log, openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { openNatsLink } from "../relay/nats-link.ts";
import { openRelay } from "../relay/relay.ts";
import { openStockLookUps } from "./stock-look-ups.ts";

const gtin = "(01)09506000134352";

let server: TestServer;
let nats: LocalServer;
beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** What a central process has to look things up, and to tell the others what it has committed. */
async function openProcess(ledger: TestLedger, natsUrl = nats.url) {
  const stack = new AsyncDisposableStack();
  const link = stack.use(await openNatsLink({ nats: { servers: [natsUrl] }, name: "test", log }));
  const relay = stack.use(openRelay({ link, pool: ledger.pool, log }));
  await link.nc.flush();
  const lookUp = openStockLookUps({ pool: ledger.pool, news: relay.news });
  const atDock = async () => (await lookUp("OAT"))?.levels.find(({ place }) => place === "dock")?.on_hand ?? 0;
  return { link, relay, lookUp, atDock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function openLedger() {
  const ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  const edge = new TestEdge("lyon");
  const receive = async () => (await ledger.apply(edge.record({ code: gtin }))).commits;
  return { ledger, receive, [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose]() };
}

describe("stock that is looked up again", () => {
  test("comes from memory until another process tells that it has changed", async () => {
    await using books = await openLedger();
    await using writer = await openProcess(books.ledger);
    await using reader = await openProcess(books.ledger);
    const heard = vi.fn();
    reader.relay.news.subscribe(heard);
    writer.relay.publishCommits(await books.receive());
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    expect(await reader.atDock()).toBe(1);
    const commits = await books.receive();
    const queries = vi.spyOn(books.ledger.pool, "query");
    for (let round = 0; round < 50; round++) expect(await reader.atDock()).toBe(1);
    expect(queries).not.toHaveBeenCalled();
    queries.mockRestore();
    writer.relay.publishCommits(commits);
    await vi.waitFor(async () => expect(await reader.atDock()).toBe(2));
  });

  test("is never older than what the process has heard of, while it is looked up without a pause", async () => {
    await using books = await openLedger();
    await using writer = await openProcess(books.ledger);
    await using reader = await openProcess(books.ledger);
    let heard = 0;
    let done = false;
    reader.relay.changes.subscribe(({ levels }) => {
      for (const { place, onHand } of levels) if (place === "dock") heard = Math.max(heard, onHand);
    });
    const looking = Array.from({ length: 8 }, async () => {
      let looked = 0;
      for (; !done; looked++) {
        const least = heard;
        expect(await reader.atDock()).toBeGreaterThanOrEqual(least);
        if (looked % 20 === 0) await new Promise(resolve => setImmediate(resolve));
      }
      return looked;
    });
    for (let round = 0; round < 60; round++) writer.relay.publishCommits(await books.receive());
    await vi.waitFor(() => expect(heard).toBe(60));
    done = true;
    expect(Math.min(...(await Promise.all(looking)))).toBeGreaterThan(10);
    expect(await reader.atDock()).toBe(60);
  });

  test("shows what its own process has committed at once, before NATS brings it back", async () => {
    await using books = await openLedger();
    await using writer = await openProcess(books.ledger);
    for (let round = 1; round <= 20; round++) {
      const commits = await books.receive();
      await writer.atDock();
      writer.relay.publishCommits(commits);
      expect(await writer.atDock()).toBe(round);
    }
  });

  test("names places that came up since, in the order of sites and places", async () => {
    await using books = await openLedger();
    await using reader = await openProcess(books.ledger);
    const lyon = new TestEdge("lyon");
    const turin = new TestEdge("turin");
    const places = async () => (await reader.lookUp("OAT"))?.levels.map(({ site, place }) => `${site}/${place}`);
    const move = async (edge: TestEdge, to: string) => {
      const { commits } = await books.ledger.apply(edge.record({ code: gtin, to }));
      reader.relay.publishCommits(commits);
    };
    await move(turin, "dock");
    expect(await places()).toEqual(["turin/dock", "turin/supplier"]);
    await move(lyon, "shelf-2");
    await move(lyon, "shelf_1");
    await move(lyon, "shelf");
    const ofLyon = ["lyon/shelf", "lyon/shelf-2", "lyon/shelf_1", "lyon/supplier"];
    expect(await places()).toEqual([...ofLyon, "turin/dock", "turin/supplier"]);
  });

  test("is looked up anew when a change of its site went by unheard", async () => {
    await using books = await openLedger();
    await using writer = await openProcess(books.ledger);
    await using reader = await openProcess(books.ledger);
    writer.relay.publishCommits(await books.receive());
    await vi.waitFor(async () => expect(await reader.atDock()).toBe(1));
    await books.receive();
    await books.ledger.bind("OTHER", "code:other");
    const { commits } = await books.ledger.apply(new TestEdge("lyon").record({ code: "code:other" }));
    writer.relay.publishCommits(commits);
    await vi.waitFor(async () => expect(await reader.atDock()).toBe(2));
  });

  test("comes from the database while NATS is away, and afterwards nothing from before is believed", async () => {
    await using books = await openLedger();
    await using own = await startNats();
    await using reader = await openProcess(books.ledger, own.url);
    await books.receive();
    expect(await reader.atDock()).toBe(1);
    await own.stop();
    await vi.waitFor(() => expect(reader.link.connected).toBe(false), { timeout: 10_000 });
    await books.receive();
    expect(await reader.atDock()).toBe(2);
    await books.receive();
    await own.restart();
    await vi.waitFor(() => expect(reader.link.connected).toBe(true), { timeout: 10_000 });
    expect(await reader.atDock()).toBe(3);
  });
});
