import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import type { CountState } from "../../counts/machine.ts";
import type { Count } from "../../counts/model.ts";
import { planCount } from "../../counts/plan.ts";
import { findCount, versionTag, viewCount, viewCounts, viewLines, viewPlace } from "../../counts/view.ts";
import { listEntries } from "../../db/counts/entries.ts";
import { findPlaces, readCountPlaces } from "../../db/counts/places.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import {
  CountEntryView,
  CountKind,
  CountLineView,
  CountPlaceView,
  CountState as CountStateSchema,
  CountView,
  countParams,
  NewCount,
  PlaceCode,
  SiteId,
} from "../count-schemas.ts";
import { isKnown } from "../etag.ts";
import { body, conditional, json } from "../fields.ts";
import { idempotent, once } from "../once.ts";
import { cursorParam, cutPage, encodeCursor, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import { askingOf } from "./count-steps.ts";

const tags = ["counts"];
const reading = { permission: "stock.read", sites: "some" } as const;
const approving = { permission: "count.approve", sites: "some" } as const;
const position = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

const listRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts",
  tags,
  summary: "Counts, the newest first",
  request: {
    query: z.object({
      site: SiteId.optional(),
      state: CountStateSchema.optional(),
      kind: CountKind.optional(),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.uuid()])),
    }),
  },
  responses: {
    200: json("A page of counts", pageOf(CountView)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const planRoute = guardedRoute(approving, {
  method: "post",
  path: "/counts",
  tags,
  summary: "Plans a count: of places, of zones, or of the whole site; of everything there, or of some items",
  request: { headers: idempotent, body: body(NewCount) },
  responses: {
    201: json("The count, to be counted", CountView),
    ...problemResponses(
      "site.unknown",
      "place.unknown",
      "item.unknown",
      "count.empty",
      "count.state",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const oneRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/{id}",
  tags,
  summary: "One count",
  request: { params: countParams("read"), headers: conditional },
  responses: {
    200: json("The count, with an ETag", CountView),
    304: { description: "It is what the caller has" },
    ...problemResponses("count.unknown", "request.invalid", "stock.unavailable"),
  },
});

const pagedBy = <T>(key: z.ZodType<T>) => ({ limit: Limit, cursor: cursorParam(key) });
const readProblems = problemResponses("count.unknown", "place.unknown", "request.invalid", "stock.unavailable");

const placesRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/{id}/places",
  tags,
  summary: "The places of a count, and until when each was counted",
  request: { params: countParams("read"), query: z.object(pagedBy(z.tuple([position]))) },
  responses: { 200: json("A page of places", pageOf(CountPlaceView)), ...readProblems },
});

const entriesRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/{id}/entries",
  tags,
  summary: "What was found, and by whom",
  request: {
    params: countParams("read"),
    query: z.object({
      place: PlaceCode.optional().meta({ examples: ["dock-2"] }),
      ...pagedBy(z.tuple([position, position, z.string().regex(/^\P{Cc}*$/u), z.string().regex(/^\P{Cc}*$/u)])),
    }),
  },
  responses: { 200: json("A page of entries", pageOf(CountEntryView)), ...readProblems },
});

const linesRoute = guardedRoute(reading, {
  method: "get",
  path: "/counts/{id}/lines",
  tags,
  summary: "What was found against what should be there, by place and item",
  description:
    "Compared with the ledger as of each place's time, as it is known now: a movement that comes late changes it. A page may hold fewer lines than asked for, or none, and still have a `next_cursor`.",
  request: {
    params: countParams("read"),
    query: z.object({
      place: PlaceCode.optional().meta({ examples: ["dock-2"] }),
      ...pagedBy(z.tuple([position, position])),
    }),
  },
  responses: { 200: json("A page of lines", pageOf(CountLineView)), ...readProblems },
});

/** Counts of stock: planned by supervisors, and what was found against what should be there. */
export function countRoutes({ pool, counts }: ApiParts) {
  /** A count that the caller may see. */
  async function find(c: Context, id: string): Promise<Result<Count>> {
    const count = await findCount(pool, id);
    if (count === undefined) return refuse("count.unknown", `There is no count ${id}.`, { at: "path.id" });
    requireSite(c, count.site);
    return ok(count);
  }

  async function placeIdOf(count: Count, place: string | undefined): Promise<Result<number | undefined>> {
    if (place === undefined) return ok(undefined);
    const found = (await findPlaces(pool, count.siteId, [place])).get(place);
    return found === undefined
      ? refuse("place.unknown", `The site ${count.site} has no place ${place}.`, { at: "query.place" })
      : ok(found.id);
  }

  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, site, state, kind } = c.req.valid("query");
      const filter = { site, kind, state: state as CountState | undefined, sites: sitesOf(c) };
      const rows = await viewCounts(pool, filter, { before: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(planRoute, async c => {
      const request = c.req.valid("json");
      const { limits = counts.approval, observed_since, ...given } = request;
      const observedSinceMs = observed_since === undefined ? undefined : Date.parse(observed_since);
      const planned = await once({
        pool,
        route: `POST /v1/counts ${callerOf(c)}`,
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: CountView,
        async work(client) {
          const done = await planCount(client, { ...given, limits, observedSinceMs }, askingOf(c, counts));
          return done.ok ? ok({ answer: await viewCount(client, done.value) }) : done;
        },
      });
      return planned.ok ? c.json(planned.value, 201) : answerProblem(c, planned.problem);
    })
    .openapi(oneRoute, async c => {
      const found = await find(c, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const etag = versionTag(found.value);
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(await viewCount(pool, found.value), 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(placesRoute, async c => {
      const { limit, cursor } = c.req.valid("query");
      const found = await find(c, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const rows = await readCountPlaces(pool, found.value.id, { after: cursor?.[0] ?? 0, limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.placeId]);
      return c.json({ items: page.rows.map(viewPlace), next_cursor: page.next_cursor }, 200);
    })
    .openapi(entriesRoute, async c => {
      const { limit, cursor, place } = c.req.valid("query");
      const found = await find(c, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const placeId = await placeIdOf(found.value, place);
      if (!placeId.ok) return answerProblem(c, placeId.problem);
      const rows = await listEntries(pool, found.value.id, { after: cursor, limit: limit + 1, placeId: placeId.value });
      const page = cutPage(rows, limit, row => row.key);
      return c.json({ items: page.rows.map(({ key: _, ...row }) => row), next_cursor: page.next_cursor }, 200);
    })
    .openapi(linesRoute, async c => {
      const { limit, cursor, place } = c.req.valid("query");
      const found = await find(c, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      const placeId = await placeIdOf(found.value, place);
      if (!placeId.ok) return answerProblem(c, placeId.problem);
      const after = cursor === undefined ? undefined : { placeId: cursor[0], itemId: cursor[1] };
      const asked = { priceList: counts.priceList, nowMs: counts.now(), after, limit, placeId: placeId.value };
      const { rows, next } = await viewLines(pool, found.value, asked);
      const next_cursor = next === undefined ? null : encodeCursor([next.placeId, next.itemId]);
      return c.json({ items: rows, next_cursor }, 200);
    });
}
