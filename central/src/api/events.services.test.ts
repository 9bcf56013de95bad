import { OpenAPIHono } from "@tallygate/kit";
import type { CloudEvent } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Authenticator } from "../auth/principal.ts";
import { emit } from "../events/emit.ts";
import { Head } from "../events/head.ts";
import { happen, happening } from "../events/testing.ts";
import { openTestDeliverer, TestTarget } from "../events/webhooks/testing.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await ledger.apply(new TestSite("lyon"), [{ code: "code:OATS", quantity: 3 }]);
  await ledger.apply(new TestSite("oslo"), [{ code: "code:OATS", quantity: 3 }]);
  // What that has brought about is told before the tests count what they bring about themselves.
  await emit(ledger.pool);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

async function siteId(code: string): Promise<number> {
  const { rows } = await ledger.pool.query<{ id: number }>("select id from site where code = $1", [code]);
  return rows[0]?.id ?? 0;
}

const exception = (site: string) => ({ id: 1, site, problem: "movement.code_unknown", key: "code:X", detail: "d" });

async function opened(...sites: readonly string[]): Promise<void> {
  const events = [];
  for (const site of sites) {
    const data = exception(site);
    events.push(
      happening({ type: "exception.opened", key: `/v1/exceptions/${site}`, siteId: await siteId(site), data }),
    );
  }
  await happen(ledger.pool, events);
  await emit(ledger.pool);
}

async function head(): Promise<number> {
  const { body } = await api.get("/v1/events?limit=1");
  const { body: last } = await api.get(`/v1/events?after=${body.next_after}&limit=500`);
  return last.next_after;
}

const seqs = (items: readonly CloudEvent[]) => items.map(({ sequence }) => Number(sequence));

describe("the feed", () => {
  test("gives each event once to a reader that goes on behind what it got, whatever it filters", async () => {
    const before = await head();
    await opened("lyon", "oslo", "lyon", "lyon", "oslo");
    const read: number[] = [];
    let after = before;
    for (let more = true; more; ) {
      const { body } = await api.get(`/v1/events?after=${after}&limit=2&site=lyon`);
      read.push(...seqs(body.items));
      ({ next_after: after, more } = body);
    }
    expect(read).toEqual([before + 1, before + 3, before + 4]);
    expect(after).toBe(before + 5);
    const { body: byKey } = await api.get(
      `/v1/events?after=${before}&key=${encodeURIComponent("/v1/exceptions/oslo")}`,
    );
    expect(seqs(byKey.items)).toEqual([before + 2, before + 5]);
    const { body: byType } = await api.get(`/v1/events?after=${before}&type=item.*`);
    expect(byType).toMatchObject({ items: [], next_after: before + 5, more: false });
  });

  test("waits for an event when it is asked to, and answers as soon as there is one", async () => {
    const after = await head();
    const waiting = api.get(`/v1/events?after=${after}&wait_s=30`);
    await opened("lyon");
    expect(seqs((await waiting).body.items)).toEqual([after + 1]);
  });

  test("says so when what is asked for is no longer kept, and gives what was recorded from a time on", async () => {
    await opened("lyon", "oslo");
    const last = await head();
    await ledger.pool.query("delete from event where seq < $1", [last]);
    const gone = await api.get("/v1/events?after=0");
    expect(gone).toMatchObject({ status: 409, body: { code: "event.gone", at: "query.after" } });
    const { body } = await api.get("/v1/events?since=2020-01-01T00:00:00Z");
    expect([seqs(body.items), body.oldest]).toEqual([[last], last]);
    const { body: later } = await api.get("/v1/events?since=2100-01-01T00:00:00Z");
    expect(later).toMatchObject({ items: [], next_after: last });
  });

  test("shows a caller of some sites their events and those that concern every site, and no others", async () => {
    const authenticator: Authenticator = {
      authenticate: async () => ({
        ok: true,
        value: { kind: "client", id: "shop", grants: [{ role: "integrator", sites: ["lyon"] }] },
      }),
    };
    await using own = await openTestApi(ledger, undefined, { authenticator, routes: new OpenAPIHono() });
    const before = await head();
    await happen(ledger.pool, [happening()]);
    await opened("oslo", "lyon");
    const { body } = await own.get(`/v1/events?after=${before}`);
    expect(seqs(body.items)).toEqual([before + 1, before + 3]);
    expect((await own.get("/v1/events?site=oslo")).status).toBe(403);
    const target = { url: "https://shop.example.com/" };
    expect((await own.post("/v1/webhooks", target)).status, "a webhook of all sites").toBe(403);
    expect((await own.post("/v1/webhooks", { ...target, sites: ["oslo"] })).status).toBe(403);
    const { body: added } = await own.post("/v1/webhooks", { ...target, sites: ["lyon"] });
    const { body: all } = await api.post("/v1/webhooks", target);
    expect((await own.get(`/v1/webhooks/${added.id}`)).status).toBe(200);
    expect((await own.get(`/v1/webhooks/${all.id}`)).status).toBe(404);
    expect((await own.request("DELETE", `/v1/webhooks/${all.id}`)).status).toBe(404);
    expect((await own.get("/v1/webhooks")).body.items).toMatchObject([{ id: added.id }]);
  });
});

