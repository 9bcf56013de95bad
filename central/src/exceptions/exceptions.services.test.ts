import { subjects } from "@tallygate/protocol";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "../api/testing.ts";
import type { Authenticator } from "../auth/principal.ts";
import { anyPerson } from "../counts/testing.ts";
import { transaction } from "../db/transaction.ts";
import { applyBatches } from "../ingest/apply.ts";
import { readMessage } from "../ingest/read-message.ts";
import { openExceptions } from "./open.ts";

let ledger: TestLedger;
let api: TestApi;
let lyon: TestSite;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger, undefined, { authenticator: anyPerson, routes: new Hono() });
  lyon = new TestSite("lyon");
  await api.post("/v1/items", { sku: "OAT", name: "Oats", gtins: ["09506000134352"] });
  await ledger.apply(lyon, [{ to: "dock-1", quantity: 10 }, { to: "dock-2" }]);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const resolve = (id: number, body: unknown, person = "maria", headers = {}) =>
  api.post(`/v1/exceptions/${id}/resolve`, body, { "x-person": person, ...headers });

/** The newest exception of a problem, and with a text in its key. */
async function newest(problem: string, text = ""): Promise<{ id: number; state: string; key: string; count: number }> {
  const found = await api.get(
    `/v1/exceptions?problem=${problem}&limit=1${text && `&text=${encodeURIComponent(text)}`}`,
  );
  return found.body.items[0];
}

async function stateOf(id: number) {
  return (await api.get(`/v1/exceptions/${id}`)).body;
}

async function raise(
  problem: "message.shape" | "document.over" | "stock.shortage",
  keys: readonly string[],
): Promise<void> {
  const cases = keys.map(key => ({ siteId: undefined, problem, key, detail: `about ${key}`, count: 1 }));
  await transaction(ledger.pool, client => openExceptions(client, cases));
}

const onHand = async (sku: string, place: string) => {
  const { body } = await api.get(`/v1/stock/${sku}`);
  return body.places.find((level: { place: string }) => level.place === place)?.on_hand ?? 0;
};

const eventsOf = async (id: number) => {
  const { rows } = await ledger.pool.query("select type, data from outbox where key = $1 order by id", [
    `/v1/exceptions/${id}`,
  ]);
  return rows.map(({ type, data }) => [type, data.resolution ?? null, data.by ?? null]);
};

describe("an unknown code", () => {
  test("is bound: what was held posts at every site, and what else waited for it closes by itself", async () => {
    const oslo = new TestSite("oslo");
    await ledger.apply(lyon, [{ code: "code:PEN", quantity: 3, to: "dock-1" }]);
    await ledger.apply(oslo, [{ code: "code:PEN", quantity: 4, to: "dock-9" }]);
    await api.post("/v1/items", { sku: "PEN", name: "Pens" });
    const { body: list } = await api.get("/v1/exceptions?kind=unknown_code&text=PEN");
    const [ofOslo, ofLyon] = list.items;
    expect(ofLyon.actions).toEqual(["bind", "ignore"]);

    const bound = await resolve(ofLyon.id, { action: "bind", sku: "PEN" });
    expect(bound.body).toMatchObject({ state: "resolved", resolution: "bind", resolved_by: "person:maria" });
    expect([await onHand("PEN", "dock-1"), await onHand("PEN", "dock-9")]).toEqual([3, 4]);
    const other = await stateOf(ofOslo.id);
    expect(other).toMatchObject({ state: "resolved", resolution: "by_itself", resolved_by: null });
    expect(other.history.map((each: { what: string }) => each.what)).toEqual(["opened", "by_itself"]);
    expect(await eventsOf(ofLyon.id)).toEqual([
      ["exception.opened", null, null],
      ["exception.resolved", "bind", "person:maria"],
    ]);
    expect(await eventsOf(ofOslo.id)).toEqual([
      ["exception.opened", null, null],
      ["exception.resolved", null, null],
    ]);
  });

  test("that is ignored is silent while it goes on, and can be bound all the same", async () => {
    await ledger.apply(lyon, [{ code: "code:HUSH", quantity: 1 }]);
    const { id } = await newest("movement.code_unknown", "HUSH");
    await resolve(id, { action: "ignore", reason: "a test tag" });
    await ledger.apply(lyon, [{ code: "code:HUSH", quantity: 5 }]);
    const ignored = await stateOf(id);
    expect(ignored).toMatchObject({ state: "ignored", count: 2, note: "a test tag", actions: ["bind"] });
    expect((await newest("movement.code_unknown", "HUSH")).id).toBe(id);
    await api.post("/v1/items", { sku: "HUSH", name: "n" });
    expect((await resolve(id, { action: "bind", sku: "HUSH" }, "paul")).body).toMatchObject({ state: "resolved" });
    expect(await onHand("HUSH", "dock-1")).toBe(6);
    const { history } = await stateOf(id);
    expect(history.map((each: { what: string; by: string }) => [each.what, each.by])).toEqual([
      ["opened", null],
      ["ignore", "person:maria"],
      ["bind", "person:paul"],
    ]);
  });

  test("is bound to a pack as so many units, and to nothing where the item or pack is not there", async () => {
    await ledger.apply(lyon, [{ code: "code:BOX", quantity: 2 }]);
    const { id } = await newest("movement.code_unknown", "BOX");
    await api.post("/v1/items", { sku: "TEA", name: "n", packs: [{ pack: "box", contains: 6 }] });
    const wrong = await resolve(id, { action: "bind", sku: "NOBODY" });
    expect(wrong.body).toMatchObject({ status: 404, code: "item.unknown", at: "body.sku" });
    const noPack = await resolve(id, { action: "bind", sku: "TEA", pack: "pallet" });
    expect(noPack.body).toMatchObject({ status: 422, code: "item.pack", at: "body.pack" });
    expect((await stateOf(id)).state).toBe("open");
    expect((await resolve(id, { action: "bind", sku: "TEA", pack: "box" })).status).toBe(200);
    expect(await onHand("TEA", "dock-1")).toBe(12);
  });
});

