import { answerProblem, problemResponses, z } from "@tallygate/kit";
import { limits, PlaceCode } from "@tallygate/protocol";
import { readInspections } from "../../db/documents/inspections.ts";
import { inspectReturn, results } from "../../documents/inspect.ts";
import { documentLimits } from "../../documents/limits.ts";
import { findDocument } from "../../documents/open-document.ts";
import { announceReturn } from "../../documents/returns.ts";
import { viewOf } from "../../documents/view.ts";
import { Directory } from "../../ingest/directory.ts";
import { callerOf, guardedRoute, requireSite } from "../access.ts";
import {
  changeProblems,
  changer,
  documentParams,
  documentRoutes,
  etagOf,
  nameOf,
  reads,
  requireDocument,
  works,
  writes,
} from "../document-routes.ts";
import { asked, DocumentHeaders, documentOf, exampleNumbers, ReturnLine } from "../document-schemas.ts";
import { WorkedLine, workRoutes } from "../document-work.ts";
import { body, fields, json } from "../fields.ts";
import { locatedIn } from "../located.ts";
import { idempotent, once } from "../once.ts";
import type { ApiParts } from "../parts.ts";
import { inBody } from "./orders.ts";
import { withLot } from "./shipments.ts";

const tags = ["returns"];
const kind = "return";

const Return = documentOf(kind, ReturnLine)
  .extend({ order: z.string().nullable().meta({ description: "The id of the order that it was shipped for." }) })
  .openapi("Return");

const NewReturn = z
  .strictObject({
    number: asked.number.meta({ examples: [exampleNumbers.return] }),
    site: asked.site,
    order: asked.number
      .unwrap()
      .nullable()
      .default(null)
      .meta({
        description: "The number of the order that the goods were shipped for; null for goods of no order.",
        examples: [null],
      }),
    partner: asked.partner,
    reference: asked.reference,
    due_at: asked.due,
    lines: z
      .array(z.strictObject({ sku: asked.sku, quantity: asked.quantity, lot: asked.lot }))
      .min(1)
      .max(documentLimits.linesMax)
      .meta({ examples: [[{ sku: "OAT-1L", quantity: 1 }]] }),
  })
  .openapi("NewReturn");

const resultNames = Object.keys(results) as [keyof typeof results, ...(keyof typeof results)[]];
const Result = z.enum(resultNames).meta({
  description: Object.entries(results)
    .map(([name, means]) => `\`${name}\`: ${means}.`)
    .join(" "),
});

const Inspect = z
  .strictObject({
    lines: z
      .array(
        z
          .strictObject({
            line: WorkedLine.line,
            quantity: z.int().min(1).max(limits.quantityMax),
            result: Result,
            from: PlaceCode.meta({ description: "The place where the goods are inspected." }),
            to: PlaceCode.optional().meta({ description: "The place that they go to; none for scrap." }),
            serial: WorkedLine.serial,
            reason: asked.reason,
          })
          .refine(({ result, to }) => (result === "scrap") === (to === undefined), {
            path: ["to"],
            message: "name the place that the goods go to, and none for scrap",
          }),
      )
      .min(1)
      .max(documentLimits.linesMax)
      .meta({ examples: [[{ line: 1, quantity: 1, result: "scrap", from: "dock-2", reason: "leaks" }]] }),
  })
  .openapi("InspectReturn");

const announceRoute = guardedRoute(writes, {
  method: "post",
  path: "/returns",
  tags,
  summary: "Announces goods that come back (EPCIS rma): of an order, no more than was shipped for it",
  request: { headers: idempotent, body: body(NewReturn) },
  responses: {
    201: json("The return", Return),
    ...problemResponses(
      "document.exists",
      "document.unknown",
      "document.not_shipped",
      "document.item",
      "document.contents",
      "document.unit",
      "item.unknown",
      "site.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const inspectRoute = guardedRoute(works, {
  method: "post",
  path: "/returns/{id}/inspect",
  tags,
  summary: "Decides what becomes of goods that came back, and moves them there",
  request: {
    params: documentParams(kind, "inspect"),
    headers: idempotent.extend(DocumentHeaders.shape),
    body: body(Inspect),
  },
  responses: {
    200: json("The return as it is now; the movements are in the ledger", Return),
    ...changeProblems,
    ...problemResponses("document.line", "item.no_code", "code.value", "place.unknown", "movement.meaningless"),
  },
});

const inspectionsRoute = guardedRoute(reads, {
  method: "get",
  path: "/returns/{id}/inspections",
  tags,
  summary: "What was decided of the goods of a return",
  request: { params: documentParams(kind, "read") },
  responses: {
    200: json(
      "All of it, in its order",
      z
        .object({
          items: z.array(
            z.object({
              line: z.int(),
              quantity: z.int(),
              result: Result,
              reason: z.string().nullable(),
              actor: z.string(),
              time: fields.time,
            }),
          ),
        })
        .openapi("ReturnInspections"),
    ),
    ...problemResponses("document.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Returns: announced, received where nothing is available, and inspected. */
export function returnRoutes(parts: ApiParts) {
  const { pool } = parts;
  const directory = new Directory();
  const change = changer(parts, { kind, schema: Return });
  return documentRoutes(parts, { kind, schema: Return })
    .openapi(announceRoute, async c => {
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const { number, site, order, partner, reference, due_at, lines } = request;
      const dueMs = due_at === undefined ? undefined : Date.parse(due_at);
      const rest = { number, site, partner, reference, dueMs, actor: callerOf(c), lines: lines.map(withLot) };
      const made = await once({
        pool,
        route: "POST /v1/returns",
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: Return,
        async work(client) {
          const done = await announceReturn(client, { ...rest, order: order ?? undefined });
          if (!done.ok) return { ok: false, problem: inBody(done.problem) };
          return { ok: true, value: { answer: Return.parse(viewOf(done.value)) } };
        },
      });
      return made.ok ? c.json(made.value, 201, { etag: etagOf(made.value) }) : answerProblem(c, made.problem);
    })
    .openapi(inspectRoute, async c => {
      const headers = c.req.valid("header");
      const request = c.req.valid("json");
      const name = nameOf(c, kind, c.req.valid("param").id, headers);
      const lines = request.lines.map(line => ({ ...line, to: line.to }));
      const done = await change("inspect", name, { headers, body: request }, async client => {
        const inspected = await inspectReturn(client, directory, { name, lines });
        return inspected.ok ? inspected : { ok: false, problem: locatedIn(inspected.problem, "body.") };
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(inspectionsRoute, async c => {
      const found = await findDocument(pool, kind, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      requireDocument(c, found.value);
      return c.json({ items: await readInspections(pool, found.value.id) }, 200);
    })
    .route("/", workRoutes(parts, { kind, schema: Return }));
}