describe("webhooks", () => {
  test("are added once for an idempotency key, show their secret only then, and are changed by who has seen the newest version", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const asked = { url: "https://shop.example.com/hooks", types: ["order.*"], sites: ["lyon"] };
    const added = await api.post("/v1/webhooks", asked, key);
    expect(added).toMatchObject({ status: 201, body: { state: "active", secret: /^whsec_/ } });
    expect((await api.post("/v1/webhooks", asked, key)).body).toEqual(added.body);
    const path = `/v1/webhooks/${added.body.id}`;
    const shown = await api.get(path);
    expect(shown.body.secret).toBeUndefined();
    const etag = shown.headers.get("etag") ?? "";
    expect((await api.get(path, { "if-none-match": etag })).status).toBe(304);
    const change = (ifMatch: string) =>
      api.request("PATCH", path, { headers: { "if-match": ifMatch }, body: { state: "paused" } });
    expect(await change(etag)).toMatchObject({
      status: 200,
      body: { state: "paused", paused_why: "by client:anyone" },
    });
    expect(await change(etag)).toMatchObject({ status: 412, body: { code: "webhook.changed" } });
    const { rows } = await ledger.pool.query("select action from api_change where resource = $1 order by id", [path]);
    expect(rows.map(row => row.action)).toEqual(["webhook.add", "webhook.change"]);
    expect((await api.request("DELETE", path)).status).toBe(204);
    expect((await api.get(path)).status).toBe(404);
  });

  test.each([
    ["http://10.0.0.1/", "webhook.url"],
    ["https://169.254.169.254/latest/meta-data", "webhook.url"],
    ["https://user:pass@shop.example.com/", "webhook.url"],
    ["file:///etc/passwd", "webhook.url"],
  ])("are not sent to %s", async (url, code) => {
    expect(await api.post("/v1/webhooks", { url })).toMatchObject({ status: 422, body: { code, at: "body.url" } });
  });

  test("are refused for types that there are not", async () => {
    const answer = await api.post("/v1/webhooks", { url: "https://shop.example.com/", types: ["order.exploded"] });
    expect(answer).toMatchObject({ status: 400, body: { code: "request.invalid" } });
  });

  test("are replayed, list what a target refused, and try it anew when asked", async () => {
    await using target = await TestTarget.open((_, response) => response.writeHead(refusing ? 422 : 204).end());
    let refusing = true;
    const { body: hook } = await api.post("/v1/webhooks", { url: target.url, types: ["exception.opened"] });
    await using events = new Head(ledger.pool);
    await using _deliverer = openTestDeliverer(ledger, events, hook.id, { triesMax: 1 });
    await opened("lyon", "oslo");
    const path = `/v1/webhooks/${hook.id}`;
    const deliveries = async () => (await api.get(`${path}/deliveries?state=dead`)).body.items;
    // The first refusal leaves it waiting; the second try is one too many.
    await vi.waitFor(async () => expect(await deliveries()).toHaveLength(2), 20_000);
    expect((await deliveries())[0]).toMatchObject({ subject: "/v1/exceptions/lyon", last_status: 422, tries: 2 });
    refusing = false;
    expect((await api.post(`${path}/redeliver`, {})).body).toEqual({ count: 2 });
    const statusNow = async () => (await api.get(`${path}/status`)).body;
    await vi.waitFor(async () => expect(await statusNow()).toMatchObject({ waiting: 0, dead: 0, failures: 0 }), 20_000);
    const count = target.got.length;
    const status = await statusNow();
    await api.post(`${path}/replay`, { after: status.head - 1 });
    await vi.waitFor(() => expect(target.got).toHaveLength(count + 1), 20_000);
    expect((await api.post(`${path}/replay`, { after: 0 })).body).toMatchObject({ code: "event.gone" });
    const { body: rotated } = await api.post(`${path}/rotate`, undefined);
    expect(rotated.secret).not.toBe(hook.secret);
  });
});
