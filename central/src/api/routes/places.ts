import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, PlaceCode, parseGln, type Result, refuse, SiteId } from "@tallygate/protocol";
import { recordChanges } from "../../db/audit/changes.ts";
import type { Client } from "../../db/pool.ts";
import { insertPlace, lockPlace, type PlaceRow, readPlaces, updatePlace } from "../../db/queries/places.ts";
import { findSite } from "../../db/queries/sites.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { body, fields, json, text } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { type Done, idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["places"];
const reads = { permission: "stock.read", sites: "some" } as const;
const writes = { permission: "place.write", sites: "some" } as const;
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

const listRoute = guardedRoute(reads, {
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
      "code.check_digit",
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
      const rows = await readPlaces(pool, { site, sites: sitesOf(c), after: cursor, limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.site, row.code]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(createPlaceRoute, async c => {
      const given = c.req.valid("json");
      requireSite(c, given.site, "body.site");
      const added = await once<PlaceRow>({
        pool,
        route: "POST /v1/places",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: Place,
        work: client => addPlace(client, given, callerOf(c)),
      });
      return added.ok ? c.json(added.value, 201) : answerProblem(c, added.problem);
    })
    .openapi(changeRoute, async c => {
      const { site, code } = c.req.valid("param");
      const { name, gln } = c.req.valid("json");
      const checked = checkGln(gln);
      if (!checked.ok) return answerProblem(c, checked.problem);
      const changed = await refusable(pool, client => changePlace(client, { site, code, name, gln }, callerOf(c)));
      return changed.ok ? c.json(changed.value, 200) : answerProblem(c, changed.problem);
    });
}

async function addPlace(
  client: Client,
  { site, code, name, gln }: NewPlace,
  actor: string,
): Promise<Result<Done<PlaceRow>>> {
  const checked = checkGln(gln);
  if (!checked.ok) return checked;
  const siteId = await findSite(client, site);
  if (siteId === undefined) {
    return refuse("site.unknown", `No site ${site} has been heard; start its edge first.`, { at: "body.site" });
  }
  const answer = await insertPlace(client, { siteId, code, name: name ?? null, gln: gln ?? null });
  if (answer === undefined) {
    const detail = `The site ${site} has a place ${code} already; change that one.`;
    return refuse("place.exists", detail, { at: "body.code" });
  }
  await recordChanges(client, [
    { actor, action: "place.add", resource: addressOf({ site, code }), siteId, after: { name, gln } },
  ]);
  return ok({ answer });
}

async function changePlace(
  client: Client,
  place: Parameters<typeof updatePlace>[1],
  actor: string,
): Promise<Result<PlaceRow>> {
  const before = await lockPlace(client, place);
  const after = before === undefined ? undefined : await updatePlace(client, place);
  if (before === undefined || after === undefined) {
    return refuse("place.unknown", `The site ${place.site} has no place ${place.code}.`);
  }
  const change = { actor, action: "place.change", resource: addressOf(place), siteId: before.site_id };
  const seen = ({ name, gln }: PlaceRow) => ({ name, gln });
  await recordChanges(client, [{ ...change, before: seen(before), after: seen(after) }]);
  return ok(after);
}

function addressOf({ site, code }: { readonly site: string; readonly code: string }): string {
  return `/v1/places/${site}/${code}`;
}

function checkGln(gln: string | undefined): Result<unknown> {
  if (gln === undefined) return ok(undefined);
  const read = parseGln(gln);
  return read.ok ? read : refuse(read.problem.code, read.problem.detail, { at: "body.gln" });
}
