import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Account, BizStep, Cause, HashHex, limits, SiteId, Sku, traceIdOf } from "@tallygate/protocol";
import { auditLimits } from "../../audit/limits.ts";
import { readStays, readThing, readThings, type StayRow, type ThingRow } from "../../db/audit/things.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { exactText, fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { cursorParam, encodeCursor, Limit, nextCursor, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const reads = { permission: "stock.read", sites: "some" } as const;

const code = exactText(limits.codeCharsMax).meta({
  description: "In canonical form: `(01)…(21)…`, `(00)…` or `epc:…`.",
  examples: ["(01)09506000134352(21)S-1"],
});
const Id = { site: fields.site, epoch: fields.epoch, seq: z.int().min(1) };

const Tag = z
  .object({
    code,
    sku: fields.sku.nullable().meta({ description: "Null for a logistic unit." }),
    site: fields.site,
    place: fields.account,
    since: fields.time.meta({ description: "When it came there." }),
    last_seen: fields.time.meta({ description: "The newest movement that says so." }),
  })
  .openapi("Tag");

const Stay = z
  .object({
    place: fields.account,
    from: fields.account.nullable().meta({ description: "Where it was taken from; null where it was there already." }),
    from_site: fields.site.nullable(),
    event_time: fields.time,
    record_time: fields.time,
    why: fields.why,
    ...Id,
    biz_step: BizStep,
    cause: Cause,
    read_point: z.string(),
    hash: HashHex,
    trace_id: z.string().length(32),
  })
  .openapi("Stay");

const TagDetail = Tag.extend({ history: z.array(Stay), next_cursor: nextCursor }).openapi("TagDetail");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/tags",
  tags: ["tags"],
  summary: "Where serialised things and logistic units are, by code",
  description: `A page looks at ${auditLimits.tagsExamined} of them, and so may have fewer rows than asked for, or none, and a cursor all the same.`,
  request: {
    query: z.object({
      sku: Sku.optional(),
      site: SiteId.optional(),
      place: Account.optional(),
      limit: Limit,
      cursor: cursorParam(z.tuple([exactText(limits.codeCharsMax)])),
    }),
  },
  responses: {
    200: json("A page of tags", pageOf(Tag)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const StayKey = z.tuple([
  Instant,
  Instant,
  z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  z.int().min(1),
]);

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/tags/{code}",
  tags: ["tags"],
  summary: "Where one thing is, since when, and where it was before, the newest first",
  description: `At most ${auditLimits.historyMax} movements are walked back over.`,
  request: {
    params: z.object({ code }),
    query: z.object({
      as_of: Instant.optional().meta({
        description: "Only the history up to and including this time; its first entry is where the thing was then.",
        examples: ["2036-11-23T09:30:00Z"],
      }),
      limit: Limit,
      cursor: cursorParam(StayKey),
    }),
  },
  responses: {
    200: json("The thing and a page of its history", TagDetail),
    ...problemResponses("tag.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Where things are that have a serial number, and where they were. */
export function tagRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, ...asked } = c.req.valid("query");
      const filter = { ...asked, sites: sitesOf(c) };
      const examine = auditLimits.tagsExamined;
      const page = await readThings(pool, filter, { after: cursor?.[0] ?? "", examine, limit: limit + 1 });
      const more = page.rows.length > limit ? page.rows[limit - 1]?.code : page.examinedTo;
      const next_cursor = more === undefined ? null : encodeCursor([more]);
      return c.json({ items: page.rows.slice(0, limit).map(viewOf), next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { code } = c.req.valid("param");
      const { as_of: asOf, limit, cursor: after } = c.req.valid("query");
      const sites = sitesOf(c);
      const thing = await readThing(pool, code);
      if (thing === undefined || sites?.includes(thing.site) === false) {
        const detail = `No movement of ${code} has been posted.`;
        return answerProblem(c, { code: "tag.unknown", detail, at: "path.code" });
      }
      const stays = await readStays(pool, thing, {
        ...{ after, asOf, sites },
        walk: auditLimits.historyMax,
        limit: limit + 1,
      });
      const last = stays[limit - 1];
      const next_cursor = stays.length > limit && last !== undefined ? encodeCursor(last.key) : null;
      return c.json({ ...viewOf(thing), history: stays.slice(0, limit).map(stayOf), next_cursor }, 200);
    });
}

function viewOf({ code, sku, site, place, since, seen }: ThingRow) {
  return { code, sku, site, place, since, last_seen: seen };
}

function stayOf({ key: _, ...stay }: StayRow) {
  return { ...stay, trace_id: traceIdOf(stay.hash) };
}
