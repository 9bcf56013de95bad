import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type Result, refuse, SiteId } from "@tallygate/protocol";
import type { Context } from "hono";
import {
  countOpen,
  type ExceptionRow,
  readException,
  readExceptionBody,
  readExceptions,
} from "../../db/exceptions/read.ts";
import type { Pool } from "../../db/pool.ts";
import { kindOf, problemsOf } from "../../exceptions/kinds.ts";
import { relatedTo } from "../../exceptions/related.ts";
import { guardedRoute, requireAllSites, requireSite, sitesOf } from "../access.ts";
import { etagOf, isKnown } from "../etag.ts";
import {
  ExceptionDetail,
  ExceptionFilterQuery,
  ExceptionSummary,
  ExceptionView,
  exceptionParams,
} from "../exception-schemas.ts";
import { historyOf, summaryOf, viewOf } from "../exception-views.ts";
import { conditional, json } from "../fields.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["exceptions"];
const reads = { permission: "exception.read", sites: "some" } as const;
const usual = ["request.invalid", "stock.unavailable"] as const;

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/exceptions",
  tags,
  summary: "What waits for a person, the newest first",
  request: {
    query: z.object({ ...ExceptionFilterQuery, limit: Limit, cursor: cursorParam(z.tuple([z.int().min(1)])) }),
  },
  responses: { 200: json("A page of exceptions", pageOf(ExceptionView)), ...problemResponses(...usual) },
});

const summaryRoute = guardedRoute(reads, {
  method: "get",
  path: "/exceptions/summary",
  tags,
  summary: "How many exceptions are open, by kind, and what can be done about each kind",
  request: { query: z.object({ site: SiteId.optional() }) },
  responses: { 200: json("Counts by kind", ExceptionSummary), ...problemResponses(...usual) },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/exceptions/{id}",
  tags,
  summary: "One exception, what can be done about it, and its history",
  request: { params: exceptionParams("read"), headers: conditional },
  responses: {
    200: json("The exception, with an ETag", ExceptionDetail),
    304: { description: "It is what the caller has" },
    ...problemResponses("exception.unknown", ...usual),
  },
});

const bodyRoute = guardedRoute(reads, {
  method: "get",
  path: "/exceptions/{id}/body",
  tags,
  summary: "All bytes that were kept of what could not be read; none where nothing was",
  request: { params: exceptionParams("read") },
  responses: {
    200: { description: "The bytes", content: { "application/octet-stream": { schema: z.string() } } },
    ...problemResponses("exception.unknown", ...usual),
  },
});

/** The one inbox: unknown codes, unreadable messages, shortages and whatever else waits for a person. */
export function exceptionRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { cursor, limit, kind, ...filter } = c.req.valid("query");
      const rows = await readExceptions(pool, {
        ...filter,
        kind: kind && problemsOf(kind),
        sites: sitesOf(c),
        before: cursor?.[0],
        limit: limit + 1,
      });
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(summaryRoute, async c => {
      const { site } = c.req.valid("query");
      return c.json(summaryOf(await countOpen(pool, { site, sites: sitesOf(c) })), 200);
    })
    .openapi(oneRoute, async c => {
      const found = await findException(c, pool, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const view = viewOf(found.value);
      const etag = etagOf(JSON.stringify(view));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      const [related, history] = await Promise.all([relatedTo(pool, found.value), historyOf(pool, found.value)]);
      const { meaning } = kindOf(found.value.problem);
      return c.json({ ...view, meaning, related: [...related], history }, 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(bodyRoute, async c => {
      const found = await findException(c, pool, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const bytes = (await readExceptionBody(pool, found.value.id)) ?? Buffer.alloc(0);
      return c.body(new Uint8Array(bytes), 200, {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="exception-${found.value.id}.bin"`,
      });
    });
}

/** An exception that the caller may see. What is about no site is for who sees all of them. */
export async function findException(c: Context, pool: Pool, id: number): Promise<Result<ExceptionRow>> {
  const row = await readException(pool, id);
  if (row === undefined) return refuse("exception.unknown", `There is no exception ${id}.`, { at: "path.id" });
  if (row.site === null) requireAllSites(c, `The exception ${id} is of no site; it is for`);
  else requireSite(c, row.site);
  return ok(row);
}
