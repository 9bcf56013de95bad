import { randomUUID } from "node:crypto";
import { checkDigit } from "@tallygate/protocol";
import { addExampleCount, type ExampleCount } from "../../counts/testing.ts";
import { insertList } from "../../db/documents/lists.ts";
import { transaction } from "../../db/transaction.ts";
import { type DocumentKind, documentKinds } from "../../documents/kinds.ts";
import { addExampleDocument } from "../../documents/testing-examples.ts";
import { addExampleRefused } from "../../events/testing.ts";
import { addExampleException } from "../../exceptions/testing.ts";
import { newReservationId } from "../../reservations/id.ts";
import { exampleCountIds } from "../count-schemas.ts";
import { exampleActions } from "../document-schemas.ts";
import type { TestApi, TestLedger } from "../testing.ts";
import type { Operation } from "../testing-document.ts";
import type { Thing } from "./requests.ts";

export interface FeedParts {
  readonly ledger: TestLedger;
  readonly api: TestApi;
}

/** Makes one more thing of the kind that a route's path names, in a state in which the route's example is granted; for some there is none. */
export function feedFor({ route }: Operation, parts: FeedParts): (() => Promise<Thing>) | undefined {
  const [, , collection = "", parameter = "", action = "read"] = route.split("/");
  if (!parameter.startsWith("{") && route !== "/v1/events/refused/{id}/resend") return undefined;
  const kind = documentKinds.find(each => `${each}s` === collection);
  if (kind !== undefined) return () => document(parts, kind, action);
  const feed = feeds[collection];
  return feed && (() => feed(parts, action));
}

/** There are as many of a kind as there may be: those that are there have to do. */
export class Enough extends Error {
  override readonly name = "Enough";
}

/** Where there is enough of, for all that is asked. */
export const plentiful = "WORK";

async function document({ ledger }: FeedParts, kind: DocumentKind, name: string): Promise<Thing> {
  const action = exampleActions.find(each => each === name) ?? (kind === "order" ? "change" : "read");
  return { id: await addExampleDocument(ledger.pool, { kind, action, sku: plentiful }) };
}

const feeds: Readonly<Record<string, (parts: FeedParts, action: string) => Promise<Thing>>> = {
  items: async ({ api }) => {
    const sku = nextName("ITEM");
    await made(api, "/v1/items", { sku, name: "An item", codes: [`code:${sku}`] });
    return { sku };
  },
  prices: async ({ api }) => {
    const price = { sku: plentiful, list: nextName("list"), currency: "EUR", amount: 249 };
    return { id: String((await made(api, "/v1/prices", price))["id"]) };
  },
  places: async ({ api }) => {
    const code = nextName("bin");
    await made(api, "/v1/places", { site: "lyon", code, parent: "dock-2" });
    return { site: "lyon", code };
  },
  "reorder-points": async ({ api }) => {
    const place = nextName("bin");
    await made(api, "/v1/places", { site: "lyon", code: place });
    const { items } = await made(api, "/v1/reorder-points", {
      items: [{ sku: plentiful, site: "lyon", place, quantity: 1 }],
    });
    return { id: String(Object(items)[0]?.id) };
  },
  units: async ({ api }) => {
    const digits = `09506000134${String(++count).padStart(6, "0")}`;
    const sscc = digits + checkDigit(digits);
    const contents = [{ sku: plentiful, quantity: 24 }];
    await made(api, `/v1/units/${sscc}/contents`, { site: "lyon", place: "dock-2", contents });
    return { sscc };
  },
  reservations: async ({ api }) => {
    const { id } = await made(api, "/v1/reservations", { lines: [{ sku: plentiful, quantity: 1 }] });
    return { id: String(id) };
  },
  counts: async ({ api, ledger }, action) => {
    const named = action === "entries" ? "enter" : action;
    const example = Object.keys(exampleCountIds).find((each): each is ExampleCount => each === named) ?? "read";
    const place = example === "submit" || example === "approve" ? "bin-9" : "dock-2";
    return { id: await addExampleCount(ledger.pool, api.post, { example, place, id: newReservationId() }) };
  },
  lists: async ({ ledger: { pool } }) => {
    const { rows } = await pool.query<{ id: number }>("select id from site where code = 'lyon'");
    const documentIds = [await addExampleDocument(pool, { kind: "order", action: "read", sku: plentiful })];
    const list = { siteId: rows[0]?.id ?? 0, readPoint: undefined, step: "picking", openedMs: Date.now() };
    const id = newReservationId();
    await transaction(pool, client => insertList(client, { ...list, id, documentIds }));
    return { id };
  },
  webhooks: async ({ api }) => ({
    id: String((await made(api, "/v1/webhooks", { url: "https://shop.example.com/" }))["id"]),
  }),
  exceptions: async ({ ledger }) => ({ id: String(await addExampleException(ledger.pool)) }),
  events: async ({ ledger }) => ({ id: String(await addExampleRefused(ledger.pool)) }),
  clients: async ({ api }) => ({ name: await principal(api, "/v1/clients") }),
  users: async ({ api }) => ({ name: await principal(api, "/v1/users") }),
};

async function principal(api: TestApi, path: string): Promise<string> {
  const name = nextName("someone");
  await made(api, path, { name, grants: [{ role: "viewer", sites: ["lyon"] }] });
  return name;
}

let count = 0;

function nextName(kind: string): string {
  count += 1;
  return `${kind}-${count}`;
}

/** What the API made of a body that it must grant. */
async function made(api: TestApi, path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const answer = await api.post(path, body, { "x-request-id": randomUUID() });
  if (String(answer.body?.code).endsWith(".too_many")) throw new Enough(path);
  if (answer.status >= 300) throw new Error(`${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
