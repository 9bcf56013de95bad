import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ItemEdit } from "../../central/src/catalogue/change.ts";
import { changeItem } from "../../central/src/catalogue/change-item.ts";
import { openTestServer, type TestServer } from "../../central/src/db/testing.ts";
import { transaction } from "../../central/src/db/transaction.ts";
import { openTestLedger } from "../../central/src/ingest/testing-ledger.ts";
import { openNatsLink } from "../../central/src/relay/nats-link.ts";
import { openRelay } from "../../central/src/relay/relay.ts";
import { type LocalServer, startNats } from "../../deploy/local/servers.ts";
import { decision, movement, open, temporaryDir } from "../../edge/src/store/store.fixture.ts";
import { Uplink } from "../../edge/src/uplink/uplink.ts";

const log = createLog("test", "silent");
const soon = { timeout: 20_000 };
const oat = "(01)09506000134352";
const box = "(01)19506000134359";

let server: TestServer;
let nats: LocalServer;
beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test("the catalogue reaches a site as changes, and the site counts packs by it when the link is gone", async () => {
  await using ledger = await openTestLedger(server);
  await using link = await openNatsLink({ nats: { servers: [nats.url] }, name: "test", log });
  await using relay = openRelay({ link, pool: ledger.pool, log, now: Date.now });
  using dir = temporaryDir();
  using store = open(dir.path);
  const change = async (edit: ItemEdit) => {
    const done = await transaction(ledger.pool, client =>
      changeItem(client, { sku: "OAT-1L", actor: "person:test" }, () => ({ ok: true, value: edit })),
    );
    if (!done.ok) throw new Error(done.problem.detail);
    relay.catalogueChanged(done.value.version);
  };
  const known = () => store.stock({ sku: "OAT-1L", limit: 1 })[0];
  await change({ name: "Oat drink", gtins: [oat.slice(4)] });
  const uplink = new Uplink({ store, nats: { servers: [nats.url] }, log, status: () => ({ devices: [], alarms: [] }) });
  {
    await using _open = uplink.open();
    await vi.waitFor(() => expect(store.skuOf(oat)).toBe("OAT-1L"), soon);
    expect(store.skuOf(box)).toBeUndefined();
    const pack = { pack: "case", contains: 12, of: null, gtins: [box.slice(4)], codes: [] };
    await change({ packs: [pack], status: "discontinued", tracking: "lot" });
    await vi.waitFor(() => expect(store.unitsOf(box)).toBe(12), soon);
    expect(known()).toMatchObject({ name: "Oat drink", status: "discontinued", tracking: "lot" });
  }
  const one = movement(1, { code: box as ReturnType<typeof movement>["movement"]["code"], quantity: 2 });
  store.commit(decision({ movements: [{ ...one, classKey: box }] }));
  expect(known()?.places.map(({ pending }) => Math.abs(pending))).toEqual([24, 24]);
});
