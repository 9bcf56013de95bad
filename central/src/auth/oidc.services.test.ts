import { listenHttp } from "@tallygate/kit";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "../api/testing.ts";
import type { Access } from "./access.ts";
import { openTestAccess } from "./testing.ts";

const key = await generateKeyPair("RS256", { extractable: true });
const other = await generateKeyPair("RS256");
let stack: AsyncDisposableStack;
let ledger: TestLedger;
let issuer: string;
let api: TestApi;
let isDown = false;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  ledger = stack.use(await openTestLedger());
  const jwk = { ...(await exportJWK(key.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  const answer = (path: string) => {
    if (isDown) return new Response("down", { status: 503 });
    if (path === "/realm/keys") return Response.json({ keys: [jwk] });
    return Response.json({ issuer, jwks_uri: `${issuer}/keys` });
  };
  const server = stack.use(
    await listenHttp({ fetch: request => answer(new URL(request.url).pathname) }, { host: "127.0.0.1", port: 0 }),
  );
  issuer = `${server.url}/realm`;
  const access: Access = stack.use(
    await openTestAccess(ledger.pool, {
      auth: {
        oidc: {
          issuer,
          audience: "stock",
          roles_claim: "realm_access.roles",
          grants: {
            "warehouse-lyon": [{ role: "operator", sites: ["lyon"] }],
            auditors: [{ role: "auditor", sites: "all" }],
          },
        },
      },
    }),
  );
  api = stack.use(await openTestApi(ledger, undefined, access));
});
afterAll(() => stack?.disposeAsync());

interface Told {
  readonly roles?: unknown;
  readonly audience?: string;
  readonly ends?: string;
  readonly alg?: string;
}

function token(
  sign: Parameters<SignJWT["sign"]>[0],
  { roles, audience = "stock", ends = "5m", alg = "RS256" }: Told = {},
) {
  return new SignJWT({ realm_access: { roles } })
    .setProtectedHeader({ alg, kid: "k1" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject("4711")
    .setExpirationTime(ends)
    .sign(sign);
}

const me = async (text: string) => (await api.get("/v1/me", { authorization: `Bearer ${text}` })).body;

test("while the issuer cannot be reached its tokens are refused; when it can, they are taken", async () => {
  isDown = true;
  expect((await me(await token(key.privateKey))).code).toBe("access.invalid");
  isDown = false;
  expect(await me(await token(key.privateKey))).toMatchObject({ kind: "person", id: "oidc/4711", grants: [] });
});

test.each([
  ["one role", "warehouse-lyon", [{ role: "operator", sites: ["lyon"] }]],
  [
    "two",
    ["auditors", "warehouse-lyon"],
    [
      { role: "operator", sites: ["lyon"] },
      { role: "auditor", sites: "all" },
    ],
  ],
  ["none that means anything here", ["admin", "constructor", 7, null], []],
  ["no list", { admin: true }, []],
])("%s gives what the configuration says", async (_what, roles, grants) => {
  expect((await me(await token(key.privateKey, { roles }))).grants).toEqual(grants);
});

describe("a token of its is refused", () => {
  test.each([
    ["with another key", () => token(other.privateKey)],
    ["for someone else", () => token(key.privateKey, { audience: "elsewhere" })],
    ["when it has ended", () => token(key.privateKey, { ends: "-5m" })],
    ["signed with a secret", () => token(Buffer.from("x".repeat(40)), { alg: "HS256" })],
  ])("%s", async (_what, make) => {
    expect((await me(await make())).code).toBe("access.invalid");
  });
});