describe("a held movement", () => {
  test("is mended by what really moved; it stays recorded and names what took its place", async () => {
    const code = "(01)09506000134352(21)TWO";
    await ledger.apply(lyon, [{ code, quantity: 2, to: "dock-3" }]);
    const { id, key } = await newest("movement.meaningless");
    const movement = { site: "lyon", code, from: "supplier", to: "dock-3" };
    const elsewhere = await resolve(id, { action: "mend", movements: [{ ...movement, site: "oslo" }], reason: "r" });
    expect(elsewhere.body).toMatchObject({ status: 400, at: "body.movements[0].site" });
    const unknown = await resolve(id, { action: "mend", movements: [{ ...movement, to: "nowhere" }], reason: "r" });
    expect(unknown.body).toMatchObject({ status: 404, code: "place.unknown", at: "body.movements[0].to" });
    expect((await stateOf(id)).state).toBe("open");

    const mended = await resolve(id, { action: "mend", movements: [movement], reason: "one thing, read twice" });
    expect(mended.body).toMatchObject({ state: "resolved", resolution: "mend", key });
    expect(await onHand("OAT", "dock-3")).toBe(1);
    const { body } = await api.get(`/v1/movements?state=held&code=${encodeURIComponent(code)}`);
    expect(body.items).toMatchObject([{ state: "held", mended_by: `/v1/exceptions/${id}` }]);
    const { body: right } = await api.get(`/v1/movements?site=lyon&place=dock-3&state=posted`);
    expect(right.items[0].note).toMatchObject({ actor: "person:maria", document: `/v1/exceptions/${id}` });
  });
});

describe("a message that could not be read", () => {
  const send = async (data: Uint8Array) => {
    const { commits } = await applyBatches(ledger.ledger, [readMessage(subjects.movements("bergen"), data)]);
    ledger.feed.publishCommits(commits);
  };

  test("is kept whole, shown, and applied once it can be", async () => {
    const bergen = new TestSite("bergen");
    const [first, second] = [bergen.batch([{ to: "dock-1" }]), bergen.batch([{ to: "dock-1", quantity: 7 }])];
    // What an edge of a later version may send, and this centre before its upgrade cannot read.
    const bytes = Buffer.from(JSON.stringify({ ...first, pad: "x".repeat(40_000) }));
    await transaction(ledger.pool, client =>
      openExceptions(client, [
        {
          siteId: undefined,
          problem: "batch.unreadable",
          key: "bergen/0123456789abcdef",
          detail: "d",
          body: bytes,
          bodyBytes: bytes.length,
          count: 1,
        },
      ]),
    );
    const { id } = await newest("batch.unreadable", "bergen");
    expect(await stateOf(id)).toMatchObject({
      body_bytes: bytes.length,
      body_kept: bytes.length,
      actions: ["resend", "done", "ignore"],
    });
    const whole = await fetch(`${api.http.url}/v1/exceptions/${id}/body`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);

    expect((await resolve(id, { action: "resend" })).body).toMatchObject({ state: "resolved", resolution: "resend" });
    await send(Buffer.from(JSON.stringify(second)));
    const { rows } = await ledger.pool.query(
      "select count(*) as n from movement join site on site.id = site_id where site.code = 'bergen'",
    );
    expect(rows[0].n).toBe(2);
  });

  test("stays open where it still cannot be applied, and says why", async () => {
    await send(Buffer.from("no batch"));
    const { id } = await newest("batch.unreadable", "bergen");
    const refused = await resolve(id, { action: "resend" });
    expect(refused.body).toMatchObject({ status: 409, code: "exception.remains" });
    expect(await stateOf(id)).toMatchObject({ state: "open", count: 1 });
    await send(new Uint8Array(1_000_000));
    const { id: cut } = await newest("batch.unreadable", "bergen");
    const beginning = await resolve(cut, { action: "resend" });
    expect(beginning.body.detail).toMatch(/^Only 16384 of 1000000 bytes were kept/);
  });
});

