import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});
afterAll(async () => {
  for (const open of [api, ledger]) await open?.[Symbol.asyncDispose]();
});

test("a key for a site that is yet to be heard is shown once, and who made it stands in the audit trail without its secret", async () => {
  const { status, headers, body } = await api.post("/v1/sites/madrid/keys", { valid_until: "2099-01-01T00:00:00Z" });
  expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
  expect(body).toMatchObject({ site: "madrid", valid_until: "2099-01-01T00:00:00Z" });
  const [, token = ""] = /BEGIN NATS USER JWT-+\n(\S+)\n/.exec(body.credentials) ?? [];
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ name: "madrid", sub: body.key, exp: Date.UTC(2099, 0, 1) / 1000 });
  const { rows } = await ledger.pool.query("select actor, action, resource, after from api_change");
  const after = { site: "madrid", key: body.key, valid_until: "2099-01-01T00:00:00Z" };
  const resource = `/v1/sites/madrid/keys/${body.key}`;
  expect(rows).toEqual([{ actor: "client:anyone", action: "site.key", resource, after }]);
});

test.each([
  [{ valid_until: "2001-01-01T00:00:00Z" }, "body.valid_until"],
  [{ valid_until: "tomorrow" }, "valid_until"],
  [{ until: "2099-01-01T00:00:00Z" }, "until"],
])("a key is not made for %j", async (body, named) => {
  const answer = await api.post("/v1/sites/madrid/keys", body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(named);
});
