import { outsides } from "@tallygate/protocol";
import { type ExampleAction, exampleActions, exampleDocument } from "../api/document-schemas.ts";
import { exampleLists } from "../api/routes/lists.ts";
import { insertList } from "../db/documents/lists.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { type DocumentKind, documentKinds } from "./kinds.ts";
import { addDocument } from "./testing.ts";

/** The state that each example of the API's document needs; those that have none begin as a document does. */
const states: Readonly<Record<DocumentKind, Partial<Record<ExampleAction | "usual", string>>>> = {
  order: { usual: "reserved", close: "shipping" },
  shipment: { usual: "announced" },
  transfer: { usual: "reserved", close: "in_transit", arrive: "in_transit" },
  return: { usual: "announced", close: "receiving", inspect: "received" },
};

/** Puts documents and lists under the ids that the examples have: at lyon, of an item of which there is enough at `dock-2`. */
export async function seedExampleDocuments(pool: Pool, sku: string): Promise<void> {
  await pool.query("insert into site (code) values ('oslo') on conflict do nothing");
  await pool.query(
    "insert into place (site_id, code) select id, 'dock-1' from site where code = 'oslo' on conflict do nothing",
  );
  await pool.query(
    `insert into place (site_id, code, outside) select site.id, account, true from site,
    unnest($1::text[]) as account where site.code = 'oslo' on conflict do nothing`,
    [outsides],
  );
  for (const kind of documentKinds) {
    for (const action of exampleActions) {
      await addExampleDocument(pool, { id: exampleDocument(kind, action), kind, action, sku });
    }
  }
  const { rows } = await pool.query<{ id: number }>("select id from site where code = 'lyon'");
  const list = { siteId: rows[0]?.id ?? 0, readPoint: undefined, step: "picking", openedMs: Date.now() };
  for (const id of Object.values(exampleLists)) {
    await transaction(pool, client =>
      insertList(client, { ...list, id, documentIds: [exampleDocument("order", "read")] }),
    );
  }
}

/** A document as the example of what is done with it needs it; gives its id. */
export async function addExampleDocument(
  pool: Pool,
  {
    kind,
    action,
    sku,
    id,
  }: { readonly kind: DocumentKind; readonly action: ExampleAction; readonly sku: string; readonly id?: string },
): Promise<string> {
  const state = states[kind][action] ?? states[kind].usual ?? "";
  const to = kind === "transfer" ? { toSite: "oslo" } : {};
  const lines = [{ sku, quantity: 5 }];
  const given = { kind, site: "lyon", ...to, state, lines };
  const document = await addDocument(pool, id === undefined ? given : { ...given, id });
  if (kind === "return" && action === "inspect")
    await pool.query("update document_line set done = 5 where document_id = $1", [document.id]);
  return document.id;
}
