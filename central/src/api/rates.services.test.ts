import { afterAll, beforeAll, expect, test } from "vitest";
import type { Access } from "../auth/access.ts";
import { addTestClient, askToken, first_admin_password, openTestAccess } from "../auth/testing.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "./testing.ts";

let ledger: TestLedger;
let access: Access;
let api: TestApi;
let nowMs = Date.now();

beforeAll(async () => {
  ledger = await openTestLedger();
  const rate_limits = { client_per_minute: 60, client_burst: 10, address_per_minute: 10, sign_in_per_minute: 2 };
  access = await openTestAccess(ledger.pool, { now: () => nowMs, rate_limits });
  api = await openTestApi(ledger, undefined, access);
});
afterAll(async () => {
  for (const open of [api, access, ledger]) await open?.[Symbol.asyncDispose]();
});

async function callerOf(name: string): Promise<Record<string, string>> {
  const secret = await addTestClient(ledger.pool, name, [{ role: "viewer", sites: "all" }]);
  return { authorization: `Bearer ${await askToken(api.http.url, name, secret)}` };
}

test("a client is told how much it has left, refused above it, and no other client feels it", async () => {
  const [eager, calm] = [await callerOf("eager"), await callerOf("calm")];
  for (let left = 9; left >= 0; left--) {
    const { status, headers } = await api.get("/v1/stock", eager);
    expect([status, headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]).toEqual([
      200,
      "10",
      `${left}`,
    ]);
  }
  const refused = await api.get("/v1/stock", eager);
  expect([refused.status, refused.body.code, refused.headers.get("retry-after")]).toEqual([429, "rate.limited", "1"]);
  expect((await api.get("/v1/stock", calm)).status).toBe(200);
  nowMs += 1_000;
  expect((await api.get("/v1/stock", eager)).status).toBe(200);
});

test("an address that guesses tokens is soon not listened to, and who is known there goes on", async () => {
  nowMs += 60_000;
  const known = await callerOf("known");
  expect((await api.get("/v1/stock", known)).status).toBe(200);
  const guess = async (text: string) => (await api.get("/v1/stock", { authorization: `Bearer ${text}` })).status;
  const answers: number[] = [];
  for (let tries = 0; tries < 12; tries++) answers.push(await guess(`guess-${tries}`));
  expect(new Set(answers)).toEqual(new Set([401, 429]));
  expect(answers.at(-1)).toBe(429);
  expect((await api.get("/v1/stock", known)).status).toBe(200);
  const token = await fetch(`${api.http.url}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  expect([token.status, Number(token.headers.get("retry-after"))]).toEqual([429, 6]);
});

test("an address may try few passwords a minute", async () => {
  const signIn = async (password: string) => {
    const body = new URLSearchParams({ name: "admin", password });
    return (await fetch(`${api.http.url}/sign-in`, { method: "POST", body, redirect: "manual" })).status;
  };
  expect([await signIn("x"), await signIn("y"), await signIn(first_admin_password)]).toEqual([401, 401, 429]);
  nowMs += 30_000;
  expect(await signIn(first_admin_password)).toBe(303);
});
