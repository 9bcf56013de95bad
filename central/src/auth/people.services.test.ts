import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "../api/testing.ts";
import { openTestServer } from "../db/testing.ts";
import type { Access } from "./access.ts";
import { authLimits } from "./limits.ts";
import { first_admin_password, openTestAccess } from "./testing.ts";

let ledger: TestLedger;
let access: Access;
let api: TestApi;
let nowMs = Date.now();
const now = () => nowMs;
const rate_limits = { sign_in_per_minute: 1_000 };

beforeAll(async () => {
  ledger = await openTestLedger();
  access = await openTestAccess(ledger.pool, { now, rate_limits });
  api = await openTestApi(ledger, undefined, access);
});
afterAll(async () => {
  for (const open of [api, access, ledger]) await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await ledger.pool.query("update principal set failures = 0, locked_until = null");
});

function signIn(name: string, password: string, { headers = {}, next = "/docs" } = {}) {
  const body = new URLSearchParams({ name, password, next });
  return fetch(`${api.http.url}/sign-in`, { method: "POST", body, headers, redirect: "manual" });
}

/** The session's cookie, as a browser sends it back. */
async function cookieOf(name = "admin", password = first_admin_password): Promise<{ cookie: string }> {
  const answer = await signIn(name, password);
  expect(answer.status, await answer.text()).toBe(303);
  return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

describe("the sign-in page", () => {
  test("is one form that needs no script, and lets nothing else in", async () => {
    const answer = await fetch(`${api.http.url}/sign-in?next=/docs`);
    const page = await answer.text();
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page).not.toContain("<script");
    for (const field of ["name", "password"]) expect(page).toContain(`<label for="${field}">`);
    expect(page).toContain('autocomplete="current-password"');
  });

  test("begins a session that is only the browser's, and says who is signed in", async () => {
    const answer = await signIn(" Admin ", first_admin_password, { next: "/v1/me" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/v1/me"]);
    expect(answer.headers.get("set-cookie")).toMatch(
      /^tallygate=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const cookie = await cookieOf();
    const me = await api.get("/v1/me", cookie);
    expect(me.body).toMatchObject({ kind: "person", id: "admin", grants: [{ role: "admin", sites: "all" }] });
    expect(me.body.permissions).toMatchObject({ "stock.read": "all", "access.write": "all" });
    const page = await (await fetch(`${api.http.url}/sign-in`, { headers: cookie })).text();
    expect(page).toContain("as admin");
  });

  test.each([
    "//elsewhere.example",
    "https://elsewhere.example",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "/a\nb",
  ])("leads to no other place: %j", async next => {
    const answer = await signIn("admin", first_admin_password, { next });
    expect(answer.headers.get("location")).toBe("/docs");
  });

  test("is over TLS bound to its host", async () => {
    await using secure = await openTestAccess(ledger.pool, { public_url: "https://stock.example.com", now });
    await using other = await openTestApi(ledger, undefined, secure);
    const body = new URLSearchParams({ name: "admin", password: first_admin_password });
    const answer = await fetch(`${other.http.url}/sign-in`, { method: "POST", body, redirect: "manual" });
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-tallygate=.*; Secure$/);
  });

  test("shows a name that was typed as text", async () => {
    const page = await (await signIn('"><b>', "x")).text();
    expect(page).toContain("&quot;&gt;&lt;b&gt;");
    expect(page).toContain('role="alert"');
  });
});

describe("wrong passwords", () => {
  test("are refused in the same words, known name or not", async () => {
    const [known, unknown, odd] = await Promise.all(
      ["admin", "nobody", "\0'"].map(async name => {
        const answer = await signIn(name, "wrong");
        return { status: answer.status, alert: /role="alert">([^<]*)/.exec(await answer.text())?.[1] };
      }),
    );
    expect(known).toEqual(unknown);
    expect(known).toEqual(odd);
    expect(known?.status).toBe(401);
  });

  test("are no more than the free ones looked at, however many come at once; then the right one has to wait, too", async () => {
    const row = async () =>
      (await ledger.pool.query("select failures, locked_until from principal where name = 'admin'")).rows[0];
    const lock = (sql: string) => ledger.pool.query(`update principal set ${sql} where name = 'admin'`);
    await Promise.all(Array.from({ length: 20 }, () => signIn("admin", "wrong")));
    expect(await row()).toEqual({ failures: authLimits.freeFailures, locked_until: expect.any(Date) });
    await lock("locked_until = now() + interval '1 hour'");
    expect((await signIn("admin", first_admin_password)).status).toBe(401);
    await lock("failures = 50, locked_until = now()");
    expect((await signIn("admin", "wrong")).status, "one more try, and a longer wait").toBe(401);
    const waitMs = (await row()).locked_until.getTime() - Date.now();
    expect(waitMs).toBeGreaterThan(authLimits.lockedMaxMs - 60_000);
    expect(waitMs).toBeLessThan(authLimits.lockedMaxMs + 1_000);
    await lock("locked_until = now()");
    await cookieOf();
    expect(await row()).toEqual({ failures: 0, locked_until: null });
  });
});

describe("a session", () => {
  const me = (cookie: { cookie: string }) => api.get("/v1/me", cookie).then(answer => answer.status);

  test("ends by signing out, everywhere", async () => {
    const cookie = await cookieOf();
    expect(await me(cookie)).toBe(200);
    const out = await fetch(`${api.http.url}/sign-out`, { method: "POST", headers: cookie, redirect: "manual" });
    expect(out.headers.get("set-cookie")).toMatch(/^tallygate=; Max-Age=0/);
    expect(await me(cookie)).toBe(401);
    expect(
      (
        await ledger.pool.query("select from session where token_hash = sha256($1::text::bytea)", [
          cookie.cookie.split("=")[1],
        ])
      ).rowCount,
    ).toBe(0);
  });

  test("ends when it is not used for hours, and slides while it is", async () => {
    const cookie = await cookieOf();
    for (let hours = 0; hours < 12; hours += 4) {
      nowMs += 4 * 60 * 60_000;
      expect(await me(cookie), `${hours} h`).toBe(200);
    }
    nowMs += authLimits.sessionIdleMs;
    expect(await me(cookie)).toBe(401);
  });

  test("ends after a day, however much it is used", async () => {
    const cookie = await cookieOf();
    for (let minutes = 0; minutes < 24 * 60; minutes += 60) {
      expect(await me(cookie), `${minutes} min`).toBe(200);
      nowMs += 60 * 60_000;
    }
    expect(await me(cookie)).toBe(401);
  });

  test.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "https://elsewhere.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 201],
    [{}, 201],
  ])("changes something for a page with %j: %i", async (headers, status) => {
    const cookie = await cookieOf();
    const sku = `S-${JSON.stringify(headers).length}`;
    const answer = await api.post("/v1/items", { sku, name: "by a page" }, { ...cookie, ...headers });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.code).toBe("access.origin");
    expect((await api.get("/v1/me", { ...cookie, ...headers })).status, "looking is no change").toBe(200);
  });

  test("does not outlive its person's password, or rights", async () => {
    const admin = await cookieOf();
    const added = await api.post("/v1/users", { name: "maria", grants: [{ role: "viewer", sites: ["lyon"] }] }, admin);
    expect(added.status).toBe(201);
    const maria = await cookieOf("maria", added.body.secret);
    expect(await me(maria)).toBe(200);
    await api.request("PATCH", "/v1/users/maria", { headers: admin, body: { grants: [] } });
    await access.refresh();
    expect((await api.get("/v1/stock", maria)).status).toBe(403);
    const renewed = await api.request("POST", "/v1/users/maria/password", { headers: admin });
    await access.refresh();
    expect(await me(maria)).toBe(401);
    const again = await cookieOf("maria", renewed.body.secret);
    await api.request("PATCH", "/v1/users/maria", { headers: admin, body: { disabled: true } });
    await access.refresh();
    expect(await me(again)).toBe(401);
    expect((await signIn("maria", renewed.body.secret)).status).toBe(401);
  });
});

