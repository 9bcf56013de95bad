import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { readList, readLists } from "../../db/documents/lists.ts";
import { documentKinds } from "../../documents/kinds.ts";
import { documentLimits } from "../../documents/limits.ts";
import { closeList, type ListStep, listSteps, openList, viewLists } from "../../documents/lists.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { reads, works } from "../document-routes.ts";
import { exampleDocument } from "../document-schemas.ts";
import { body, fields, json } from "../fields.ts";
import { locatedIn } from "../located.ts";
import { idempotent, once } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["lists"];

export const exampleLists = {
  read: "019c3f1e-7a54-7bd1-9c7e-000000000901",
  close: "019c3f1e-7a54-7bd1-9c7e-000000000902",
} as const;

const ListId = z.uuid();
const stepNames = Object.keys(listSteps) as [ListStep, ...ListStep[]];
const Step = z
  .enum(stepNames)
  .meta({ description: "Business step, CBV 2.0: what is done there.", examples: ["loading"] });
const ReadPoint = z
  .string()
  .min(1)
  .max(96)
  .regex(/^[a-z0-9_-]+(\/[a-z0-9_-]+)?$/, "name a device, or device/antenna")
  .meta({ description: "A device, or device/antenna.", examples: ["dock-1"] });

const Difference = z.object({
  document: z
    .string()
    .meta({ description: "Its address.", examples: ["/v1/orders/019c3f1e-7a54-7bd1-9c7e-000000000100"] }),
  line: z.int(),
  sku: fields.sku,
  expected: z.int(),
  found: z.int(),
});

const List = z
  .object({
    id: ListId,
    site: fields.site,
    read_point: z.string().nullable(),
    step: z.string(),
    opened_at: fields.time,
    closed_at: fields.time.nullable(),
    version: z.int(),
    documents: z.array(z.object({ id: z.uuid(), kind: z.enum(documentKinds), number: z.string(), state: z.string() })),
    lines: z
      .array(
        z.object({
          document: z.uuid(),
          number: z.string(),
          line: z.int(),
          sku: fields.sku,
          place: z.string().nullable().meta({ description: "Where it is held; null where it is not." }),
          quantity: z.int().meta({ description: "What is still to be done of it there." }),
        }),
      )
      .meta({ description: "What is still to be done, in walking order: by place. Empty once the list is closed." }),
    outcome: z
      .object({
        short: z.array(Difference),
        over: z.array(Difference),
        unexpected: z.array(z.object({ sku: z.string().nullable(), code: z.string(), quantity: z.int() })),
      })
      .nullable()
      .meta({ description: "What it came to when it was closed; null while it is open." }),
  })
  .openapi("List");

const NewList = z
  .strictObject({
    site: SiteId,
    read_point: ReadPoint.optional().meta({
      description:
        "What passes there in the list's step belongs to its documents while it is open. Without one, the list is a wave to pick.",
      examples: ["dock-1"],
    }),
    step: Step,
    documents: z
      .array(z.uuid())
      .min(1)
      .max(documentLimits.listDocumentsMax)
      .refine(ids => new Set(ids).size === ids.length, "names a document twice")
      .meta({
        description: "The ids of its orders, shipments, transfers or returns.",
        examples: [[exampleDocument("order", "read")]],
      }),
  })
  .openapi("NewList");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/lists",
  tags,
  summary: "Lists of documents that are worked on together, the newest first",
  request: {
    query: z.object({
      site: SiteId.optional().meta({ examples: ["lyon"] }),
      open: z.enum(["true", "false"]).optional().meta({ description: "Those that are open, or the others." }),
      document: z
        .uuid()
        .optional()
        .meta({
          description: "Those that a document is on.",
          examples: [exampleDocument("order", "read")],
        }),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.uuid()])),
    }),
  },
  responses: {
    200: json("A page of lists", pageOf(List)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/lists/{id}",
  tags,
  summary: "One list, with what is still to be done in walking order",
  request: { params: z.object({ id: ListId.meta({ examples: [exampleLists.read] }) }) },
  responses: {
    200: json("The list", List),
    ...problemResponses("list.unknown", "request.invalid", "stock.unavailable"),
  },
});

const openRoute = guardedRoute(works, {
  method: "post",
  path: "/lists",
  tags,
  summary: "Opens a list at a read point, or a wave to pick",
  request: { headers: idempotent, body: body(NewList) },
  responses: {
    201: json("The list", List),
    ...problemResponses(
      "list.open",
      "document.unknown",
      "document.state",
      "site.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const closeRoute = guardedRoute(works, {
  method: "post",
  path: "/lists/{id}/close",
  tags,
  summary: "Closes a list, and tells what is short, over and unexpected; its documents stay as they are",
  request: { params: z.object({ id: ListId.meta({ examples: [exampleLists.close] }) }), headers: idempotent },
  responses: {
    200: json("The list and what it came to", List),
    ...problemResponses("list.unknown", "list.closed", "idempotency.reused", "request.invalid", "stock.unavailable"),
  },
});

/** Lists that bind documents to a read point, and picking waves. */
export function listRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, open, ...filter } = c.req.valid("query");
      const isOpen = open === undefined ? undefined : open === "true";
      const asked = { ...filter, open: isOpen, within: sitesOf(c) };
      const rows = await readLists(pool, asked, { before: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.id]);
      const items = (await viewLists(pool, page.rows)).map(view => List.parse(view));
      return c.json({ items, next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { id } = c.req.valid("param");
      const row = await readList(pool, id);
      if (row === undefined)
        return answerProblem(c, { code: "list.unknown", detail: `There is no list ${id}.`, at: "path.id" });
      requireSite(c, row.site);
      const [view] = await viewLists(pool, [row]);
      return c.json(List.parse(view), 200);
    })
    .openapi(openRoute, async c => {
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const { site, read_point: readPoint, step } = request;
      const documents = request.documents.map(id => id.toLowerCase());
      const made = await once({
        pool,
        route: "POST /v1/lists",
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: List,
        async work(client) {
          const done = await openList(client, { site, readPoint, step, documents, actor: callerOf(c) });
          if (!done.ok) return { ok: false, problem: locatedIn(done.problem, "body.") };
          return { ok: true, value: { answer: List.parse(done.value) } };
        },
      });
      return made.ok ? c.json(made.value, 201) : answerProblem(c, made.problem);
    })
    .openapi(closeRoute, async c => {
      const { id } = c.req.valid("param");
      const closed = await once({
        pool,
        route: `POST /v1/lists/${id}/close`,
        key: c.req.valid("header")["idempotency-key"],
        request: {},
        schema: List,
        async work(client) {
          const done = await closeList(client, { id, actor: callerOf(c), allow: site => requireSite(c, site) });
          return done.ok ? { ok: true, value: { answer: List.parse(done.value) } } : done;
        },
      });
      return closed.ok ? c.json(closed.value, 200) : answerProblem(c, closed.problem);
    });
}
