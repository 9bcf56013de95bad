import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Central, namePlaces, seedItems } from "./seed.ts";

interface Answer {
  readonly status: number;
  readonly code?: string;
}

const requests: string[] = [];
const servers: { close(): void }[] = [];
afterEach(() => {
  requests.length = 0;
  for (const server of servers.splice(0)) server.close();
});

/** A central that answers one thing after another, and the last one for ever. */
async function centralThatSays(...answers: readonly Answer[]): Promise<Central> {
  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", chunk => chunks.push(chunk));
    request.on("end", () => {
      requests.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
      const { status, code } = answers[Math.min(count++, answers.length - 1)] ?? { status: 500 };
      response.writeHead(status).end(code === undefined ? "{}" : JSON.stringify({ code, detail: `because ${code}` }));
    });
  });
  servers.push(server);
  await new Promise<void>(done => server.listen(0, "127.0.0.1", done));
  const address: AddressInfo | string | null = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return { fetch: (path, init) => fetch(url + path, init) };
}

const { signal } = new AbortController();
const item = (sku: string) => ({ sku, name: "Oat drink 1 L", gtin: "09506000100014", companyPrefix: "9506000" });
const catalogue = { items: [item("OAT-1L"), item("OAT-2L")], sites: [{ site: "lyon", places: ["dock-1"] }] };

test("items that are known already are no fault, and the new ones are counted", async () => {
  const central = await centralThatSays({ status: 409, code: "item.exists" }, { status: 201 });
  expect(await seedItems(central, catalogue, signal)).toBe(1);
  expect(requests[0]).toBe('POST /v1/items {"sku":"OAT-1L","name":"Oat drink 1 L","gtins":["09506000100014"]}');
});

test("an item that is refused is said with its reason", async () => {
  const central = await centralThatSays({ status: 422, code: "request.invalid" });
  await expect(seedItems(central, catalogue, signal)).rejects.toThrow("OAT-1L: because request.invalid");
});

test("a place waits until central has heard of its site", async () => {
  const central = await centralThatSays({ status: 404, code: "site.unknown" }, { status: 201 });
  expect(await namePlaces(central, catalogue, signal)).toBe(1);
  expect(requests).toEqual(Array(2).fill('POST /v1/places {"site":"lyon","code":"dock-1","name":"Dock 1"}'));
});

test("a place that a movement has named before gets its name, too", async () => {
  const central = await centralThatSays({ status: 409, code: "place.exists" }, { status: 200 });
  expect(await namePlaces(central, catalogue, signal)).toBe(1);
  expect(requests[1]).toBe('PATCH /v1/places/lyon/dock-1 {"name":"Dock 1"}');
});

test("the wait for a site ends when everything ends", async () => {
  const central = await centralThatSays({ status: 404, code: "site.unknown" });
  const stopping = new AbortController();
  const naming = namePlaces(central, catalogue, stopping.signal);
  stopping.abort(new Error("the end"));
  await expect(naming).rejects.toThrow();
});
