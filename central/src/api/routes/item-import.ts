import { answerProblem, OpenAPIHono } from "@tallygate/kit";
import { stringify } from "csv-stringify/sync";
import { importableItems, itemCells, itemColumns, itemLine } from "../../catalogue/import/items.ts";
import { catalogueLimits } from "../../catalogue/limits.ts";
import { readItemsToExport } from "../../db/catalogue/items.ts";
import type { Pool } from "../../db/pool.ts";
import { callerOf, guardedRoute } from "../access.ts";
import {
  ExportQuery,
  exportResponses,
  ImportQuery,
  importBody,
  importLines,
  importResponses,
  streamed,
} from "../bulk.ts";
import { ItemLine } from "../item-schemas.ts";
import { idempotent } from "../once.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["items"];

const importRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "post",
    path: "/items/import",
    tags,
    summary: "Adds and changes many items, as CSV or JSON lines",
    description:
      "A line adds the item with its SKU, or changes it: what the line names is so afterwards, what it leaves out stays as it is. A list that is named is the whole list. Families stand before their variants.",
    request: {
      headers: idempotent,
      query: ImportQuery,
      body: importBody(
        '{"sku":"OAT-500","name":"Oat drink 500 ml","gtins":["9506000134369"]}\n',
        "sku,name,gtins\nOAT-500,Oat drink 500 ml,9506000134369\n",
      ),
    },
    responses: importResponses,
  },
);

const exportRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/items/export",
    tags,
    summary: "All items as CSV or JSON lines; imported again, they change nothing",
    request: { query: ExportQuery },
    responses: exportResponses("All items, families first"),
  },
);

/** The whole catalogue in and out. Mounted before the routes of one item, whose paths would take these for SKUs. */
export function itemImportRoutes({ pool, relay }: ApiParts) {
  return new OpenAPIHono()
    .openapi(importRoute, async c => {
      const importable = importableItems(ItemLine, callerOf(c));
      const done = await importLines(c, {
        pool,
        relay,
        importable,
        columns: itemColumns,
        route: "POST /v1/items/import",
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(exportRoute, c => {
      const { format } = c.req.valid("query");
      return streamed(format, "items", format === "csv" ? csvPages(pool) : jsonPages(pool));
    });
}

async function* jsonPages(pool: Pool): AsyncGenerator<string> {
  for await (const items of pages(pool)) yield items.map(item => `${JSON.stringify(itemLine(item))}\n`).join("");
}

async function* csvPages(pool: Pool): AsyncGenerator<string> {
  yield stringify([Object.keys(itemColumns)]);
  for await (const items of pages(pool)) yield stringify(items.map(itemCells).map(cells => [...cells]));
}

async function* pages(pool: Pool) {
  for (const family of [true, false]) {
    for (let sku = ""; ; ) {
      const items = await readItemsToExport(pool, { after: { family, sku }, limit: catalogueLimits.exportPageRows });
      const last = items.at(-1);
      if (last === undefined) break;
      yield items;
      sku = last.sku;
    }
  }
}
