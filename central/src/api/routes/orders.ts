import { hash } from "node:crypto";
import { answerProblem, problemResponses, z } from "@tallygate/kit";
import { ok, type Problem, type Result } from "@tallygate/protocol";
import type { Context } from "hono";
import type { DocumentDraft } from "../../documents/draft.ts";
import { documentLimits } from "../../documents/limits.ts";
import { reviseOrder } from "../../documents/revise.ts";
import { newReservationId } from "../../reservations/id.ts";
import { Names } from "../../reservations/names.ts";
import { callerOf, guardedRoute, requireSite } from "../access.ts";
import { changeProblems, changer, documentParams, documentRoutes, etagOf, nameOf, writes } from "../document-routes.ts";
import { asked, DocumentHeaders, documentOf, exampleNumbers, OrderLine } from "../document-schemas.ts";
import { workRoutes } from "../document-work.ts";
import { body, json } from "../fields.ts";
import { locatedIn } from "../located.ts";
import { idempotent } from "../once.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["orders"];

export const Order = documentOf("order", OrderLine).openapi("Order");

const NewLine = z.strictObject({ sku: asked.sku, quantity: asked.quantity, lot: asked.lot, place: asked.place });

export const NewOrder = z
  .strictObject({
    number: asked.number.meta({ examples: [exampleNumbers.order] }),
    site: asked.site,
    partner: asked.partner,
    reference: asked.reference,
    due_at: asked.due,
    when_short: asked.whenShort,
    lines: z
      .array(NewLine)
      .min(1)
      .max(documentLimits.linesMax)
      .meta({ examples: [[{ sku: "OAT-1L", quantity: 1 }]] }),
  })
  .openapi("NewOrder");

const OrderChange = z
  .strictObject({
    partner: asked.partner
      .unwrap()
      .nullable()
      .optional()
      .meta({ examples: ["acme"] }),
    reference: asked.reference
      .unwrap()
      .nullable()
      .optional()
      .meta({ examples: ["PO-100"] }),
    due_at: asked.due
      .unwrap()
      .nullable()
      .optional()
      .meta({ examples: ["2026-12-01T12:00:00Z"] }),
    when_short: asked.whenShort,
    lines: z
      .array(
        z
          .strictObject({
            line: z.int().min(1).max(documentLimits.linesMax).optional(),
            sku: asked.sku.optional(),
            quantity: z.int().min(0).max(1_000_000_000),
          })
          .refine(({ line, sku }) => (line === undefined) !== (sku === undefined), {
            message: "name either a line of the order or the SKU of a new one",
          }),
      )
      .max(documentLimits.linesMax)
      .optional()
      .meta({
        description:
          "Lines to change, by their numbers, or to add, by their SKUs. The others stay as they are; a quantity of 0 takes one out.",
        examples: [[{ line: 1, quantity: 2 }]],
      }),
  })
  .openapi("OrderChange");

const placeRoute = guardedRoute(writes, {
  method: "post",
  path: "/orders",
  tags,
  summary: "Places an order, and holds its goods in the same moment",
  request: { headers: idempotent, body: body(NewOrder) },
  responses: {
    201: json("The order, and what is held for it", Order),
    ...problemResponses(
      "document.exists",
      "document.item",
      "reservation.insufficient",
      "item.unknown",
      "site.unknown",
      "place.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const changeRoute = guardedRoute(writes, {
  method: "patch",
  path: "/orders/{id}",
  tags,
  summary: "Changes an order of which nothing has left its shelf",
  request: {
    params: documentParams("order", "change"),
    headers: idempotent.extend(DocumentHeaders.shape),
    body: body(OrderChange),
  },
  responses: {
    200: json("The order as it is now", Order),
    ...changeProblems,
    ...problemResponses("document.line", "document.item", "reservation.insufficient", "item.unknown", "place.unknown"),
  },
});

/** Sales orders: placed, held for, changed, and ended. */
export function orderRoutes(parts: ApiParts) {
  const names = new Names();
  const kind = "order";
  const change = changer(parts, { kind, schema: Order });
  return documentRoutes(parts, { kind, schema: Order })
    .openapi(placeRoute, async c => {
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const key = c.req.valid("header")["idempotency-key"];
      const placed = await placeDraft(parts, { draft: draftOf(c, request), request, key, schema: Order });
      return placed.ok ? c.json(placed.value, 201, { etag: etagOf(placed.value) }) : answerProblem(c, placed.problem);
    })
    .openapi(changeRoute, async c => {
      const request = c.req.valid("json");
      const headers = c.req.valid("header");
      const name = nameOf(c, kind, c.req.valid("param").id, headers);
      const { due_at, when_short, ...rest } = request;
      const dueMs = typeof due_at === "string" ? Date.parse(due_at) : due_at;
      const revision = { ...rest, dueMs, whenShort: when_short };
      const changed = await change("change", name, { headers, body: request }, async client => {
        const done = await reviseOrder(client, names, { name, revision });
        return done.ok ? done : { ok: false, problem: inBody(done.problem) };
      });
      return changed.ok ? c.json(changed.value, 200) : answerProblem(c, changed.problem);
    })
    .route("/", workRoutes(parts, { kind, schema: Order }));
}

function draftOf(c: Context, request: z.infer<typeof NewOrder>): DocumentDraft {
  const { number, site, partner, reference, due_at, when_short, lines } = request;
  return {
    id: newReservationId(),
    kind: "order",
    number,
    actor: callerOf(c),
    site,
    toSite: undefined,
    partner,
    reference,
    dueMs: due_at === undefined ? undefined : Date.parse(due_at),
    whenShort: when_short,
    lines: lines.map(({ sku, quantity, lot, place }) => ({ sku, quantity, lot, place, toPlace: undefined })),
  };
}

/** Places a document with all others that wait; its answer is kept under the idempotency key. */
export async function placeDraft<T>(
  { reservations }: Pick<ApiParts, "reservations">,
  {
    draft,
    request,
    key,
    schema,
  }: {
    readonly draft: DocumentDraft;
    readonly request: object;
    readonly key: string | undefined;
    readonly schema: z.ZodType<T>;
  },
): Promise<Result<T>> {
  const { id: documentId, kind, number: reference, site, lines, whenShort } = draft;
  const ask = {
    kind: "reserve" as const,
    id: newReservationId(),
    policy: "fewest_places" as const,
    reference,
    expiresInMs: undefined,
    documentId,
    whenShort: whenShort === "refuse" ? ("refuse" as const) : ("take" as const),
    lines: lines.map(({ sku, quantity, place }) => ({ sku, quantity, site, place })),
    sites: [],
  };
  const requestKey =
    key === undefined ? undefined : { id: half(`POST ${kind} ${key}`), requestHash: half(JSON.stringify(request)) };
  const done = await reservations.submit({ ask, key: requestKey, draft });
  return done.ok ? ok(schema.parse(done.value)) : { ok: false, problem: inBody(done.problem) };
}

/** A document has one site, which each line is looked up with. */
export function inBody(problem: Problem): Problem {
  const located = locatedIn(problem, "body.");
  if (problem.code !== "site.unknown") return located;
  return { ...located, at: "body.site" };
}

/** The first half of a SHA-256, in the form of a UUID. */
function half(text: string): string {
  const hex = hash("sha256", text, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
