import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { CloudEvent, eventTypes, SiteId, toCloudEvent } from "@tallygate/protocol";
import { findEvents, likeOf, readHead, readOldest, readSeqBefore } from "../../db/events/log.ts";
import { eventLimits } from "../../events/limits.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { TypePattern } from "../event-schemas.ts";
import { exactText, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { Limit } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const Feed = z
  .object({
    items: z.array(CloudEvent),
    next_after: z.int().meta({ description: "Ask again with this as `after`, also when there was nothing." }),
    more: z.boolean().meta({ description: "Whether there may be more to be had at once." }),
    oldest: z.int().meta({ description: "The number of the oldest event that is kept." }),
  })
  .openapi("EventFeed");

const listRoute = guardedRoute(
  { permission: "event.read", sites: "some" },
  {
    method: "get",
    path: "/events",
    tags: ["events"],
    summary: "What happened, in the order of the commits, as CloudEvents",
    description:
      "Numbers have no gaps, and nothing is ever added below a number that was given. With `after` from `next_after` a reader gets each event once. Whoever may read some sites only gets their events, and those that concern every site.",
    request: {
      query: z.object({
        after: z.coerce
          .number<string>()
          .int()
          .min(0)
          .max(Number.MAX_SAFE_INTEGER)
          .optional()
          .meta({
            description: "Only events behind this number; without it, from the oldest that is kept.",
            examples: [0],
          }),
        since: Instant.optional().meta({
          description: "Without `after`: only what was recorded at or after this time.",
          examples: ["2020-01-01T00:00:00Z"],
        }),
        type: TypePattern.optional().meta({ description: "A type, or all of an area.", examples: ["order.*"] }),
        key: exactText(500)
          .optional()
          .meta({ description: "The subject.", examples: ["/v1/stock/OAT-1L"] }),
        site: SiteId.optional(),
        limit: Limit,
        wait_s: z.coerce
          .number<string>()
          .int()
          .min(0)
          .max(eventLimits.feedWaitMaxS)
          .default(0)
          .meta({ description: "When there is nothing, wait so long for it.", examples: [0] }),
      }),
    },
    responses: {
      200: json("The next events", Feed),
      ...problemResponses("event.gone", "request.invalid", "stock.unavailable"),
    },
  },
);

const everywhere = Object.entries(eventTypes).flatMap(([type, { everywhere }]) => (everywhere === true ? [type] : []));

/** The event log: to follow it, to catch up, and to read what happened to one thing. */
export function eventRoutes({ pool, events }: ApiParts) {
  return new OpenAPIHono().openapi(listRoute, async c => {
    const { after, since, type, key, site, limit, wait_s } = c.req.valid("query");
    const oldest = await readOldest(pool);
    const begin = after ?? (since === undefined ? oldest - 1 : await readSeqBefore(pool, since));
    if (begin < oldest - 1) {
      const detail = `Events up to number ${oldest - 1} are no longer kept; read the state anew, and go on from after=${oldest - 1}.`;
      return answerProblem(c, { code: "event.gone", detail, at: "query.after" });
    }
    const canWait = wait_s > 0 && events.head.waiters < eventLimits.feedWaitersMax;
    if (canWait) await events.head.waitBehind(begin, wait_s * 1000, c.req.raw.signal);
    const head = await readHead(pool);
    // One subject is read by its index; everything else number by number, as far as one request may look.
    const upTo = key === undefined ? Math.min(head, begin + eventLimits.feedScanMax) : head;
    const rows = await findEvents(pool, {
      after: begin,
      upTo,
      types: type === undefined ? undefined : [likeOf(type)],
      key,
      sites: site === undefined ? sitesOf(c) : [site],
      everywhere: site === undefined ? everywhere : [],
      limit,
    });
    const cut = rows.length === limit;
    const next_after = (cut ? rows.at(-1)?.seq : undefined) ?? Math.max(begin, upTo);
    const items = rows.map(row => toCloudEvent(row, events.source));
    return c.json({ items, next_after, more: next_after < head, oldest }, 200);
  });
}
