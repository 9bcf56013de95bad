import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { BizStep, PlaceCode, refuse, SiteId } from "@tallygate/protocol";
import { type PlaceRow, placeKinds, readPlace, readPlaces } from "../../db/places/places.ts";
import { addPlace, type ChangedPlace, changePlace } from "../../places/change-place.ts";
import { placeLimits } from "../../places/limits.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { etagOf, expected, isExpected, isKnown } from "../etag.ts";
import { body, conditional, fields, json, text } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["places"];
const reads = { permission: "stock.read", sites: "some" } as const;
const writes = { permission: "place.write", sites: "some" } as const;

const name = text(apiLimits.nameCharsMax).meta({ examples: ["Dock 1"] });
const kind = z.enum(placeKinds).meta({ description: "Nothing stands in a bin.", examples: ["dock"] });
const gln = z
  .string()
  .max(20)
  .meta({ description: "GLN, 13 digits.", examples: ["9506000134369"] });
const glnExtension = z
  .string()
  .regex(/^[\x21-\x7e]{1,20}$/, "use 1 to 20 printable ASCII characters without spaces")
  .meta({ description: "What tells places of one GLN apart (AI 254).", examples: ["D1"] });
const available = z
  .boolean()
  .meta({ description: "Whether what is here may be promised; if not, all of it is blocked.", examples: [true] });
const readPoints = z
  .array(
    z.strictObject({
      read_point: z
        .string()
        .regex(/^[a-z0-9_-]+(\/[A-Za-z0-9_.-]+)?$/, "name a device, or device/antenna")
        .max(96),
      biz_step: BizStep.nullable().default(null),
    }),
  )
  .max(placeLimits.readPointsMax)
  .refine(points => new Set(points.map(each => each.read_point)).size === points.length, "names one read point twice")
  .meta({
    description: "Where devices observe: a device, or one antenna of it, and what is done there.",
    examples: [[{ read_point: "dock-1/1", biz_step: "receiving" }]],
  });

const Place = z
  .object({
    site: fields.site,
    code: z.string().meta({ examples: ["dock-1"] }),
    name: z.string().nullable(),
    kind: z.enum(placeKinds),
    parent: z.string().nullable().meta({ description: "The place that it stands in; null: at the top of the site." }),
    gln: z.string().nullable(),
    gln_extension: z.string().nullable(),
    available: z.boolean(),
    read_points: z.array(z.object({ read_point: z.string(), biz_step: BizStep.nullable() })),
    created_at: fields.time,
    updated_at: fields.time,
  })
  .openapi("Place");

const NewPlace = z
  .strictObject({
    site: SiteId,
    code: PlaceCode,
    name: name.optional(),
    kind: kind.default("zone"),
    parent: PlaceCode.optional().meta({ description: "The place that it stands in.", examples: ["dock-2"] }),
    gln: gln.optional(),
    gln_extension: glnExtension.optional(),
    available: available.default(true),
    read_points: readPoints.optional(),
  })
  .openapi("NewPlace");

const PlaceChange = z
  .strictObject({
    name: name.nullable().optional(),
    kind: kind.optional(),
    parent: PlaceCode.nullable()
      .optional()
      .meta({ examples: ["dock-2"] }),
    gln: gln.nullable().optional(),
    gln_extension: glnExtension.nullable().optional(),
    available: available.optional(),
    read_points: readPoints.optional(),
  })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("PlaceChange");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/places",
  tags,
  summary: "Places, by site and code",
  request: {
    query: z
      .object({
        site: SiteId.optional(),
        under: PlaceCode.optional().meta({
          description: "This place of the site and all that stands in it.",
          examples: ["dock-2"],
        }),
        available: z
          .enum(["true", "false"])
          .optional()
          .meta({ examples: ["true"] }),
        limit: Limit,
        cursor: cursorParam(z.tuple([SiteId, PlaceCode])),
      })
      .refine(({ site, under }) => under === undefined || site !== undefined, {
        path: ["site"],
        message: "a place is one of a site; name the site too",
      }),
  },
  responses: {
    200: json("A page of places; a place is also added when a movement first names it", pageOf(Place)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/places/{site}/{code}",
  tags,
  summary: "One place",
  request: { params: z.object({ site: SiteId, code: PlaceCode }), headers: conditional },
  responses: {
    200: json("The place, with an ETag", Place),
    304: { description: "It is what the caller has" },
    ...problemResponses("place.unknown", "request.invalid", "stock.unavailable"),
  },
});

