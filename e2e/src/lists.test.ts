import { createLog, createMetrics } from "@tallygate/kit";
import { Account } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createCentralMetrics } from "../../central/src/api/metrics.ts";
import { openTestServer, type TestServer } from "../../central/src/db/testing.ts";
import { openListNews } from "../../central/src/documents/site-lists.ts";
import { type FollowedLedger, oat, openFollowedLedger, openTestFollower } from "../../central/src/follow/testing.ts";
import { openIngest } from "../../central/src/ingest/ingest.ts";
import { openNatsLink } from "../../central/src/relay/nats-link.ts";
import { openRelay } from "../../central/src/relay/relay.ts";
import { type LocalServer, startNats } from "../../deploy/local/servers.ts";
import { SiteLists } from "../../edge/src/lists/site-lists.ts";
import { decision, movement, open, temporaryDir } from "../../edge/src/store/store.fixture.ts";
import type { Store } from "../../edge/src/store/store.ts";
import { Uplink } from "../../edge/src/uplink/uplink.ts";

const log = createLog("test", "silent");
const soon = { timeout: 45_000, interval: 20 };

let server: TestServer;
let nats: LocalServer;
beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** What a central process has of ingest, relay and lists; it follows movements when a test opens that. */
async function openCentre({ pool, url: databaseUrl }: FollowedLedger) {
  const stack = new AsyncDisposableStack();
  const link = stack.use(await openNatsLink({ nats: { servers: [nats.url] }, name: "test", log }));
  const relay = stack.use(openRelay({ link, pool, log }));
  const metrics = createCentralMetrics(createMetrics());
  const quick = { heartbeatMs: 50, deadMs: 1_000, streamMaxBytes: 64 * 1024 * 1024 };
  stack.use(await openIngest({ link, pool, databaseUrl, relay, log, metrics, ...quick }));
  stack.use(openListNews({ pool, link, log }));
  return stack;
}

/** The site's side without devices: what passes is committed here. */
function openSite(store: Store) {
  const lists = new SiteLists(store);
  const counts = new Set<number>();
  const look = () => {
    const [item] = lists.view().lists[0]?.items ?? [];
    if (item !== undefined) counts.add(item.confirmed + item.pending);
    return item && { wanted: item.wanted, confirmed: item.confirmed, pending: item.pending };
  };
  const uplink = new Uplink({
    store,
    nats: { servers: [nats.url] },
    log,
    status: () => ({ devices: [], alarms: [] }),
    onRefreshed: () => {
      lists.refresh();
      look();
    },
    onChange: () => void look(),
    listsAhead: () => lists.isAhead,
  });
  return {
    lists,
    look,
    counts,
    uplink,
    leave(count: number) {
      const to = Account.parse("customer");
      const from = Account.parse("dock");
      const passing = {
        code: oat,
        from,
        to,
        readPoint: "dock-1/2",
        bizStep: "shipping",
        eventTimeMs: Date.now(),
      } as const;
      const one = movement(1, passing).movement;
      const { epcHex: _, ...plain } = one;
      const movements = Array.from({ length: count }, () => ({ movement: plain, classKey: oat }));
      lists.take(store.commit(decision({ movements })).movements);
      uplink.wake();
    },
  };
}

test("a list counts what left at once, once, through the centre's confirmation, its count, and a link that is down and back", async () => {
  await using ledger = await openFollowedLedger(server);
  await using _centre = await openCentre(ledger);
  const order = await ledger.order(10);
  await ledger.list([order], { readPoint: "dock-1", step: "loading" });
  using dir = temporaryDir();
  using store = open(dir.path);
  const site = openSite(store);
  await using _uplink = site.uplink.open();
  await vi.waitFor(() => expect(site.look()).toEqual({ wanted: 10, confirmed: 0, pending: 0 }), soon);
  await vi.waitFor(() => expect(store.nameOf("OAT")).toBe("OAT"), soon);

  site.leave(3);
  expect(site.look()).toEqual({ wanted: 10, confirmed: 0, pending: 3 });
  // The ledger has them, and nobody has followed them yet: the list counts on.
  await vi.waitFor(() => expect(store.unconfirmed()).toEqual([]), soon);
  expect(site.look()).toEqual({ wanted: 10, confirmed: 0, pending: 3 });
  const { follower } = openTestFollower(ledger.pool);
  await using _follower = follower;
  await vi.waitFor(() => expect(site.look()).toEqual({ wanted: 10, confirmed: 3, pending: 0 }), soon);

  await nats.kill();
  await vi.waitFor(() => expect(site.uplink.status().state).toBe("disconnected"), soon);
  site.leave(4);
  expect(site.look()).toEqual({ wanted: 10, confirmed: 3, pending: 4 });
  // As after a restart without a link.
  expect(new SiteLists(store).view().lists[0]?.items).toMatchObject([{ confirmed: 3, pending: 4 }]);
  await nats.restart();
  await vi.waitFor(() => expect(site.look()).toEqual({ wanted: 10, confirmed: 7, pending: 0 }), soon);
  expect([...site.counts]).toEqual([0, 3, 7]);
  expect(site.lists.view().lists[0]?.lines).toMatchObject([{ sku: "OAT", quantity: 3 }]);
});
