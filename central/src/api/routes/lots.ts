import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type Result, refuse, SiteId, Sku } from "@tallygate/protocol";
import { type LotRow, lotStatuses, readLots } from "../../db/places/lots.ts";
import type { Pool } from "../../db/pool.ts";
import { type GivenLot, setLot } from "../../places/set-lot.ts";
import { callerOf, guardedRoute, sitesOf } from "../access.ts";
import { Day } from "../date.ts";
import { etagOf, isKnown } from "../etag.ts";
import { body, conditional, exactText, fields, json } from "../fields.ts";
import { refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["lots"];
const reads = { permission: "stock.read", sites: "some" } as const;
const LotName = exactText(20).meta({ description: "The lot, AI 10.", examples: ["L-2041"] });
const status = z.enum(lotStatuses).meta({
  description: "Of a blocked lot nothing is promised, wherever it is.",
  examples: ["available"],
});
const day = z
  .string()
  .nullable()
  .meta({ examples: ["2027-03-01"] });

const Lot = z
  .object({
    sku: fields.sku,
    lot: z.string(),
    expires_on: day,
    best_before_on: day,
    manufactured_on: day,
    status: z.enum(lotStatuses),
    on_hand: z.int().meta({ description: "At the places listed, of what moved under a code with this lot." }),
    places: z.array(z.object({ site: fields.site, place: fields.account, on_hand: z.int() })),
    created_at: fields.time,
    updated_at: fields.time,
  })
  .openapi("Lot");

const LotChange = z
  .strictObject({
    expires_on: Day.nullable()
      .optional()
      .meta({ description: "AI 17.", examples: ["2027-03-01"] }),
    best_before_on: Day.nullable()
      .optional()
      .meta({ description: "AI 15.", examples: ["2027-02-01"] }),
    manufactured_on: Day.nullable()
      .optional()
      .meta({ description: "AI 11.", examples: ["2026-11-01"] }),
    status: status.optional(),
  })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("LotChange");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/lots",
  tags,
  summary: "Lots and where they are; those that end before a day, the first to end first",
  request: {
    query: z.object({
      sku: Sku.optional(),
      lot: LotName.optional(),
      site: SiteId.optional().meta({ description: "Lots of which something is there." }),
      status: status.optional(),
      expires_before: Day.optional().meta({
        description: "Whose expiry or best-before date, the earlier of the two, is before this day.",
        examples: ["2036-01-01"],
      }),
      stocked: z
        .enum(["true"])
        .optional()
        .meta({ description: "Only lots of which something is on hand.", examples: ["true"] }),
      limit: Limit,
      cursor: cursorParam(
        z.tuple([
          Day.nullable(),
          z
            .int()
            .min(1)
            .max(2 ** 31 - 1),
          exactText(20),
        ]),
      ),
    }),
  },
  responses: {
    200: json("A page of lots", pageOf(Lot)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const name = z.object({ sku: Sku, lot: LotName });

const setRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "put",
    path: "/lots/{sku}/{lot}",
    tags,
    summary: "Says what is known of a lot, also before anything of it has come; blocks or frees it",
    description: "What is absent stays as it is; null is not known.",
    request: { params: name, body: body(LotChange) },
    responses: {
      200: json("The lot as it is now", Lot),
      ...problemResponses("item.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/lots/{sku}/{lot}",
  tags,
  summary: "One lot and where it is",
  request: { params: name, headers: conditional },
  responses: {
    200: json("The lot, with an ETag", Lot),
    304: { description: "It is what the caller has" },
    ...problemResponses("lot.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Lots: what is known of them, and where they are. */
export function lotRoutes({ pool, relay }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, expires_before: expiresBefore, stocked, ...filter } = c.req.valid("query");
      const rows = await readLots(
        pool,
        { ...filter, expiresBefore, stocked: stocked === "true", sites: sitesOf(c) },
        { after: cursor, limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => row.key);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(setRoute, async c => {
      const given: GivenLot = { ...c.req.valid("param"), ...c.req.valid("json") };
      const set = await refusable(pool, client => setLot(client, given, callerOf(c)));
      if (!set.ok) return answerProblem(c, set.problem);
      relay.publishCommits(set.value);
      const lot = await find(pool, given, undefined);
      return lot.ok ? c.json(viewOf(lot.value), 200) : answerProblem(c, lot.problem);
    })
    .openapi(oneRoute, async c => {
      const lot = await find(pool, c.req.valid("param"), sitesOf(c));
      if (!lot.ok) return answerProblem(c, lot.problem);
      const view = viewOf(lot.value);
      const etag = etagOf(JSON.stringify(view));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(view, 200, { etag, "cache-control": "no-cache" });
    });
}

async function find(
  pool: Pool,
  { sku, lot }: { readonly sku: string; readonly lot: string },
  sites: readonly string[] | undefined,
): Promise<Result<LotRow>> {
  const [row] = await readLots(pool, { sku, lot, sites }, { after: undefined, limit: 1 });
  return row === undefined ? refuse("lot.unknown", `The item ${sku} has no lot ${lot}.`, { at: "path.lot" }) : ok(row);
}

function viewOf(row: LotRow) {
  const { sku, lot, expires_on, best_before_on, manufactured_on, status, on_hand, created_at, updated_at } = row;
  return {
    ...{ sku, lot, expires_on, best_before_on, manufactured_on, status, on_hand },
    places: [...row.places],
    created_at,
    updated_at,
  };
}