test("clients and users are changed as they were seen, and who did it is written down without a secret", async () => {
  const admin = await cookieOf();
  const grants = [{ role: "integrator", sites: ["oslo"] }];
  const added = await api.post("/v1/clients", { name: "erp", grants }, admin);
  expect([added.status, added.headers.get("cache-control")]).toEqual([201, "no-store"]);
  expect((await api.post("/v1/clients", { name: "erp" }, admin)).body.code).toBe("client.exists");
  const seen = await api.get("/v1/clients/erp", admin);
  expect(seen.body).toMatchObject({ name: "erp", grants, disabled_at: null });
  expect(JSON.stringify(seen.body)).not.toContain("tgs_");
  const change = (etag: string) =>
    api.request("PATCH", "/v1/clients/erp", {
      headers: { ...admin, "if-match": etag },
      body: { grants: [{ role: "viewer", sites: "all" }] },
    });
  const etag = seen.headers.get("etag") ?? "";
  expect((await change(etag)).body.grants).toEqual([{ role: "viewer", sites: "all" }]);
  expect((await change(etag)).body.code).toBe("access.changed");
  const rotated = await api.request("POST", "/v1/clients/erp/rotate", { headers: admin });
  expect(rotated.body.secret).not.toBe(added.body.secret);
  const { body } = await api.get("/v1/audit/changes?resource=/v1/clients/erp", admin);
  expect(body.items.map((each: { action: string }) => each.action)).toEqual([
    "client.rotate",
    "client.change",
    "client.add",
  ]);
  expect(body.items[1]).toMatchObject({ actor: "person:admin", before: { grants }, after: { disabled: false } });
  expect(JSON.stringify(body)).not.toContain("tgs_");
});

