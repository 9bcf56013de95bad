import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { typesOf } from "../../../client/scripts/types-of.ts";
import { type LocalServer, startInflux } from "../../../deploy/local/servers.ts";
import { Influx } from "../projector/influx.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";
import { ApiDocument, bodyOf } from "./testing-document.ts";
import { seedExamples } from "./testing-examples.ts";

let ledger: TestLedger;
let influxd: LocalServer;
let api: TestApi;
let document: ApiDocument;

beforeAll(async () => {
  [ledger, influxd] = await Promise.all([openTestLedger(), startInflux()]);
  const influx = new Influx({ url: influxd.url, database: "tallygate", bucket: "", org: "", token: "" });
  await influx.prepare();
  api = await openTestApi(ledger, influx);
  document = new ApiDocument((await api.get("/openapi.json")).body);
  await seedExamples(ledger, api);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await influxd?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** Sends a request of the document's and gives its answer, of a stream only how it begins. */
async function send({ method, path, headers, body, isStream }: ReturnType<ApiDocument["exampleRequest"]>) {
  if (!isStream) return api.request(method, path, { headers, ...(body !== undefined && { body }) });
  const abort = new AbortController();
  const response = await fetch(api.http.url + path, { headers, signal: abort.signal });
  abort.abort();
  return { status: response.status, headers: response.headers, body: "" };
}

describe("the document", () => {
  test("is the one that the client is made of: npm run client writes it anew", async () => {
    const { body } = await api.get("/openapi.json");
    await expect(await typesOf(body)).toMatchFileSnapshot("../../../client/src/schema.ts");
  });

  test("says of every parameter and body what it is like, by examples", () => {
    const without = document.operations.flatMap(operation => {
      const { method, route, parameters } = operation;
      const example = document.exampleOf(bodyOf(operation)?.[1] ?? {});
      return [
        ...parameters
          .filter(({ name, schema }) => !["cursor", "if-none-match"].includes(name) && isMissing(schema))
          .map(({ name }) => `${method} ${route}: ${name}`),
        ...Object.entries(Object(example))
          .filter(([, value]) => value === undefined)
          .map(([key]) => `${method} ${route}: body.${key}`),
      ];
    });
    expect(without).toEqual([]);
    expect(document.operations.length).toBeGreaterThan(18);
  });

  test("has examples that are answered as they stand, in the form that it describes", async () => {
    for (const operation of document.operations) {
      const sent = document.exampleRequest(operation);
      const answer = await send(sent);
      const success = Object.keys(operation.responses).find(status => status.startsWith("2"));
      const what = `${sent.method} ${sent.path}`;
      expect(`${what} ${answer.status}`, JSON.stringify(answer.body)).toBe(`${what} ${success}`);
      expect(document.faultsOf(operation, answer), what).toEqual([]);
    }
  });

  test("describes the answers that have rows in them, too", async () => {
    await api.post("/v1/items", { sku: "NEW", name: "n" });
    await ledger.apply(new TestSite("oslo"), [{ code: "code:NOBODY" }]);
    for (const path of ["/v1/stock", "/v1/movements", "/v1/items", "/v1/places", "/v1/sites", "/v1/exceptions"]) {
      const operation = document.operations.find(({ route, method }) => route === path && method === "GET");
      const answer = await api.get(path);
      expect(answer.body.items.length, path).toBeGreaterThan(0);
      expect(operation && document.faultsOf(operation, answer), path).toEqual([]);
    }
  });
});

function isMissing(schema: unknown): boolean {
  return document.exampleOf(schema) === undefined;
}
