import { generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "../api/testing.ts";
import { transaction } from "../db/transaction.ts";
import type { Access } from "./access.ts";
import { authLimits } from "./limits.ts";
import { changePrincipal, renewCredential } from "./principals.ts";
import { addTestClient, askToken, openTestAccess } from "./testing.ts";

let ledger: TestLedger;
let access: Access;
let other: Access;
let api: TestApi;
let otherApi: TestApi;
let nowMs = Date.now();
const now = () => nowMs;
const admin = [{ role: "admin", sites: "all" }] as const;

beforeAll(async () => {
  ledger = await openTestLedger();
  access = await openTestAccess(ledger.pool, { now });
  other = await openTestAccess(ledger.pool, { now });
  api = await openTestApi(ledger, undefined, access);
  otherApi = await openTestApi(ledger, undefined, other);
});

afterAll(async () => {
  for (const open of [api, otherApi, access, other, ledger]) await open?.[Symbol.asyncDispose]();
});

const post = (body: Record<string, string> | string, headers: Record<string, string> = {}) =>
  fetch(`${api.http.url}/oauth/token`, { method: "POST", body: new URLSearchParams(body), headers });
const basic = (client: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});
const items = (token: string, at = api) => at.get("/v1/items", { authorization: `Bearer ${token}` });

describe("POST /oauth/token", () => {
  test("gives a client a token, by the header and by the body", async () => {
    const secret = await addTestClient(ledger.pool, "web-shop", [{ role: "integrator", sites: ["lyon"] }]);
    const byHeader = await post({ grant_type: "client_credentials" }, basic("web-shop", secret));
    expect(byHeader.status).toBe(200);
    expect(byHeader.headers.get("cache-control")).toBe("no-store");
    const body = Object(await byHeader.json());
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900 });
    expect(body.scope.split(" ")).toContain("reservation.write");
    expect(body.scope.split(" ")).not.toContain("access.write");
    expect((await items(body.access_token)).status).toBe(200);
    expect((await items(await askToken(api.http.url, "web-shop", secret))).status).toBe(200);
    expect((await items(body.access_token, otherApi)).status, "another process takes it, too").toBe(200);
  });

  test.each([
    ["no grant type", {}, {}, 400, "invalid_request"],
    ["another grant type", { grant_type: "password" }, {}, 400, "unsupported_grant_type"],
    ["no secret", { grant_type: "client_credentials", client_id: "erp" }, {}, 400, "invalid_request"],
    [
      "a wrong secret",
      { grant_type: "client_credentials", client_id: "erp", client_secret: "x" },
      {},
      401,
      "invalid_client",
    ],
    ["nobody", { grant_type: "client_credentials", client_id: "\0", client_secret: "x" }, {}, 401, "invalid_client"],
    [
      "two secrets",
      { grant_type: "client_credentials", client_secret: "x" },
      basic("erp", "x"),
      400,
      "invalid_request",
    ],
    ["two names", { grant_type: "client_credentials", client_id: "other" }, basic("erp", "x"), 400, "invalid_request"],
    ["no Basic", { grant_type: "client_credentials" }, { authorization: "Basic *" }, 400, "invalid_request"],
  ] as const)("refuses %s in the words of RFC 6749", async (_what, form, headers, status, error) => {
    const answer = await post(form, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error, error_description: expect.any(String) });
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
  });

  test("refuses a scope that the client has not, and what is no form", async () => {
    const secret = await addTestClient(ledger.pool, "reader", [{ role: "viewer", sites: "all" }]);
    const scoped = { grant_type: "client_credentials", client_id: "reader", client_secret: secret };
    expect(await (await post({ ...scoped, scope: "stock.read" })).json()).toMatchObject({ token_type: "Bearer" });
    expect(await (await post({ ...scoped, scope: "access.write" })).json()).toMatchObject({ error: "invalid_scope" });
    const json = await api.post("/oauth/token", scoped);
    expect([json.status, json.body.error]).toEqual([400, "invalid_request"]);
    const twice = await post("grant_type=client_credentials&grant_type=client_credentials");
    expect(await twice.json()).toMatchObject({ error: "invalid_request" });
  });

  test("tells other programs where it is and with which keys to check", async () => {
    const metadata = await api.get("/.well-known/oauth-authorization-server");
    expect(metadata.body).toMatchObject({
      issuer: "urn:tallygate:central",
      token_endpoint: `${api.http.url}/oauth/token`,
      jwks_uri: `${api.http.url}/.well-known/jwks.json`,
    });
    const grants = [{ role: "viewer", sites: ["lyon", "oslo"] }] as const;
    const secret = await addTestClient(ledger.pool, "checked", grants);
    const token = await askToken(api.http.url, "checked", secret);
    const keys = createLocalJWKSet((await api.get("/.well-known/jwks.json")).body);
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: "urn:tallygate:central" });
    expect(payload).toMatchObject({ sub: "checked", client_id: "checked", aud: "tallygate", grants });
    expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    expect(JSON.stringify((await api.get("/.well-known/jwks.json")).body)).not.toContain('"d"');
  });
});

