import { OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { countLimits } from "../../counts/limits.ts";
import { propose } from "../../counts/propose.ts";
import { timeOf } from "../../counts/view.ts";
import { accuracyGroups, readAccuracy } from "../../db/counts/accuracy.ts";
import { listObservations } from "../../db/counts/observations.ts";
import { readCandidates } from "../../db/counts/proposals.ts";
import { guardedRoute } from "../access.ts";
import { AccuracyView, Instant, ObservationView, ProposalView, SiteId } from "../count-schemas.ts";
import { json } from "../fields.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["counts"];
const reading = { permission: "stock.read", sites: "some" } as const;
const problems = problemResponses("request.invalid", "stock.unavailable");

const accuracyRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/accuracy",
  tags,
  summary: "How right stock was found to be by posted counts",
  request: {
    query: z.object({
      site: SiteId,
      from: Instant.optional().meta({ description: "Counted then or later.", examples: ["2026-01-01T00:00:00Z"] }),
      to: Instant.optional().meta({ description: "Counted before then.", examples: ["2027-01-01T00:00:00Z"] }),
      by: z
        .enum(accuracyGroups)
        .default("total")
        .meta({ description: "What each row is of. Days are those of UTC, weeks of ISO 8601." }),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.string().regex(/^\P{Cc}*$/u)])),
    }),
  },
  responses: { 200: json("A page of figures, in the order of their groups", pageOf(AccuracyView)), ...problems },
});

const proposalsRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/proposals",
  tags,
  summary: "What to count next at a site, the most pressing first",
  description:
    "Scored by what cannot be right, what nobody explained (exceptions, adjustments by hand), what is worth much, and how long ago a count proved it.",
  request: { query: z.object({ site: SiteId, limit: Limit }) },
  responses: {
    200: json("The proposals, with their reasons", z.object({ items: z.array(ProposalView) })),
    ...problems,
  },
});

const observationsRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/observations",
  tags,
  summary: "What scanners and readers of a site have counted",
  request: {
    query: z.object({
      site: SiteId,
      waiting: z
        .stringbool()
        .default(false)
        .meta({ description: "Only what belongs to no count yet.", type: "boolean", examples: [false] }),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.string().regex(/^[0-9a-f]{16}$/), z.int().min(0)])),
    }),
  },
  responses: { 200: json("A page of observations, by epoch and number", pageOf(ObservationView)), ...problems },
});

/** What posted counts say of stock, and what to count next. */
export function countFigureRoutes({ pool, counts }: ApiParts) {
  return new OpenAPIHono()
    .openapi(accuracyRoute, async c => {
      const { limit, cursor, ...asked } = c.req.valid("query");
      const rows = await readAccuracy(
        pool,
        { ...asked, from: asked.from, to: asked.to },
        { after: cursor?.[0], limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => [row.group]);
      const items = page.rows.map(row => ({ ...row, accuracy: row.right / row.counted }));
      return c.json({ items, next_cursor: page.next_cursor }, 200);
    })
    .openapi(proposalsRoute, async c => {
      const { site, limit } = c.req.valid("query");
      const { priceList, now } = counts;
      const candidates = await readCandidates(pool, { site, priceList, examine: countLimits.candidatesMax });
      const items = propose(candidates, now(), limit).map(({ place, sku, score, reasons, onHand, provenMs }) => {
        return { place, sku, score, reasons: [...reasons], on_hand: onHand, proven_at: timeOf(provenMs) };
      });
      return c.json({ items }, 200);
    })
    .openapi(observationsRoute, async c => {
      const { site, waiting, limit, cursor } = c.req.valid("query");
      const rows = await listObservations(pool, { site, waiting }, { after: cursor, limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.epoch, row.seq]);
      return c.json({ items: page.rows.map(({ site_id: _, ...row }) => row), next_cursor: page.next_cursor }, 200);
    });
}
