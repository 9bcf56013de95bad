import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Account, isOutside, SiteId, Sku } from "@tallygate/protocol";
import { readBelow } from "../../db/places/places.ts";
import type { Pool } from "../../db/pool.ts";
import {
  type LevelRow,
  readLevels,
  readLevelsAsOf,
  readLotLevels,
  readStockItems,
  type StockItemRow,
} from "../../db/queries/stock.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { answerRepresentation } from "../etag.ts";
import { conditional, exactText, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { apiLimits } from "../limits.ts";
import { cursorParam, cutPage, encodeCursor, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import { openStockLookUps, StockFound } from "../stock-look-ups.ts";
import { ItemStock, itemStock } from "../stock-view.ts";

const tags = ["stock"];

const view = {
  site: SiteId.optional(),
  place: Account.optional(),
  include: z.enum(["outsides", "below"]).optional().meta({
    description:
      "`outsides` shows suppliers, customers, loss, found and transit too; `below` what stands in the place, too.",
  }),
  lot: exactText(20)
    .optional()
    .meta({
      description: "Only what moved under a code with this lot; what is promised or blocked is not known by lot.",
      examples: ["L-2041"],
    }),
  as_of: Instant.optional().meta({
    description: "As it was then: the sum of the ledger up to and including this time.",
    examples: ["2036-11-23T09:30:00Z"],
  }),
  by: z.enum(["event", "record"]).default("event").meta({
    description: "Whether `as_of` means when things happened, or when the centre stored them.",
  }),
};

const listRoute = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/stock",
    tags,
    summary: "Stock of items, by place and in total",
    request: {
      query: z.object({ sku: Sku.optional(), ...view, limit: Limit, cursor: cursorParam(z.tuple([Sku])) }),
    },
    responses: {
      200: json("Items by SKU; with a site or place, those that have or had stock there", pageOf(ItemStock)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

const oneRoute = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/stock/{sku}",
    tags,
    summary: "Stock of one item, by place and in total",
    request: {
      params: z.object({ sku: Sku }),
      query: z.object(view),
      headers: conditional,
    },
    responses: {
      200: json("The item's stock, with an ETag", ItemStock),
      304: { description: "It is what the caller has" },
      ...problemResponses("item.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

/** Stock as the ledger has it now, or as of any past time. */
export function stockRoutes({ pool, news }: ApiParts) {
  const lookUp = openStockLookUps({ pool, news });

  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const query = { ...c.req.valid("query"), sites: sitesOf(c) };
      return c.json(await readPage(pool, { ...query, ...(await readWithin(pool, query)) }), 200);
    })
    .openapi(oneRoute, async c => {
      const { sku } = c.req.valid("param");
      const { by, ...asked } = c.req.valid("query");
      const { placeIds, ...view } = { ...asked, sites: sitesOf(c), ...(await readWithin(pool, asked)) };
      const isPast = view.as_of !== undefined || view.lot !== undefined;
      const found = isPast ? await readPast(pool, sku, { ...view, placeIds, by }) : await lookUp(sku);
      if (found === undefined) {
        return answerProblem(c, { code: "item.unknown", detail: `No item has the SKU ${sku}.`, at: "path.sku" });
      }
      return answerRepresentation(c, found.represent(view));
    });
}

interface StockQuery {
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
  readonly placeIds?: readonly number[] | undefined;
  readonly lot?: string | undefined;
  readonly include?: "outsides" | "below" | undefined;
  readonly as_of?: string | undefined;
  readonly by: "event" | "record";
}

interface Within {
  readonly placeIds?: readonly number[];
  /** As `site/place`. */
  readonly within?: ReadonlySet<string>;
}

/** The places that a place stands for: itself, or with `include=below` all that stands in it too. */
async function readWithin(pool: Pool, { site, place, include }: Omit<StockQuery, "by">): Promise<Within> {
  if (place === undefined || include !== "below" || isOutside(place)) return {};
  const places = await readBelow(pool, { site, place });
  const within = new Set(places.map(each => `${each.site}/${each.code}`));
  return { placeIds: places.map(each => each.id), within };
}

/** What is not kept for look-ups: what was once, and what is of a lot. */
async function readPast(pool: Pool, sku: string, query: StockQuery): Promise<StockFound | undefined> {
  const [item] = await readStockItems(pool, { sku }, { after: undefined, limit: 1 });
  if (item === undefined) return undefined;
  return new StockFound(item, await levels(pool, [item], query, apiLimits.itemLevelsMax));
}

async function levels(
  pool: Pool,
  items: readonly StockItemRow[],
  query: StockQuery,
  limit: number,
): Promise<LevelRow[]> {
  const ids = items.map(item => item.id);
  const { as_of: asOf, by, lot } = query;
  if (asOf !== undefined) return readLevelsAsOf(pool, ids, query, { asOf, by, limit });
  return lot === undefined ? readLevels(pool, ids, query, limit) : readLotLevels(pool, ids, { ...query, lot }, limit);
}

async function readPage(
  pool: Pool,
  query: StockQuery & { readonly limit: number; readonly cursor?: readonly [string] | undefined },
) {
  const after = query.cursor?.[0];
  const found = await readStockItems(pool, query, { after, limit: query.limit + 1 });
  const page = cutPage(found, query.limit, item => [item.sku]);
  const whole = await wholeItems(pool, page.rows, query);
  const items = whole.items.map(item => itemStock(item, whole.levels.get(item.id) ?? [], query));
  const last = whole.items.at(-1);
  const cutEarly = whole.items.length < page.rows.length && last !== undefined;
  return { items, next_cursor: cutEarly ? encodeCursor([last.sku]) : page.next_cursor };
}

/** As many of the items, from the first one, as the levels that one page may hold allow; at least one. */
async function wholeItems(pool: Pool, items: readonly StockItemRow[], query: StockQuery) {
  const rows = await levels(pool, items, query, apiLimits.pageLevelsMax + 1);
  const cutIn = rows.length > apiLimits.pageLevelsMax ? rows.at(-1)?.item_id : undefined;
  if (cutIn === undefined) return { items, levels: Map.groupBy(rows, row => row.item_id) };
  const kept = items.slice(
    0,
    items.findIndex(item => item.id === cutIn),
  );
  if (kept.length > 0) return { items: kept, levels: Map.groupBy(rows, row => row.item_id) };
  const first = items.slice(0, 1);
  const all = await levels(pool, first, query, apiLimits.itemLevelsMax);
  return { items: first, levels: Map.groupBy(all, row => row.item_id) };
}