describe("a token", () => {
  const claims = { sub: "forger", client_id: "forger", ver: 1, grants: admin };
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });

  async function ourKey() {
    const { rows } = await ledger.pool.query("select key_id, private_key from signing_key order by signs_from limit 1");
    return rows[0];
  }

  async function signed(
    key: Parameters<SignJWT["sign"]>[0],
    { header = {}, iss = "urn:tallygate:central", aud = "tallygate", more = {} as object } = {},
  ): Promise<string> {
    const { key_id } = await ourKey();
    return new SignJWT({ ...claims, ...more })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: key_id, ...header })
      .setIssuer(iss)
      .setAudience(aud)
      .setExpirationTime(Math.floor(nowMs / 1000) + 600)
      .sign(key);
  }

  beforeAll(async () => {
    await addTestClient(ledger.pool, "forger", admin);
    await api.get("/.well-known/jwks.json");
  });

  test("as we make them is taken: what the next ones are refused for is what they name", async () => {
    const { private_key } = await ourKey();
    const { createPrivateKey } = await import("node:crypto");
    expect((await items(await signed(createPrivateKey(private_key)))).status).toBe(200);
  });

  test.each([
    ["signed with another key", async () => signed(own.privateKey)],
    ["of a key that nobody knows", async () => signed(own.privateKey, { header: { kid: "unknown" } })],
    ["without a key's name", async () => signed(own.privateKey, { header: { kid: undefined } })],
    [
      "signed with our public key as a secret",
      async () => signed(Buffer.from("x".repeat(40)), { header: { alg: "HS256" } }),
    ],
    ["of no algorithm", async () => `${encode({ alg: "none", typ: "at+jwt" })}.${encode(await ourClaims())}.`],
    ["that is rubbish", async () => "rubbish"],
    ["that is rubbish in three parts", async () => "a.b.c"],
    ["that is longer than any", async () => "x".repeat(10_000)],
  ])("%s is refused", async (_what, make) => {
    const answer = await items(await make());
    expect([answer.status, answer.body.code]).toEqual([401, "access.invalid"]);
  });

  test.each([
    ["for another audience", { aud: "elsewhere" }],
    ["of another issuer", { iss: "https://elsewhere.example" }],
    ["of another type", { header: { typ: "JWT" } }],
    ["for an older secret", { more: { ver: 0 } }],
    ["for a client that is not there", { more: { sub: "nobody" } }],
    ["without a version", { more: { ver: undefined } }],
  ])("of our key, but %s, is refused", async (_what, how) => {
    const { createPrivateKey } = await import("node:crypto");
    const { private_key } = await ourKey();
    const answer = await items(await signed(createPrivateKey(private_key), how));
    expect([answer.status, answer.body.code]).toEqual([401, "access.invalid"]);
  });

  test("ends, and is not remembered beyond its end", async () => {
    const secret = await addTestClient(ledger.pool, "short", admin);
    const token = await askToken(api.http.url, "short", secret);
    expect((await items(token)).status).toBe(200);
    nowMs += authLimits.tokenMs + authLimits.clockSkewMs + 1000;
    const answer = await items(token);
    expect([answer.status, answer.body.detail]).toEqual([401, "The token has ended; get a new one."]);
    expect((await items(await askToken(api.http.url, "short", secret))).status).toBe(200);
  });

  test("of a client that is disabled or has another secret is soon refused by every process", async () => {
    const secret = await addTestClient(ledger.pool, "gone", admin);
    const token = await askToken(api.http.url, "gone", secret);
    for (const each of [api, otherApi]) expect((await items(token, each)).status).toBe(200);
    const change = (disabled: boolean) =>
      transaction(ledger.pool, client =>
        changePrincipal(client, { kind: "client", name: "gone" }, { disabled }, { actor: "test" }),
      );
    await change(true);
    for (const each of [api, otherApi]) {
      await vi.waitFor(async () => expect((await items(token, each)).status).toBe(401), 5_000);
    }
    expect((await post({ grant_type: "client_credentials" }, basic("gone", secret))).status).toBe(401);
    await change(false);
    await vi.waitFor(async () => expect((await items(token)).status).toBe(200), 5_000);
    await transaction(ledger.pool, client => renewCredential(client, { kind: "client", name: "gone" }, "test"));
    await vi.waitFor(async () => expect((await items(token)).status).toBe(401), 5_000);
  });

  test("gives what the client may do now, not what it could when it was made", async () => {
    const secret = await addTestClient(ledger.pool, "less", [{ role: "auditor", sites: "all" }]);
    const token = await askToken(api.http.url, "less", secret);
    expect((await items(token)).status).toBe(200);
    await transaction(ledger.pool, client =>
      changePrincipal(client, { kind: "client", name: "less" }, { grants: [] }, { actor: "test" }),
    );
    await access.refresh();
    expect((await items(token)).status).toBe(403);
  });

  function encode(value: object): string {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
  }

  async function ourClaims() {
    return { ...claims, iss: "urn:tallygate:central", aud: "tallygate", exp: Math.floor(nowMs / 1000) + 600 };
  }
});

