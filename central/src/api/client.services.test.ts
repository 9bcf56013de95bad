import { type Client, connect, isProblem } from "@tallygate/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hold, stockOf } from "../../../docs/examples/first-reservation.ts";
import type { Access } from "../auth/access.ts";
import { addTestClient, openTestAccess } from "../auth/testing.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let access: Access;
let api: TestApi;
let central: Client;

beforeAll(async () => {
  ledger = await openTestLedger();
  access = await openTestAccess(ledger.pool);
  api = await openTestApi(ledger, undefined, access);
  const secret = await addTestClient(ledger.pool, "shop", [{ role: "integrator", sites: "all" }]);
  central = connect({ url: api.http.url, client: "shop", secret });
  await central.post("/v1/items", { body: { sku: "OAT", name: "Oat", codes: ["code:OAT"] } });
  await ledger.apply(new TestSite("lyon"), [{ to: "dock-2", code: "code:OAT", quantity: 5 }]);
});
afterAll(async () => {
  for (const open of [api, access, ledger]) await open?.[Symbol.asyncDispose]();
});

test("the client's example reserves what is there, and hears what is not", async () => {
  const id = await hold(central, "OAT", 3);
  expect(id).toBeDefined();
  expect(await hold(central, "OAT", 3)).toBeUndefined();
  expect(await stockOf(central, "lyon")).toEqual(new Map([["OAT", 5]]));
});

test("what somebody changed meanwhile is refused with the version that was read before", async () => {
  const path = { sku: "OAT" };
  const { data, etag } = await central.read("/v1/items/{sku}", { params: { path } });
  expect(data.name).toBe("Oat");
  const rename = (name: string) =>
    central.patch("/v1/items/{sku}", { params: { path, header: { "if-match": etag ?? "" } }, body: { name } });
  expect((await rename("Oat drink")).name).toBe("Oat drink");
  const refused = await rename("Oat").catch((error: unknown) => error);
  expect(isProblem(refused, "item.changed")).toBe(true);
});