test("changes are listed by actor, resource and time, in pages that survive new ones", async () => {
  const admin = await cookieOf();
  const page = async (query: string) => (await api.get(`/v1/audit/changes?${query}`, admin)).body;
  for (const code of ["a", "b", "c"]) await api.post("/v1/items", { sku: `PAGE-${code}`, name: code }, admin);
  const first = await page("actor=person:admin&limit=2");
  expect(first.items.map((row: { resource: string }) => row.resource)).toEqual([
    "/v1/items/PAGE-c",
    "/v1/items/PAGE-b",
  ]);
  await api.post("/v1/items", { sku: "PAGE-d", name: "d" }, admin);
  const second = await page(`actor=person:admin&limit=1&cursor=${first.next_cursor}`);
  expect(second.items[0]).toMatchObject({ resource: "/v1/items/PAGE-a", action: "item.add" });
  expect((await page("actor=client:nobody")).items).toEqual([]);
  expect((await page(`since=${new Date(Date.now() + 60_000).toISOString()}`)).items).toEqual([]);
});

test("the first admin is made once by processes that start together, with a password of its own that works", {
  timeout: 30_000,
}, async () => {
  await using server = await openTestServer();
  await using database = await server.open();
  const said: string[] = [];
  const open = () =>
    openTestAccess(database.pool, { say: line => said.push(line), auth: { first_admin_password: undefined } });
  const opened = await Promise.all([open(), open(), open()]);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/"admin" with the password ([a-z0-9]{6}-){3}[a-z0-9]{6}, which is shown only now/);
  await using again = await open();
  expect(said).toHaveLength(1);
  expect((await database.pool.query("select kind, name from principal")).rows).toEqual([
    { kind: "person", name: "admin" },
  ]);
  for (const each of [...opened, again]) await each[Symbol.asyncDispose]();
});
