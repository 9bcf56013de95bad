import { connect, type NatsConnection } from "@nats-io/transport-node";
import {
  CatalogueChanged,
  CataloguePage,
  genesisHash,
  HelloReply,
  limits,
  Resend,
  SiteChange,
  SnapshotPage,
  subjects,
} from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { z } from "zod";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { log, openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { openNatsLink } from "./nats-link.ts";
import { openRelay } from "./relay.ts";

const gtin = "(01)09506000134352";

let server: TestServer;
let nats: LocalServer;
let edge: NatsConnection;
beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
  edge = await connect({ servers: nats.url });
});
afterAll(async () => {
  await edge.close();
  await nats[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function openBoth(now: () => number = Date.now) {
  const stack = new AsyncDisposableStack();
  const ledger = stack.use(await openTestLedger(server));
  const link = stack.use(await openNatsLink({ nats: { servers: [nats.url] }, name: "test", log }));
  const relay = stack.use(openRelay({ link, pool: ledger.pool, log, now }));
  await link.nc.flush();
  return { ledger, link, relay, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function ask<T>(subject: string, request: unknown, schema: z.ZodType<T>): Promise<T> {
  const reply = await edge.request(subject, JSON.stringify(request), { timeout: 5_000 });
  return schema.parse(reply.json());
}

/** What comes on a subject from now on. */
async function listen<T>(subject: string, schema: z.ZodType<T>): Promise<T[]> {
  const heard: T[] = [];
  edge.subscribe(subject, { callback: (_, message) => void heard.push(schema.parse(message.json())) });
  await edge.flush();
  return heard;
}

describe("what sites ask", () => {
  test("hello tells where the centre stands with each epoch, and of one that it never heard, that it has nothing", async () => {
    await using both = await openBoth();
    const site = new TestEdge("lyon");
    const batch = site.record({}, {});
    await both.ledger.apply(batch);
    const unheard = "00000000000000ff";
    const epochs = [
      { epoch: site.epoch, seq: 2 },
      { epoch: unheard, seq: 5 },
    ];
    const reply = await ask(subjects.hello("lyon"), { v: 1, site: "lyon", epochs, timeMs: 0 }, HelloReply);
    expect(reply).toMatchObject({
      version: 1,
      catalogueVersion: 0,
      cursors: [
        { epoch: site.epoch, seq: 2, hash: batch.after },
        { epoch: unheard, seq: 0, hash: genesisHash },
      ],
    });
  });

  test("a site that was never heard is at version 0 and has no levels, and is known from its hello on", async () => {
    await using both = await openBoth();
    expect(await ask(subjects.hello("new"), { v: 1, site: "new", epochs: [], timeMs: 0 }, HelloReply)).toMatchObject({
      version: 0,
    });
    const page = await ask(subjects.snapshot("new"), { v: 1, site: "new" }, SnapshotPage);
    expect(page).toEqual({ v: 1, site: "new", version: 0, cursors: [], levels: [] });
    const { rows } = await both.ledger.pool.query("select code from site");
    expect(rows).toEqual([{ code: "new" }]);
  });

  test("a snapshot gives every level once, page by page", async () => {
    await using both = await openBoth();
    await fill(both.ledger, limits.pageRowsMax / 2 + 10);
    const pages: SnapshotPage[] = [];
    do {
      const after = pages.at(-1)?.next;
      const request = { v: 1, site: "lyon", ...(after === undefined ? {} : { after }) };
      pages.push(await ask(subjects.snapshot("lyon"), request, SnapshotPage));
    } while (pages.at(-1)?.next !== undefined);
    expect(pages.map(page => page.levels.length)).toEqual([limits.pageRowsMax, 20]);
    expect(new Set(pages.flatMap(page => page.levels.map(level => `${level.sku} ${level.place}`))).size).toBe(
      limits.pageRowsMax + 20,
    );
    expect(pages[0]?.cursors).toMatchObject([{ seq: 3 }]);
  });

  test("the catalogue is told in the order of its changes, page by page, until there is no more", async () => {
    await using both = await openBoth();
    await fill(both.ledger, limits.pageRowsMax + 5);
    const first = await ask(subjects.catalogue("lyon"), { v: 1, site: "lyon", since: 0 }, CataloguePage);
    expect([first.items.length, first.more, first.version]).toEqual([limits.pageRowsMax, true, limits.pageRowsMax]);
    const rest = await ask(subjects.catalogue("lyon"), { v: 1, site: "lyon", since: first.version }, CataloguePage);
    expect([rest.items.length, rest.more, rest.version]).toEqual([5, false, limits.pageRowsMax + 5]);
    expect(rest.items.at(-1)).toMatchObject({
      name: `item ${limits.pageRowsMax + 5}`,
      classKeys: [`code:${limits.pageRowsMax + 5}`],
    });
  });

  test("a request that names another site than its subject stays unanswered", async () => {
    await using _both = await openBoth();
    const request = JSON.stringify({ v: 1, site: "oslo" });
    await expect(edge.request(subjects.snapshot("lyon"), request, { timeout: 300 })).rejects.toThrow();
  });
});

describe("what the centre tells", () => {
  test("commits reach the site, and every process's feed", async () => {
    await using both = await openBoth();
    await both.ledger.bind("OAT", gtin);
    const fed: SiteChange[] = [];
    const unsubscribe = both.relay.changes.subscribe(change => fed.push(change));
    const heard = await listen(subjects.change("lyon"), SiteChange);
    const { commits } = await both.ledger.apply(new TestEdge("lyon").record({ code: gtin }));
    both.relay.publishCommits(commits);
    await vi.waitFor(() => expect([heard.length, fed.length]).toEqual([1, 1]));
    expect(heard[0]).toMatchObject({ site: "lyon", version: 1, levels: [{ sku: "OAT" }, { sku: "OAT" }] });
    unsubscribe();
    both.relay.publishCommits(commits);
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(fed).toHaveLength(1);
  });

  test("the same movements are asked for again after a second, not before", async () => {
    let nowMs = 5_000;
    await using both = await openBoth(() => nowMs);
    const heard = await listen(subjects.resend("graz"), Resend);
    const resend = { v: 1, site: "graz", epoch: "00000000000000aa", from: 4, reason: "gap" } as Resend;
    both.relay.askAgain([resend, resend]);
    both.relay.askAgain([{ ...resend, from: 5 }]);
    nowMs += 999;
    both.relay.askAgain([resend]);
    nowMs += 1;
    both.relay.askAgain([resend]);
    await vi.waitFor(() => expect(heard.map(({ from }) => from)).toEqual([4, 5, 4]));
  });

  test("a change of the catalogue is told to all", async () => {
    await using both = await openBoth();
    const heard = await listen(subjects.catalogueChanged, CatalogueChanged);
    both.relay.catalogueChanged(7);
    await vi.waitFor(() => expect(heard).toEqual([{ v: 1, version: 7 }]));
  });

  test("what a site last said of itself is remembered; what is no status is not", async () => {
    await using both = await openBoth(() => 42);
    const status = {
      v: 1,
      site: "lyon",
      timeMs: 1,
      epoch: "00000000000000aa",
      lastSeq: 3,
      waiting: 0,
      exceptionsOpen: 0,
      alarms: [],
      devices: [],
    };
    edge.publish(subjects.status("lyon"), JSON.stringify(status));
    edge.publish(subjects.status("oslo"), JSON.stringify(status));
    edge.publish(subjects.status("lyon"), "junk");
    edge.publish(subjects.status("lyon"), JSON.stringify({ ...status, lastSeq: 4 }));
    await vi.waitFor(() => expect(both.relay.sites.get("lyon")).toMatchObject({ heardMs: 42, status: { lastSeq: 4 } }));
    expect(both.relay.sites.get("oslo")).toBeUndefined();
  });

  test("while NATS is away, nothing is kept in memory for it", async () => {
    await using both = await openBoth();
    await using own = await startNats();
    await using link = await openNatsLink({ nats: { servers: [own.url] }, name: "test", log });
    expect(link.connected).toBe(true);
    await own.stop();
    await vi.waitFor(() => expect(link.connected).toBe(false), { timeout: 10_000 });
    const { outBytes } = link.nc.stats();
    for (let count = 0; count < 100; count++) link.tell("lost", { count });
    expect(link.nc.stats().outBytes).toBe(outBytes);
    await own.restart();
    await vi.waitFor(() => expect(link.connected).toBe(true), { timeout: 10_000 });
    expect(both.link.connected).toBe(true);
  });
});

describe("the catalogue that a site needs", () => {
  test("says of packs what is in them, of items whether they are drafts or tracked, and nothing of families", async () => {
    await using both = await openBoth();
    const { ledger } = both;
    await ledger.bind("OAT", gtin);
    await ledger.bind("OAT", "(01)19506000134359", 12);
    await ledger.pool.query(
      `insert into item (sku, name, uom, catalogue_version, status, tracking, variant_by)
       values ('NEW', 'new', 'H87', 50, 'draft', 'lot', null), ('FAMILY', 'family', 'H87', 51, 'active', 'none', '{size}')`,
    );
    const request = { v: 1, site: "lyon", since: 0 };
    const { items, more } = await ask(subjects.catalogue("lyon"), request, CataloguePage);
    expect([items, more]).toEqual([
      [
        {
          sku: "OAT",
          name: "OAT",
          uom: "H87",
          classKeys: [gtin, "(01)19506000134359"],
          packs: [{ classKey: "(01)19506000134359", units: 12 }],
        },
        { sku: "NEW", name: "new", uom: "H87", classKeys: [], status: "draft", tracking: "lot" },
      ],
      false,
    ]);
  });
});

/** Items with a code each, and a level of each at two places of lyon. */
async function fill({ pool, apply }: TestLedger, items: number): Promise<void> {
  await apply(new TestEdge("lyon").record({ code: "code:none" }, { code: "code:none" }, { code: "code:none" }));
  await pool.query(
    `insert into item (sku, name, uom, catalogue_version) select 'S' || i, 'item ' || i, 'H87', i from generate_series(1, $1) i`,
    [items],
  );
  await pool.query("insert into item_code select 'code:' || catalogue_version, id from item");
  await pool.query("update catalogue set version = $1", [items]);
  await pool.query(
    `insert into stock (item_id, place_id, site_id, on_hand)
     select item.id, place.id, site_id, 1 from item, place where place.code in ('dock', 'supplier')`,
  );
}
