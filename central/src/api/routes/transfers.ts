import { answerProblem, problemResponses, z } from "@tallygate/kit";
import { ok, PlaceCode, type Result, refuse } from "@tallygate/protocol";
import { readSites } from "../../db/ledger/sites.ts";
import type { Pool } from "../../db/pool.ts";
import { readPlaceIds } from "../../db/reservations/names.ts";
import type { DocumentDraft, DraftLine } from "../../documents/draft.ts";
import { documentLimits } from "../../documents/limits.ts";
import { newReservationId } from "../../reservations/id.ts";
import { callerOf, guardedRoute, requireSite } from "../access.ts";
import { documentRoutes, etagOf, writes } from "../document-routes.ts";
import { asked, documentOf, exampleNumbers, TransferLine } from "../document-schemas.ts";
import { workRoutes } from "../document-work.ts";
import { body, fields, json } from "../fields.ts";
import { idempotent } from "../once.ts";
import type { ApiParts } from "../parts.ts";
import { placeDraft } from "./orders.ts";

const kind = "transfer";

const Transfer = documentOf(kind, TransferLine).extend({ to_site: fields.site }).openapi("Transfer");

const NewTransfer = z
  .strictObject({
    number: asked.number.meta({ examples: [exampleNumbers.transfer] }),
    site: asked.site.meta({ description: "The site that the goods leave.", examples: ["lyon"] }),
    to_site: asked.site.optional().meta({
      description: "The site that they go to; without one, they go to another place of the same site.",
      examples: ["lyon"],
    }),
    partner: asked.partner,
    reference: asked.reference,
    due_at: asked.due,
    when_short: asked.whenShort,
    lines: z
      .array(
        z.strictObject({
          sku: asked.sku,
          quantity: asked.quantity,
          lot: asked.lot,
          place: asked.place,
          to_place: PlaceCode.optional().meta({ description: "The place that they go to." }),
        }),
      )
      .min(1)
      .max(documentLimits.linesMax)
      .meta({ examples: [[{ sku: "OAT-1L", quantity: 1, to_place: "dock-2" }]] }),
  })
  .openapi("NewTransfer");
type NewTransfer = z.infer<typeof NewTransfer>;

const planRoute = guardedRoute(writes, {
  method: "post",
  path: "/transfers",
  tags: ["transfers"],
  summary: "Plans a transfer to another site or place, and holds its goods at the source",
  request: { headers: idempotent, body: body(NewTransfer) },
  responses: {
    201: json("The transfer, and what is held for it", Transfer),
    ...problemResponses(
      "document.exists",
      "document.item",
      "document.line",
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

/** Transfers between sites and places: held at the source, in transit, and received. */
export function transferRoutes(parts: ApiParts) {
  return documentRoutes(parts, { kind, schema: Transfer })
    .openapi(planRoute, async c => {
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const target = await targetOf(parts.pool, request);
      if (!target.ok) return answerProblem(c, target.problem);
      const { number, site, partner, reference, due_at, when_short } = request;
      const draft: DocumentDraft = {
        id: newReservationId(),
        kind,
        number,
        actor: callerOf(c),
        site,
        toSite: target.value.toSite,
        partner,
        reference,
        dueMs: due_at === undefined ? undefined : Date.parse(due_at),
        whenShort: when_short,
        lines: target.value.lines,
      };
      const key = c.req.valid("header")["idempotency-key"];
      const planned = await placeDraft(parts, { draft, request, key, schema: Transfer });
      return planned.ok
        ? c.json(planned.value, 201, { etag: etagOf(planned.value) })
        : answerProblem(c, planned.problem);
    })
    .route("/", workRoutes(parts, { kind, schema: Transfer }));
}

interface Target {
  readonly toSite: { readonly id: number; readonly code: string };
  readonly lines: readonly DraftLine[];
}

/** Where the goods go. Neither sites nor places are ever renamed or deleted, so this stays true. */
async function targetOf(pool: Pool, { site, to_site = site, lines }: NewTransfer): Promise<Result<Target>> {
  const [found] = await readSites(pool, [to_site]);
  if (found === undefined) return refuse("site.unknown", `No site ${to_site} has been heard.`, { at: "body.to_site" });
  const codes = [...new Set(lines.flatMap(({ to_place }) => to_place ?? []))];
  const places = new Map((await readPlaceIds(pool, { siteIds: [found.id], codes })).map(([, code, id]) => [code, id]));
  const drafts: DraftLine[] = [];
  for (const [index, { sku, quantity, lot, place, to_place }] of lines.entries()) {
    const at = `body.lines[${index}].to_place`;
    const id = to_place === undefined ? undefined : places.get(to_place);
    if (to_place !== undefined && id === undefined) {
      return refuse("place.unknown", `The site ${to_site} has no place ${to_place}.`, { at });
    }
    if (to_site === site && (to_place === undefined || to_place === place)) {
      return refuse("document.line", "Within one site, goods go to another place: name it.", { at });
    }
    const toPlace = id === undefined || to_place === undefined ? undefined : { id, code: to_place };
    drafts.push({ sku, quantity, lot, place, toPlace });
  }
  return ok({ toSite: { id: found.id, code: to_site }, lines: drafts });
}
