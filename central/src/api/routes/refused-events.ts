import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { listRefused, type RefusedRow } from "../../db/events/refused.ts";
import { resendRefused } from "../../events/resend.ts";
import { callerOf, guardedRoute, sitesOf } from "../access.ts";
import { exactText, fields, json } from "../fields.ts";
import { refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["events"];

const RefusedEvent = z
  .object({
    id: z.int(),
    event_id: z.uuid().meta({ description: "The id that the event has when it is told." }),
    type: z.string().meta({ examples: ["item.added"] }),
    subject: z.string().meta({ examples: ["/v1/items/OAT-1L"] }),
    site: fields.site.nullable(),
    time: fields.time.meta({ description: "When it happened." }),
    refused_at: fields.time,
    why: z.string().meta({ description: "What did not fit, and where in the data." }),
    data: z.unknown().meta({ description: "As they were to be told." }),
  })
  .openapi("RefusedEvent");

const Resent = z
  .object({
    event_id: z.uuid().meta({ description: "It is told under this id, with the next number." }),
    type: z.string(),
    subject: z.string(),
  })
  .openapi("ResentEvent");

const refusedId = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

const listRoute = guardedRoute(
  { permission: "event.read", sites: "some" },
  {
    method: "get",
    path: "/events/refused",
    tags,
    summary: "Events that were not told, since they do not fit their schema; the newest first",
    description: "Kept as long as events are. Those of no site are for who may read events at all sites.",
    request: {
      query: z.object({
        type: exactText(80)
          .optional()
          .meta({ examples: ["item.added"] }),
        site: SiteId.optional(),
        limit: Limit,
        cursor: cursorParam(z.tuple([refusedId])),
      }),
    },
    responses: {
      200: json("A page of refused events", pageOf(RefusedEvent)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

const resendRoute = guardedRoute(
  { permission: "event.write", sites: "some" },
  {
    method: "post",
    path: "/events/refused/{id}/resend",
    tags,
    summary: "Judges a refused event by today's schema, and tells it if it fits",
    request: {
      params: z.object({
        id: z.coerce
          .number<string>()
          .pipe(refusedId)
          .meta({ examples: [1] }),
      }),
    },
    responses: {
      200: json("It is told like one that happens now", Resent),
      ...problemResponses("event.unknown", "event.refused", "request.invalid", "stock.unavailable"),
    },
  },
);

/** What could not be told to other systems: looked at, and told once a release knows how. */
export function refusedEventRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const rows = await listRefused(pool, { ...filter, sites: sitesOf(c), before: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(resendRoute, async c => {
      const own = sitesOf(c);
      const mayHave = ({ site }: RefusedRow) => own === undefined || (site !== null && own.includes(site));
      const actor = callerOf(c);
      const sent = await refusable(pool, client => resendRefused(client, c.req.valid("param").id, { actor, mayHave }));
      if (!sent.ok) return answerProblem(c, sent.problem);
      const { event_id, type, key: subject } = sent.value;
      return c.json({ event_id, type, subject }, 200);
    });
}

function viewOf({ id, event_id, type, key: subject, site, time, refused_at, why, data }: RefusedRow) {
  return { id, event_id, type, subject, site, time, refused_at, why, data };
}