describe("a shortage", () => {
  test("that is ignored is not told again while it lasts, names who is hurt, and closes by itself", async () => {
    await raise("stock.shortage", ["OAT lyon/dock-1"]);
    const { id } = await newest("stock.shortage");
    await resolve(id, { action: "ignore", reason: "goods are on their way" });
    await raise("stock.shortage", ["OAT lyon/dock-1"]);
    expect((await newest("stock.shortage")).id).toBe(id);
    expect((await resolve(id, { action: "done", reason: "r" })).body).toMatchObject({
      status: 422,
      code: "exception.action",
    });
  });
});

describe("a dead letter", () => {
  test("is sent anew", async () => {
    const { body: hook } = await api.post("/v1/webhooks", { url: "https://shop.example.com/" });
    await ledger.pool.query(
      `insert into webhook_delivery (webhook_id, seq, key, state, tries) values ($1, 1, 'k', 'dead', 9)`,
      [hook.id],
    );
    await transaction(ledger.pool, client =>
      openExceptions(client, [
        { siteId: undefined, problem: "webhook.dead_letter", key: hook.id, detail: "d", count: 1 },
      ]),
    );
    const { id } = await newest("webhook.dead_letter");
    expect((await stateOf(id)).related).toEqual([`/v1/webhooks/${hook.id}`]);
    expect((await resolve(id, { action: "resend" })).status).toBe(200);
    const { body } = await api.get(`/v1/webhooks/${hook.id}/deliveries?state=waiting`);
    expect(body.items).toHaveLength(1);
  });
});

describe("two who decide about the same exception", () => {
  test("at once: one does, the other learns who, and nothing of theirs is done", async () => {
    await ledger.apply(lyon, [{ code: "code:RACE", quantity: 1 }]);
    await api.post("/v1/items", { sku: "RED", name: "n" });
    await api.post("/v1/items", { sku: "BLUE", name: "n" });
    const { id } = await newest("movement.code_unknown", "RACE");
    const answers = await Promise.all([
      resolve(id, { action: "bind", sku: "RED" }, "maria"),
      resolve(id, { action: "bind", sku: "BLUE" }, "paul"),
    ]);
    const [first] = answers.filter(({ status }) => status === 200);
    const [second] = answers.filter(({ status }) => status === 409);
    expect(second?.body.code).toBe("exception.resolved");
    expect(second?.body.detail).toContain(`${first?.body.resolved_by} decided about the exception ${id} at `);
    expect((await onHand("RED", "dock-1")) + (await onHand("BLUE", "dock-1"))).toBe(1);
  });

  test("many at once: each exception is decided about once, whatever is decided", async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `race-${index}`);
    await raise("document.over", keys);
    const { body } = await api.get("/v1/exceptions?text=race-");
    const tries = body.items.flatMap(({ id }: { id: number }) =>
      ["maria", "paul", "noor"].map(person =>
        resolve(id, { action: person === "paul" ? "done" : "ignore", reason: "r" }, person),
      ),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(8).fill(200), ...Array(16).fill(409)]);
    const { rows } = await ledger.pool.query("select count(*) as n from api_change where resource = any($1)", [
      body.items.map(({ id }: { id: number }) => `/v1/exceptions/${id}`),
    ]);
    expect(rows[0].n).toBe(8);
  });

  test("of a version that has changed since is refused, and a repeat gets the first answer", async () => {
    await raise("document.over", ["seen"]);
    const { id } = await newest("document.over", "seen");
    const { headers } = await api.get(`/v1/exceptions/${id}`);
    await raise("document.over", ["seen"]);
    const stale = await resolve(id, { action: "done", reason: "r" }, "maria", { "if-match": headers.get("etag") });
    expect(stale.body).toMatchObject({ status: 412, code: "exception.changed" });
    const key = { "idempotency-key": "once-1" };
    const first = await resolve(id, { action: "done", reason: "r" }, "maria", key);
    const again = await resolve(id, { action: "done", reason: "r" }, "maria", key);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
  });
});

