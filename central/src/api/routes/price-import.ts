import { answerProblem, OpenAPIHono } from "@tallygate/kit";
import { stringify } from "csv-stringify/sync";
import { importablePrices, priceCells, priceColumns, priceLine } from "../../catalogue/import/prices.ts";
import { catalogueLimits } from "../../catalogue/limits.ts";
import { readPrices } from "../../db/catalogue/prices.ts";
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
import { idempotent } from "../once.ts";
import type { ApiParts } from "../parts.ts";
import { NewPrice } from "../price-schemas.ts";

const tags = ["prices"];

const importRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "post",
    path: "/prices/import",
    tags,
    summary: "Adds and changes many prices, as CSV or JSON lines",
    request: {
      headers: idempotent,
      query: ImportQuery,
      body: importBody(
        '{"sku":"OAT-500","list":"import","currency":"EUR","amount":229}\n',
        "sku,list,currency,amount\nOAT-500,import,EUR,229\n",
      ),
    },
    responses: importResponses,
  },
);

const exportRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/prices/export",
    tags,
    summary: "All prices as CSV or JSON lines; imported again, they change nothing",
    request: { query: ExportQuery },
    responses: exportResponses("All prices"),
  },
);

/** All prices in and out. Mounted before the routes of one price, whose paths would take these for numbers. */
export function priceImportRoutes({ pool, relay }: ApiParts) {
  return new OpenAPIHono()
    .openapi(importRoute, async c => {
      const importable = importablePrices(NewPrice, callerOf(c));
      const done = await importLines(c, {
        pool,
        relay,
        importable,
        columns: priceColumns,
        route: "POST /v1/prices/import",
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(exportRoute, c => {
      const { format } = c.req.valid("query");
      return streamed(format, "prices", pagesOf(pool, format));
    });
}

async function* pagesOf(pool: Pool, format: "jsonl" | "csv"): AsyncGenerator<string> {
  if (format === "csv") yield stringify([Object.keys(priceColumns)]);
  for (let after = 0; ; ) {
    const prices = await readPrices(pool, { after, limit: catalogueLimits.exportPageRows });
    const last = prices.at(-1);
    if (last === undefined) return;
    if (format === "csv") yield stringify(prices.map(price => [...priceCells(price)]));
    else yield prices.map(price => `${JSON.stringify(priceLine(price))}\n`).join("");
    after = last.id;
  }
}