test("the key changes with time, is known ahead, and goes when its last token has ended", async () => {
  const kids = async (at = api) =>
    (await at.get("/.well-known/jwks.json")).body.keys.map((key: { kid: string }) => key.kid);
  const secret = await addTestClient(ledger.pool, "rotating", admin);
  const [first] = await kids();
  const old = await askToken(api.http.url, "rotating", secret);
  nowMs += 30 * 24 * 60 * 60_000 - authLimits.keyAheadMs;
  expect(await kids()).toHaveLength(2);
  expect(await kids(otherApi), "both processes have the same keys").toEqual(await kids());
  const [second] = await kids();
  nowMs += authLimits.keyAheadMs - 60_000;
  const last = await askToken(api.http.url, "rotating", secret);
  expect(kidOf(last)).toBe(first);
  nowMs += 120_000;
  expect(kidOf(await askToken(otherApi.http.url, "rotating", secret))).toBe(second);
  expect((await items(last, otherApi)).status, "a token of the old key is good until it ends").toBe(200);
  expect((await items(old)).status).toBe(401);
  nowMs += authLimits.tokenMs + 60_000;
  expect(await kids()).toEqual([second]);
});

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}

test("a client's secret stands nowhere in the database", async () => {
  const secret = await addTestClient(ledger.pool, "hidden", admin);
  for (const table of ["principal", "api_change"]) {
    const { rows } = await ledger.pool.query(`select t::text from ${table} t where position($1 in t::text) > 0`, [
      secret,
    ]);
    expect(rows, table).toEqual([]);
  }
});
