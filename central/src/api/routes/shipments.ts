import { answerProblem, problemResponses, z } from "@tallygate/kit";
import { parseSscc } from "@tallygate/protocol";
import { readUnits } from "../../db/documents/units.ts";
import { announce } from "../../documents/announce.ts";
import { documentLimits } from "../../documents/limits.ts";
import { findDocument } from "../../documents/open-document.ts";
import { viewOf } from "../../documents/view.ts";
import { callerOf, guardedRoute, requireSite } from "../access.ts";
import { Day } from "../date.ts";
import { documentParams, documentRoutes, etagOf, reads, requireDocument, writes } from "../document-routes.ts";
import { asked, documentOf, exampleNumbers, ShipmentLine } from "../document-schemas.ts";
import { workRoutes } from "../document-work.ts";
import { body, fields, json } from "../fields.ts";
import { idempotent, once } from "../once.ts";
import type { ApiParts } from "../parts.ts";
import { inBody } from "./orders.ts";

const tags = ["shipments"];
const kind = "shipment";

const Shipment = documentOf(kind, ShipmentLine).openapi("Shipment");

const Contents = z
  .strictObject({
    sku: asked.sku,
    quantity: asked.quantity,
    lot: asked.lot,
    expires_on: Day.optional().meta({
      description: "When the lot expires (AI 17). The lot has it from now on; another day than is known is refused.",
      examples: ["2027-03-01"],
    }),
  })
  .refine(({ lot, expires_on }) => lot !== undefined || expires_on === undefined, {
    path: ["expires_on"],
    message: "is the date of a lot; name the lot too",
  });
const Sscc = z
  .string()
  .max(40)
  .transform((value, context) => {
    const read = parseSscc(value.replace(/^\(00\)/, ""));
    if (read.ok) return `(00)${read.value}`;
    context.addIssue({ code: "custom", message: read.problem.detail });
    return z.NEVER;
  })
  .meta({ description: "SSCC, 18 digits, with or without (00).", examples: ["095060001343519998"] });

const NewShipment = z
  .strictObject({
    number: asked.number.meta({ examples: [exampleNumbers.shipment] }),
    site: asked.site,
    partner: asked.partner,
    reference: asked.reference,
    due_at: asked.due,
    lines: z
      .array(Contents)
      .max(documentLimits.linesMax)
      .default([])
      .meta({
        description: "What is to come. Without lines, what is in the units; with both, they must be alike.",
        examples: [[{ sku: "OAT-1L", quantity: 24 }]],
      }),
    units: z
      .array(z.strictObject({ sscc: Sscc, contents: z.array(Contents).max(documentLimits.contentsMax).default([]) }))
      .max(documentLimits.unitsMax)
      .default([])
      .meta({
        description: "Pallets, cases or totes with an SSCC, and what is in each.",
        examples: [[{ sscc: "095060001343519998", contents: [{ sku: "OAT-1L", quantity: 24 }] }]],
      }),
  })
  .openapi("NewShipment");

const Units = z
  .object({
    items: z.array(
      z.object({
        sscc: z.string().meta({ examples: ["095060001343519998"] }),
        contents: z.array(z.object({ sku: fields.sku, quantity: z.int() })),
      }),
    ),
  })
  .openapi("ShipmentUnits");

const announceRoute = guardedRoute(writes, {
  method: "post",
  path: "/shipments",
  tags,
  summary: "Announces goods that are on their way, with the pallets that they are on (EPCIS desadv)",
  request: { headers: idempotent, body: body(NewShipment) },
  responses: {
    201: json("The notice", Shipment),
    ...problemResponses(
      "document.exists",
      "document.unit",
      "document.contents",
      "document.item",
      "item.unknown",
      "lot.expiry",
      "site.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const unitsRoute = guardedRoute(reads, {
  method: "get",
  path: "/shipments/{id}/units",
  tags,
  summary: "The logistic units of a notice, and what is in them",
  request: { params: documentParams(kind, "read") },
  responses: {
    200: json("All of them, by SSCC", Units),
    ...problemResponses("document.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Inbound notices: announced, received by gates or by hand, and closed. */
export function shipmentRoutes(parts: ApiParts) {
  const { pool } = parts;
  return documentRoutes(parts, { kind, schema: Shipment })
    .openapi(announceRoute, async c => {
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const { number, site, partner, reference, due_at, lines, units } = request;
      const announcement = {
        kind,
        number,
        site,
        partner,
        reference,
        actor: callerOf(c),
        dueMs: due_at === undefined ? undefined : Date.parse(due_at),
        lines: lines.map(contentsOf),
        units: units.map(({ sscc, contents }) => ({ code: sscc, contents: contents.map(contentsOf) })),
      } as const;
      const made = await once({
        pool,
        route: "POST /v1/shipments",
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: Shipment,
        async work(client) {
          const done = await announce(client, announcement);
          if (!done.ok) return { ok: false, problem: inBody(done.problem) };
          return { ok: true, value: { answer: Shipment.parse(viewOf(done.value)) } };
        },
      });
      return made.ok ? c.json(made.value, 201, { etag: etagOf(made.value) }) : answerProblem(c, made.problem);
    })
    .openapi(unitsRoute, async c => {
      const found = await findDocument(pool, kind, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      requireDocument(c, found.value);
      return c.json({ items: await readUnits(pool, found.value.id) }, 200);
    })
    .route("/", workRoutes(parts, { kind, schema: Shipment }));
}

function contentsOf(given: z.infer<typeof Contents>) {
  return { ...withLot(given), expiresOn: given.expires_on };
}

/** Absent is the same as undefined here. */
export function withLot({ sku, quantity, lot }: { sku: string; quantity: number; lot?: string | undefined }) {
  return { sku, quantity, lot };
}
