import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Access } from "../auth/access.ts";
import { authLimits } from "../auth/limits.ts";
import type { Grant } from "../auth/principal.ts";
import { permissions, type Role, roleNames, roles } from "../auth/roles.ts";
import { addTestClient, askToken, openTestAccess } from "../auth/testing.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";
import { type ExampleRequest, exampleRequests } from "./testing-document.ts";

/** What stands at lyon and nowhere else: no answer to a caller of another site may have any of it. */
const secretsOfLyon = ["secret-bay", "SECRET-1", "secret-reference", "01939f6c2a7be4d1"];

let ledger: TestLedger;
let access: Access;
let api: TestApi;
let requests: readonly ExampleRequest[];
let nowMs = Date.now();

beforeAll(async () => {
  ledger = await openTestLedger();
  const rate_limits = {
    client_per_minute: 1_000_000,
    client_burst: 100_000,
    address_per_minute: 100_000,
    sign_in_per_minute: 100,
  };
  access = await openTestAccess(ledger.pool, { now: () => nowMs, rate_limits });
  api = await openTestApi(ledger, undefined, access);
  requests = exampleRequests((await api.get("/openapi.json")).body);
  const admin = await callerWith("setter", [{ role: "admin", sites: "all" }]);
  const added = await api.post("/v1/items", { sku: "OAT-1L", name: "Oat", gtins: ["09506000134352"] }, admin);
  expect(added.status).toBe(201);
  const lyon = new TestSite("lyon", "01939f6c2a7be4d1");
  await ledger.apply(lyon, [
    { to: "secret-bay", readPoint: "secret-bay/1", quantity: 50 },
    { to: "secret-bay", readPoint: "secret-bay/1", code: "(01)09506000134352(21)SECRET-1" },
    { to: "secret-bay", readPoint: "secret-bay/1", code: "code:SECRET-1" },
  ]);
  for (const site of ["oslo", "bergen"]) {
    await ledger.apply(new TestSite(site), [{ to: "dock-9", readPoint: "dock-9/1", quantity: 7 }]);
  }
  const held = { lines: [{ sku: "OAT-1L", quantity: 1, site: "lyon" }], reference: "secret-reference" };
  expect((await api.post("/v1/reservations", held, admin)).status).toBe(201);
});

afterAll(async () => {
  for (const open of [api, access, ledger]) await open?.[Symbol.asyncDispose]();
});

/** The headers of a new client's token. */
async function callerWith(name: string, grants: readonly Grant[]): Promise<Record<string, string>> {
  const secret = await addTestClient(ledger.pool, name, grants);
  return { authorization: `Bearer ${await askToken(api.http.url, name, secret)}` };
}

async function send(request: ExampleRequest, caller: Record<string, string>) {
  const { method, path, headers, body, isStream } = request;
  if (!isStream)
    return api.request(method, path, { headers: { ...headers, ...caller }, ...(body !== undefined && { body }) });
  const abort = new AbortController();
  const response = await fetch(api.http.url + path, { headers: { ...headers, ...caller }, signal: abort.signal });
  const answered = response.ok ? "" : JSON.parse(await response.text());
  abort.abort();
  return { status: response.status, headers: response.headers, body: answered };
}

const nameOf = ({ method, route }: ExampleRequest) => `${method} ${route}`;

test("every route under /v1 asks for a permission, but the one that says who calls", () => {
  const known: readonly string[] = permissions;
  const open = requests.filter(({ permission }) => permission === undefined || !known.includes(permission));
  expect(open.map(nameOf)).toEqual(["GET /v1/me"]);
  expect(requests.filter(request => request.sites === undefined).map(nameOf)).toEqual(["GET /v1/me"]);
  expect(requests.length).toBeGreaterThan(25);
});

describe.each(roleNames)("the role %s", role => {
  test.each([
    ["at the site", ["lyon"]],
    ["at another site", ["oslo"]],
    ["at all sites", "all"],
  ] as const)("%s is refused what it lacks, and nothing else", { timeout: 120_000 }, async (where, sites) => {
    const caller = await callerWith(`${role}-${where.replaceAll(" ", "-")}`, [
      { role, sites: sites === "all" ? sites : [...sites] },
    ]);
    for (const request of requests) {
      const answer = await send(request, caller);
      const what = `${nameOf(request)} ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`;
      expect(answer.status, what).not.toBe(401);
      expect(answer.status, what).toSatisfy(
        (status: number) => status < 500 || answer.body.code === "metrics.unavailable",
      );
      const may = mayCall(request, role, sites);
      if (may !== "maybe") expect(answer.body?.code === "access.denied", what).toBe(may === "no");
      if (may === "no") expect(answer.status, what).toBe(403);
      if (where === "at another site") for (const secret of secretsOfLyon) expect(what).not.toContain(secret);
    }
  });
});