const refusals = ["place.unknown", "place.hierarchy", "read_point.taken", "code.check_digit"] as const;

const createPlaceRoute = guardedRoute(writes, {
  method: "post",
  path: "/places",
  tags,
  summary: "Adds a place to a site",
  request: { headers: idempotent, body: body(NewPlace) },
  responses: {
    201: json("The new place", Place),
    ...problemResponses(
      "site.unknown",
      "place.exists",
      ...refusals,
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const changeRoute = guardedRoute(writes, {
  method: "patch",
  path: "/places/{site}/{code}",
  tags,
  summary:
    "Changes a place: its name, where it stands, its GLN, its read points, or whether what is there may be promised",
  description:
    "What is absent stays as it is; null takes it away. When a place becomes unavailable, what is there is blocked at once; what was promised of it stays promised, and is a shortage for a person.",
  request: { params: z.object({ site: SiteId, code: PlaceCode }), headers: expected, body: body(PlaceChange) },
  responses: {
    200: json("The place as it is now, with its ETag", Place),
    ...problemResponses(...refusals, "place.changed", "request.invalid", "stock.unavailable"),
  },
});

/** Zones, docks and bins of the sites. */
export function placeRoutes({ pool, relay }: ApiParts) {
  const tell = ({ commits }: ChangedPlace) => relay.publishCommits(commits);
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor: after, available, ...filter } = c.req.valid("query");
      const wanted = available === undefined ? undefined : available === "true";
      const rows = await readPlaces(
        pool,
        { ...filter, available: wanted, sites: sitesOf(c) },
        { after, limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => [row.site, row.code]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { site, code } = c.req.valid("param");
      const place = await readPlace(pool, { site, code });
      if (place === undefined) {
        const { problem } = refuse("place.unknown", `The site ${site} has no place ${code}.`, { at: "path.code" });
        return answerProblem(c, problem);
      }
      const etag = etagOfPlace(place);
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(viewOf(place), 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(createPlaceRoute, async c => {
      const given = c.req.valid("json");
      requireSite(c, given.site, "body.site");
      const added = await once({
        pool,
        route: "POST /v1/places",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: Place,
        work: async client => {
          const changed = await addPlace(client, given, callerOf(c));
          if (!changed.ok) return changed;
          return { ok: true, value: { answer: viewOf(changed.value.place), afterCommit: () => tell(changed.value) } };
        },
      });
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(added.value, 201, { location: `/v1/places/${given.site}/${given.code}` });
    })
    .openapi(changeRoute, async c => {
      const change = { ...c.req.valid("param"), ...c.req.valid("json") };
      const changed = await refusable(pool, client =>
        changePlace(client, change, {
          actor: callerOf(c),
          isExpected: place => isExpected(c, etagOfPlace(place)),
        }),
      );
      if (!changed.ok) return answerProblem(c, changed.problem);
      tell(changed.value);
      return c.json(viewOf(changed.value.place), 200, { etag: etagOfPlace(changed.value.place) });
    });
}

function etagOfPlace(place: PlaceRow): string {
  return etagOf(JSON.stringify(viewOf(place)));
}

function viewOf(row: PlaceRow) {
  const { site, code, name, kind, parent, gln, gln_extension, available, read_points, created_at, updated_at } = row;
  return {
    ...{ site, code, name, kind, parent, gln, gln_extension, available },
    read_points: [...read_points],
    created_at,
    updated_at,
  };
}