describe("many exceptions", () => {
  test("a thousand are ignored by one request with an answer for each, and the rest by the next", async () => {
    await raise(
      "message.shape",
      Array.from({ length: 1_002 }, (_, index) => `bulk-${index}`),
    );
    const asked = {
      filter: { kind: "device", text: "bulk-" },
      decision: { action: "ignore", reason: "a broken reader" },
    };
    const first = await api.post("/v1/exceptions/resolve", asked);
    expect(first.body).toMatchObject({ more: true });
    expect(first.body.items).toHaveLength(1_000);
    expect(new Set(first.body.items.map(({ state }: { state: string }) => state))).toEqual(new Set(["resolved"]));
    const second = await api.post("/v1/exceptions/resolve", asked);
    expect(second.body).toMatchObject({ more: false });
    expect(second.body.items).toHaveLength(2);
    expect((await api.get("/v1/exceptions?state=open&text=bulk-")).body.items).toEqual([]);
  });

  test("each has its own answer: what is not there or was decided keeps no other from it", async () => {
    await raise("document.over", ["one", "two"]);
    const [two, one] = (await api.get("/v1/exceptions?problem=document.over&limit=2")).body.items;
    await resolve(one.id, { action: "done", reason: "r" });
    const decision = { action: "done", reason: "counted" };
    const { body } = await api.post("/v1/exceptions/resolve", { ids: [one.id, two.id, 5_000_000], decision });
    expect(body.items).toMatchObject([
      { id: one.id, state: "resolved", problem: { code: "exception.resolved" } },
      { id: two.id, state: "resolved", problem: null },
      { id: 5_000_000, state: null, problem: { code: "exception.unknown" } },
    ]);
  });

  test("are bound to one item together", async () => {
    await api.post("/v1/items", { sku: "MIX", name: "n" });
    await ledger.apply(lyon, [{ code: "code:MIX-A" }, { code: "code:MIX-B", quantity: 2 }]);
    const { body: list } = await api.get("/v1/exceptions?text=MIX-");
    const ids = list.items.map(({ id }: { id: number }) => id);
    const { body } = await api.post("/v1/exceptions/resolve", { ids, decision: { action: "bind", sku: "MIX" } });
    expect(body.items.map(({ problem }: { problem: unknown }) => problem)).toEqual([null, null]);
    expect(await onHand("MIX", "dock-1")).toBe(3);
  });
});

test("the summary counts what is open by kind, also of one site", async () => {
  const before = (await api.get("/v1/exceptions/summary?site=lyon")).body;
  await ledger.apply(lyon, [{ code: "code:COUNTED" }]);
  const after = (await api.get("/v1/exceptions/summary?site=lyon")).body;
  expect(after.open).toBe(before.open + 1);
  const open = (body: typeof after) => body.kinds.find(({ kind }: { kind: string }) => kind === "unknown_code").open;
  expect(open(after)).toBe(open(before) + 1);
});

test("goods that no document awaited are matched with a line of one, where they lead to the movements", async () => {
  await api.post("/v1/items", { sku: "SOAP", name: "Soap", codes: ["code:SOAP"] });
  const west = new TestSite("west");
  await ledger.apply(west, [{ code: "code:SOAP", quantity: 9, to: "dock-1" }]);
  const order = await api.post("/v1/orders", { site: "west", lines: [{ sku: "SOAP", quantity: 5 }] });
  expect(order.body).toMatchObject({ state: "reserved" });
  await ledger.apply(west, [{ code: "code:SOAP", quantity: 2, from: "dock-1", to: "customer", bizStep: "shipping" }]);
  const { id } = await vi.waitFor(async () => {
    const found = await newest("document.none", "SOAP");
    expect(found).toMatchObject({ kind: "unmatched", actions: ["match", "done", "ignore"] });
    return found;
  });
  const { related } = await stateOf(id);
  const { body: moved } = await api.get(related[0]);
  const [{ epoch, seq }] = moved.items;
  const decision = { action: "match", document: order.body.id, line: 1, movements: [{ epoch, seq }] };
  const wrong = await resolve(id, { ...decision, line: 7 });
  expect(wrong.body).toMatchObject({ status: 422, code: "document.line", at: "body.line" });
  const twice = await resolve(id, {
    ...decision,
    movements: [
      { epoch, seq },
      { epoch, seq },
    ],
  });
  expect(twice.body).toMatchObject({ status: 400, code: "request.invalid" });
  expect((await resolve(id, decision)).body).toMatchObject({ state: "resolved", resolution: "match" });
  const { body } = await api.get(`/v1/orders/${order.body.id}`);
  expect(body).toMatchObject({ state: "shipping", lines: [{ held: 3, shipped: 2 }] });
});

