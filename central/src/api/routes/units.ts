import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, ok, PlaceCode, parseSscc, type Result, SiteId } from "@tallygate/protocol";
import { readUnits, type Unit } from "../../db/follow/units.ts";
import type { Client, Executor } from "../../db/pool.ts";
import { followLimits } from "../../follow/limits.ts";
import { pack, unknownUnit, unpack } from "../../follow/packing.ts";
import { Directory } from "../../ingest/directory.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { etagOf, isKnown } from "../etag.ts";
import { body, conditional, exactText, fields, json } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { type Done, idempotent, once } from "../once.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["units"];

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
const params = z.object({ sscc: Sscc });

const UnitView = z
  .object({
    sscc: z.string().meta({ examples: ["095060001343519998"] }),
    site: fields.site,
    place: fields.account.nullable().meta({ description: "Where its contents were last taken to." }),
    contents: z.array(
      z.object({
        sku: fields.sku,
        code: z.string().meta({ description: "What its movements go by: of one thing, or of a class of things." }),
        quantity: z.int(),
      }),
    ),
  })
  .openapi("Unit");
type UnitView = z.infer<typeof UnitView>;

const Goods = z
  .strictObject({
    sku: fields.sku.optional(),
    gtin: exactText(20).optional(),
    code: exactText(limits.codeCharsMax).optional(),
    serial: exactText(40).optional(),
    lot: exactText(40).optional(),
    quantity: z.int().min(1).max(limits.quantityMax).default(1),
  })
  .refine(
    ({ sku, gtin, code }) => [sku, gtin, code].filter(name => name !== undefined).length === 1,
    "name it by one of sku, gtin and code",
  )
  .meta({ examples: [{ sku: "OAT-1L", quantity: 24 }] });
const Contents = z
  .array(Goods)
  .min(1)
  .max(apiLimits.pageRowsMax)
  .meta({ examples: [[{ sku: "OAT-1L", quantity: 24 }]] });

const Packed = z
  .strictObject({ site: SiteId, place: PlaceCode.meta({ examples: ["dock-2"] }), contents: Contents })
  .openapi("Packed");
const Unpacked = z
  .strictObject({ contents: Contents.optional().meta({ description: "Without them, all." }) })
  .openapi("Unpacked");

const oneRoute = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/units/{sscc}",
    tags,
    summary: "What is in a logistic unit, and where that was last taken",
    request: { params, headers: conditional },
    responses: {
      200: json("The unit, with an ETag", UnitView),
      304: { description: "It is what the caller has" },
      ...problemResponses("unit.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

const writes = { permission: "movement.write", sites: "some" } as const;
const refusals = [
  "item.unknown",
  "item.no_code",
  "movement.code_unknown",
  "movement.meaningless",
  "unit.contents",
  "code.check_digit",
  "idempotency.reused",
  "request.invalid",
  "stock.unavailable",
] as const;

const packRoute = guardedRoute(writes, {
  method: "post",
  path: "/units/{sscc}/contents",
  tags,
  summary: "Says what was packed into a logistic unit; it goes where the unit goes from then on",
  request: { params, headers: idempotent, body: body(Packed) },
  responses: {
    201: json("The unit with all its contents", UnitView),
    ...problemResponses("site.unknown", "place.unknown", ...refusals),
  },
});

const unpackRoute = guardedRoute(writes, {
  method: "post",
  path: "/units/{sscc}/unpack",
  tags,
  summary: "Says what was taken out of a logistic unit; it stays where it is",
  request: { params, headers: idempotent, body: body(Unpacked) },
  responses: {
    200: json("The unit with what is left in it", UnitView),
    ...problemResponses("unit.unknown", ...refusals),
  },
});

/** Pallets, cases and totes with an SSCC, whose contents move with them. */
export function unitRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(oneRoute, async c => {
      const { sscc } = c.req.valid("param");
      const unit = (await readUnits(pool, [sscc])).get(sscc);
      const view = unit && (await viewOf(pool, unit));
      const sites = sitesOf(c);
      if (view === undefined || (sites !== undefined && !sites.includes(view.site))) {
        return answerProblem(c, unknownUnit(sscc).problem);
      }
      const etag = etagOf(JSON.stringify(view));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(view, 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(packRoute, async c => {
      const { sscc: code } = c.req.valid("param");
      const request = c.req.valid("json");
      requireSite(c, request.site, "body.site");
      const asked = { ...request, code, actor: callerOf(c) };
      const packed = await once({
        pool,
        route: `POST /v1/units/${code}/contents`,
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: UnitView,
        work: async client => shown(client, await pack(client, asked), site => requireSite(c, site)),
      });
      return packed.ok ? c.json(packed.value, 201) : answerProblem(c, packed.problem);
    })
    .openapi(unpackRoute, async c => {
      const { sscc: code } = c.req.valid("param");
      const request = c.req.valid("json");
      const asked = { code, contents: request.contents, actor: callerOf(c) };
      const unpacked = await once({
        pool,
        route: `POST /v1/units/${code}/unpack`,
        key: c.req.valid("header")["idempotency-key"],
        request,
        schema: UnitView,
        work: async client => shown(client, await unpack(client, asked), site => requireSite(c, site)),
      });
      return unpacked.ok ? c.json(unpacked.value, 200) : answerProblem(c, unpacked.problem);
    });
}

/** A refusal for the unit's site rolls everything back. */
async function shown(
  client: Client,
  unit: Result<Unit>,
  allow: (site: string) => void,
): Promise<Result<Done<UnitView>>> {
  if (!unit.ok) return unit;
  const answer = await viewOf(client, unit.value);
  allow(answer.site);
  return ok({ answer });
}

async function viewOf(db: Executor, { code, siteId, placeId, contents }: Unit): Promise<UnitView> {
  const directory = new Directory();
  await directory.ensureSitesById(db, [siteId]);
  if (placeId !== undefined) await directory.ensurePlaces(db, [placeId]);
  await directory.ensureSkus(
    db,
    contents.map(({ itemId }) => itemId),
  );
  return {
    sscc: code.replace("(00)", ""),
    site: directory.siteCode(siteId),
    place: placeId === undefined ? null : directory.place(placeId).code,
    contents: contents.slice(0, followLimits.contentsMax).map(({ itemId, code: what, quantity }) => {
      return { sku: directory.sku(itemId), code: what ?? "", quantity };
    }),
  };
}
