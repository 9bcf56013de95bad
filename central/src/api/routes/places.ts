import { answerProblem, createRoute, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, PlaceCode, parseGln, type Result, refuse, SiteId } from "@tallygate/protocol";
import type { Client } from "../../db/pool.ts";
import { insertPlace, type PlaceRow, readPlaces, updatePlace } from "../../db/queries/places.ts";
import { findSite } from "../../db/queries/sites.ts";
import { body, fields, json, text } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { type Done, idempotent, once } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["places"];
const name = text(apiLimits.nameCharsMax).meta({ examples: ["Dock 1"] });
const gln = z
  .string()
  .max(20)
  .meta({ description: "GLN, 13 digits.", examples: ["9506000134369"] });

const Place = z
  .object({
    site: fields.site,
    code: z.string().meta({ examples: ["dock-1"] }),
    name: z.string().nullable(),
    gln: z.string().nullable(),
    created_at: fields.time,
  })
  .openapi("Place");

const NewPlace = z
  .strictObject({ site: SiteId, code: PlaceCode, name: name.optional(), gln: gln.optional() })
  .openapi("NewPlace");
type NewPlace = z.infer<typeof NewPlace>;

const PlaceChange = z
  .strictObject({ name: name.optional(), gln: gln.optional() })
  .refine(change => change.name !== undefined || change.gln !== undefined, "names nothing to change")
  .openapi("PlaceChange");

const listRoute = createRoute({
  method: "get",
  path: "/places",
  tags,
  summary: "Places, by site and code",
  request: {
    query: z.object({ site: SiteId.optional(), limit: Limit, cursor: cursorParam(z.tuple([SiteId, PlaceCode])) }),
  },
  responses: {
    200: json("A page of places; a place is also added when a movement first names it", pageOf(Place)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const createPlaceRoute = createRoute({
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
      "code.check_digit",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const changeRoute = createRoute({
  method: "patch",
  path: "/places/{site}/{code}",
  tags,
  summary: "Names a place, or gives it its GLN",
  request: { params: z.object({ site: SiteId, code: PlaceCode }), body: body(PlaceChange) },
  responses: {
    200: json("The place as it is now", Place),
    ...problemResponses("place.unknown", "code.check_digit", "request.invalid", "stock.unavailable"),
  },
});

/** Zones, docks and bins of the sites. */
export function placeRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { site, limit, cursor } = c.req.valid("query");
      const rows = await readPlaces(pool, { site, after: cursor, limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.site, row.code]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(createPlaceRoute, async c => {
      const given = c.req.valid("json");
      const added = await once<PlaceRow>({
        pool,
        route: "POST /v1/places",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: Place,
        work: client => addPlace(client, given),
      });
      return added.ok ? c.json(added.value, 201) : answerProblem(c, added.problem);
    })
    .openapi(changeRoute, async c => {
      const { site, code } = c.req.valid("param");
      const { name, gln } = c.req.valid("json");
      const checked = checkGln(gln);
      if (!checked.ok) return answerProblem(c, checked.problem);
      const place = await updatePlace(pool, { site, code, name, gln });
      if (place !== undefined) return c.json(place, 200);
      return answerProblem(c, { code: "place.unknown", detail: `The site ${site} has no place ${code}.` });
    });
}

async function addPlace(client: Client, { site, code, name, gln }: NewPlace): Promise<Result<Done<PlaceRow>>> {
  const checked = checkGln(gln);
  if (!checked.ok) return checked;
  const siteId = await findSite(client, site);
  if (siteId === undefined) {
    return refuse("site.unknown", `No site ${site} has been heard; start its edge first.`, { at: "body.site" });
  }
  const answer = await insertPlace(client, { siteId, code, name: name ?? null, gln: gln ?? null });
  if (answer !== undefined) return ok({ answer });
  return refuse("place.exists", `The site ${site} has a place ${code} already; change that one.`, { at: "body.code" });
}

function checkGln(gln: string | undefined): Result<unknown> {
  if (gln === undefined) return ok(undefined);
  const read = parseGln(gln);
  return read.ok ? read : refuse(read.problem.code, read.problem.detail, { at: "body.gln" });
}