/** What the table of roles says; at another site it depends on whether the example names the site. */
function mayCall({ permission, sites: asked }: ExampleRequest, role: Role, sites: readonly string[] | "all") {
  if (permission === undefined) return "yes";
  const held: readonly string[] = roles[role];
  if (!held.includes(permission) || (asked === "all" && sites !== "all")) return "no";
  return sites === "all" || sites.includes("lyon") ? "yes" : "maybe";
}

describe("without a right to be there", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const foreign = () =>
    new SignJWT({ ver: 1, grants: [{ role: "admin", sites: "all" }] })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "other" })
      .setIssuer("https://elsewhere.example")
      .setAudience("tallygate")
      .setSubject("setter")
      .setExpirationTime(Math.floor(nowMs / 1000) + 600)
      .sign(other.privateKey);

  test.each([
    ["no token", async () => ({}), "access.missing"],
    ["rubbish", async () => ({ authorization: "Bearer rubbish" }), "access.invalid"],
    ["another scheme", async () => ({ authorization: "Basic eDp5" }), "access.invalid"],
    ["a token of another issuer", async () => ({ authorization: `Bearer ${await foreign()}` }), "access.invalid"],
    ["a session that never was", async () => ({ cookie: "tallygate=never" }), "access.invalid"],
  ])("%s opens no route", async (_what, make, code) => {
    const caller = await make();
    for (const request of requests) {
      const { status, body } = await send(request, caller);
      expect([nameOf(request), status, body.code]).toEqual([nameOf(request), 401, code]);
    }
  });

  test("a token that has ended opens no route", async () => {
    const caller = await callerWith("ends", [{ role: "admin", sites: "all" }]);
    expect((await api.get("/v1/me", caller)).status).toBe(200);
    nowMs += authLimits.tokenMs + authLimits.clockSkewMs + 1_000;
    for (const request of requests) expect((await send(request, caller)).status, nameOf(request)).toBe(401);
  });

  test("a client without roles may ask who it is, and nothing else", async () => {
    const caller = await callerWith("nobody", []);
    for (const request of requests) {
      expect((await send(request, caller)).status, nameOf(request)).toBe(request.route === "/v1/me" ? 200 : 403);
    }
  });
});

