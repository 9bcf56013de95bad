import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, PlaceCode, SiteId, Sku } from "@tallygate/protocol";
import { type ReorderPointRow, readReorderPoints } from "../../db/places/reorder-points.ts";
import { placeLimits } from "../../places/limits.ts";
import { deletePoint, setPoints } from "../../places/set-reorder-points.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { body, fields, json } from "../fields.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["reorder points"];
const reads = { permission: "stock.read", sites: "some" } as const;
const writes = { permission: "place.write", sites: "some" } as const;

const quantity = z.int().min(0).max(limits.quantityMax);
const id = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ examples: [1] });

const ReorderPoint = z
  .object({
    id,
    sku: fields.sku,
    site: fields.site,
    place: z.string().nullable(),
    quantity: z.int(),
    clear_above: z.int(),
    order_quantity: z.int().nullable(),
    available: z.int().meta({ description: "At the site, or at the place and what stands in it, now." }),
    below_since: fields.time
      .nullable()
      .meta({ description: "Since when it is below, as it was told; null: it is not." }),
  })
  .openapi("ReorderPoint");

const GivenPoint = z
  .strictObject({
    sku: Sku,
    site: SiteId,
    place: PlaceCode.optional().meta({
      description: "Of this place and what stands in it; without it, of the whole site.",
      examples: ["dock-2"],
    }),
    quantity: quantity.meta({
      description: "Told once when no more than this is available: `stock.below_reorder_point`.",
      examples: [10],
    }),
    clear_above: quantity.optional().meta({
      description: "Told again only after more than this was available in between; without it, the quantity itself.",
      examples: [15],
    }),
    order_quantity: quantity
      .min(1)
      .optional()
      .meta({ description: "How much is usually ordered then.", examples: [50] }),
  })
  .refine(({ quantity, clear_above }) => clear_above === undefined || clear_above >= quantity, {
    path: ["clear_above"],
    message: "is below the reorder point itself",
  });

const GivenPoints = z
  .strictObject({
    items: z
      .array(GivenPoint)
      .min(1)
      .max(placeLimits.reorderPointsMax)
      .meta({ examples: [[{ sku: "OAT-1L", site: "lyon", quantity: 10, clear_above: 15, order_quantity: 50 }]] }),
  })
  .superRefine(({ items }, context) => {
    const seen = new Set<string>();
    for (const [index, { sku, site, place }] of items.entries()) {
      const key = `${sku} ${site}/${place ?? ""}`;
      if (seen.has(key)) context.addIssue({ code: "custom", path: ["items", index], message: "stands twice" });
      seen.add(key);
    }
  })
  .openapi("GivenReorderPoints");

const SetPoints = z.object({ items: z.array(ReorderPoint) }).openapi("SetReorderPoints");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/reorder-points",
  tags,
  summary: "Reorder points, and which of them are below",
  request: {
    query: z.object({
      sku: Sku.optional(),
      site: SiteId.optional(),
      below: z
        .enum(["true", "false"])
        .optional()
        .meta({ examples: ["true"] }),
      limit: Limit,
      cursor: cursorParam(z.tuple([id])),
    }),
  },
  responses: {
    200: json("A page of reorder points, in the order in which they were first set", pageOf(ReorderPoint)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const setRoute = guardedRoute(writes, {
  method: "post",
  path: "/reorder-points",
  tags,
  summary: "Sets reorder points; one that is there already is changed",
  request: { headers: idempotent, body: body(GivenPoints) },
  responses: {
    201: json("The points as they are now", SetPoints),
    ...problemResponses(
      "item.unknown",
      "site.unknown",
      "place.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const deleteRoute = guardedRoute(writes, {
  method: "delete",
  path: "/reorder-points/{id}",
  tags,
  summary: "Takes a reorder point away",
  request: {
    params: z.object({
      id: z.coerce
        .number<string>()
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .meta({ examples: [1] }),
    }),
  },
  responses: {
    204: { description: "It is gone" },
    ...problemResponses("reorder_point.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Of how much of an item at a site or place somebody is to be told. */
export function reorderPointRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, below, ...filter } = c.req.valid("query");
      const rows = await readReorderPoints(
        pool,
        { ...filter, below: below === undefined ? undefined : below === "true", sites: sitesOf(c) },
        { after: cursor?.[0], limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(setRoute, async c => {
      const given = c.req.valid("json");
      for (const [index, { site }] of given.items.entries()) requireSite(c, site, `body.items[${index}].site`);
      const set = await once({
        pool,
        route: "POST /v1/reorder-points",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: SetPoints,
        work: async client => {
          const points = await setPoints(client, given.items, callerOf(c));
          return points.ok ? { ok: true, value: { answer: { items: points.value.map(viewOf) } } } : points;
        },
      });
      return set.ok ? c.json(set.value, 201) : answerProblem(c, set.problem);
    })
    .openapi(deleteRoute, async c => {
      const point = c.req.valid("param").id;
      const deleted = await refusable(pool, async client => {
        const ids = [point];
        const [row] = await readReorderPoints(client, { ids, sites: sitesOf(c) }, { after: undefined, limit: 1 });
        if (row === undefined) {
          const detail = `There is no reorder point ${point}.`;
          return { ok: false, problem: { code: "reorder_point.unknown", detail, at: "path.id" } };
        }
        await deletePoint(client, row, callerOf(c));
        return { ok: true, value: undefined };
      });
      return deleted.ok ? c.body(null, 204) : answerProblem(c, deleted.problem);
    });
}

function viewOf(row: ReorderPointRow) {
  const { id, sku, site, place, quantity, clear_above, order_quantity, available, below_since } = row;
  return { id, sku, site, place, quantity, clear_above, order_quantity, available, below_since };
}