describe("who may decide", () => {
  /** A person with a role at a site, as two headers say. */
  const withRole = {
    authenticate: async (request: Request) => {
      const [role, site] = [request.headers.get("x-role") ?? "operator", request.headers.get("x-site") ?? "lyon"];
      const grants = [{ role, sites: site === "all" ? "all" : [site] }];
      return { ok: true, value: { kind: "person", id: `${role} of ${site}`, grants } };
    },
  } as Authenticator;
  let people: TestApi;
  beforeAll(async () => {
    people = await openTestApi(ledger, undefined, { authenticator: withRole, routes: new Hono() });
  });
  afterAll(() => people?.[Symbol.asyncDispose]());

  const ignore = { action: "ignore", reason: "r" };
  const bind = { action: "bind", sku: "OAT" };
  const manager = { "x-role": "site_manager" };

  test("has the permission at the exception's site", async () => {
    await ledger.apply(lyon, [{ code: "code:MINE" }]);
    const { id } = await newest("movement.code_unknown", "MINE");
    const path = `/v1/exceptions/${id}/resolve`;
    expect((await people.post(path, ignore, { "x-site": "oslo" })).body).toMatchObject({ status: 403 });
    const bulk = { ids: [id], decision: ignore };
    const { body } = await people.post("/v1/exceptions/resolve", bulk, { "x-site": "oslo" });
    expect(body.items).toMatchObject([{ state: null, problem: { code: "exception.unknown" } }]);
    expect((await people.post(path, ignore)).status).toBe(200);
  });

  test("binds a code that came up at their site if they manage it, and the catalogue's change is theirs", async () => {
    await ledger.apply(lyon, [{ code: "code:BOUND-HERE", quantity: 2 }]);
    const { id } = await newest("movement.code_unknown", "BOUND-HERE");
    const path = `/v1/exceptions/${id}/resolve`;
    const denied = { status: 403, code: "access.denied", at: "body.action" };
    expect((await people.post(path, bind)).body).toMatchObject(denied);
    const bulk = { ids: [id], decision: bind };
    const refused = (await people.post("/v1/exceptions/resolve", bulk)).body.items;
    expect(refused).toMatchObject([{ state: "open", problem: { code: "access.denied" } }]);
    const ofOslo = { ...manager, "x-site": "oslo" };
    expect((await people.post(path, bind, ofOslo)).body).toMatchObject({ status: 403 });
    const others = (await people.post("/v1/exceptions/resolve", bulk, ofOslo)).body.items;
    expect(others).toMatchObject([{ state: null, problem: { code: "exception.unknown" } }]);
    expect((await api.get("/v1/items/OAT")).body.codes).not.toContain("code:BOUND-HERE");
    expect((await people.post(path, bind, manager)).body).toMatchObject({ resolved_by: "person:site_manager of lyon" });
    expect((await api.get("/v1/items/OAT")).body.codes).toContain("code:BOUND-HERE");
    const { body: trail } = await api.get("/v1/audit/changes?resource=/v1/items/OAT&limit=1");
    expect(trail.items).toMatchObject([{ actor: "person:site_manager of lyon", action: "item.change", site: null }]);
  });

  test("takes a code from no item by binding it", async () => {
    await ledger.apply(lyon, [{ code: "code:SILENT" }]);
    const { id } = await newest("movement.code_unknown", "SILENT");
    await api.post("/v1/items", { sku: "OTHER", name: "Other" });
    const decided = await Promise.all([
      people.post(`/v1/exceptions/${id}/resolve`, { action: "bind", sku: "OTHER" }, manager),
      people.post(`/v1/exceptions/${id}/resolve`, bind, manager),
    ]);
    expect(decided.map(({ status }) => status).sort()).toEqual([200, 409]);
    const manages = await people.request("PATCH", "/v1/items/OTHER", { headers: manager, body: { codes: [] } });
    expect(manages.status, "what a code means is changed by those of the catalogue").toBe(403);
  });
});