describe("a caller of one site", () => {
  let bergen: Record<string, string>;
  let all: Record<string, string>;
  beforeAll(async () => {
    bergen = await callerWith("bergen-desk", [{ role: "integrator", sites: ["bergen"] }]);
    all = await callerWith("all-desk", [{ role: "integrator", sites: "all" }]);
  });

  test("sees the stock of its own site, and sums of that alone", async () => {
    for (const path of ["/v1/stock/OAT-1L", "/v1/stock/OAT-1L?as_of=2036-01-01T00:00:00Z"]) {
      const { body } = await api.get(path, bergen);
      expect(body.on_hand, path).toBe(7);
      expect(
        body.places.map((each: { site: string }) => each.site),
        path,
      ).toEqual(["bergen"]);
    }
    expect((await api.get("/v1/stock", bergen)).body.items[0]).toMatchObject({ sku: "OAT-1L", on_hand: 7 });
    expect((await api.get("/v1/stock/OAT-1L", all)).body.on_hand).toBeGreaterThan(50);
    const why = await api.get("/v1/stock/OAT-1L/why", bergen);
    expect([why.body.balance, why.body.items.length]).toEqual([7, 1]);
  });

  test("finds in lists what is at its own site", async () => {
    const sitesIn = async (path: string, caller: Record<string, string>) =>
      new Set((await api.get(path, caller)).body.items.map((row: { site: string }) => row.site));
    for (const path of ["/v1/movements", "/v1/places", "/v1/sites"]) {
      expect(await sitesIn(path, bergen), path).toEqual(new Set(["bergen"]));
      expect([...(await sitesIn(path, all))], path).toEqual(expect.arrayContaining(["lyon", "bergen"]));
    }
    for (const path of ["/v1/tags", "/v1/exceptions", "/v1/reservations"]) {
      expect((await api.get(path, bergen)).body.items, path).toEqual([]);
      expect((await api.get(path, all)).body.items.length, path).toBeGreaterThan(0);
    }
  });

  test("is refused a site that it names, and told of no thing that is elsewhere", async () => {
    const denied = [
      "/v1/stock?site=lyon",
      "/v1/movements?site=lyon",
      "/v1/sites/lyon",
      "/v1/stock/OAT-1L?site=nowhere",
    ];
    for (const path of denied) {
      const { status, body } = await api.get(path, bergen);
      expect([path, status, body.code]).toEqual([path, 403, "access.denied"]);
    }
    const tag = `/v1/tags/${encodeURIComponent("(01)09506000134352(21)SECRET-1")}`;
    expect((await api.get(tag, all)).status).toBe(200);
    expect((await api.get(tag, bergen)).body.code).toBe("tag.unknown");
  });

  test("reserves from its own site alone, and cannot touch what is held elsewhere", async () => {
    const take = (quantity: number, more = {}) =>
      api.post("/v1/reservations", { lines: [{ sku: "OAT-1L", quantity, ...more }] }, bergen);
    expect((await take(8)).body.code, "there are more in all").toBe("reservation.insufficient");
    const made = await take(2);
    expect(made.body.lines[0].holds).toMatchObject([{ site: "bergen", quantity: 2 }]);
    expect((await take(1, { site: "lyon" })).body).toMatchObject({ code: "access.denied", at: "body.lines[0].site" });
    const elsewhere = (await api.get("/v1/reservations?reference=secret-reference", all)).body.items[0].id;
    expect((await api.get(`/v1/reservations/${elsewhere}`, bergen)).body.code).toBe("reservation.unknown");
    const release = await api.post(`/v1/reservations/${elsewhere}/release`, {}, bergen);
    expect(release.body.code).toBe("reservation.unknown");
    expect((await api.get(`/v1/reservations/${elsewhere}`, all)).body.state).toBe("held");
    const released = await api.post(`/v1/reservations/${made.body.id}/release`, {}, bergen);
    expect(released.body.state).toBe("released");
    const auditor = await callerWith("bergen-auditor", [{ role: "auditor", sites: ["bergen"] }]);
    const { body } = await api.get(`/v1/audit/changes?resource=/v1/reservations/${made.body.id}`, auditor);
    const hold = { sku: "OAT-1L", site: "bergen", place: "dock-9", quantity: 2 };
    expect(body.items).toMatchObject([
      {
        ...{ actor: "client:bergen-desk", action: "reservation.release", site: "bergen" },
        before: { state: "held", holds: [{ ...hold, held: 2 }] },
        after: { state: "released", holds: [{ ...hold, held: 0, released: 2 }] },
      },
      { actor: "client:bergen-desk", action: "reservation.reserve", before: null, after: { state: "held" } },
    ]);
    const others = await api.get("/v1/audit/changes?limit=500", auditor);
    expect(new Set(others.body.items.map((row: { site: string }) => row.site))).toEqual(new Set(["bergen"]));
  });

  test("gets no answer of another caller by an idempotency key", async () => {
    const key = { "idempotency-key": "guessed" };
    const body = { lines: [{ sku: "OAT-1L", quantity: 1 }] };
    const first = await api.post("/v1/reservations", body, { ...all, ...key });
    const second = await api.post("/v1/reservations", body, { ...bergen, ...key });
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
    expect((await api.post("/v1/reservations", body, { ...bergen, ...key })).body.id).toBe(second.body.id);
    const everywhere = await callerWith("all-desk-2", [{ role: "integrator", sites: "all" }]);
    const item = { sku: "KEYED", name: "Keyed" };
    const added = async (caller: Record<string, string>) =>
      (await api.post("/v1/items", item, { ...caller, ...key })).status;
    expect([await added(all), await added(all), await added(everywhere)]).toEqual([201, 201, 409]);
  });

  test("hears of its own site in the stream, and the stream ends with its rights", { timeout: 20_000 }, async () => {
    const secret = await addTestClient(ledger.pool, "listener", [{ role: "viewer", sites: ["bergen"] }]);
    const token = await askToken(api.http.url, "listener", secret);
    const response = await fetch(`${api.http.url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
    const heard = response.text();
    await vi.waitFor(() => expect(ledger.feed.listeners).toBeGreaterThan(0));
    await ledger.apply(new TestSite("lyon"), [{ to: "secret-bay", quantity: 1 }]);
    await ledger.apply(new TestSite("bergen"), [{ to: "dock-9", quantity: 1 }]);
    await ledger.pool.query("update principal set disabled_at = now() where name = 'listener'");
    const text = await heard;
    expect(text).toContain("id: bergen:");
    expect(text).not.toContain("lyon");
  });
});
