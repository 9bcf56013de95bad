import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type Result, refuse, Sku } from "@tallygate/protocol";
import { changePrices } from "../../catalogue/prices/change-prices.ts";
import type { KnownPrice, Price } from "../../catalogue/prices/price.ts";
import { readPrices } from "../../db/catalogue/prices.ts";
import { lockCatalogue } from "../../db/catalogue/write-items.ts";
import type { Client, Pool } from "../../db/pool.ts";
import { callerOf, guardedRoute } from "../access.ts";
import { etagOf, expected, isExpected, isKnown } from "../etag.ts";
import { body, conditional, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import { currency, list, NewPrice, PriceChange, PriceView } from "../price-schemas.ts";

const tags = ["prices"];

const params = z.object({
  id: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .meta({ examples: [1] }),
});

const listRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/prices",
    tags,
    summary: "Prices, the first that were added first",
    request: {
      query: z.object({
        sku: Sku.optional(),
        list: list.optional(),
        currency: currency.optional(),
        at: Instant.optional().meta({ description: "Those that hold then.", examples: ["2026-11-23T09:30:00Z"] }),
        limit: Limit,
        cursor: cursorParam(
          z.tuple([
            z
              .int()
              .min(0)
              .max(2 ** 31 - 1),
          ]),
        ),
      }),
    },
    responses: {
      200: json("A page of prices", pageOf(PriceView)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

const oneRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/prices/{id}",
    tags,
    summary: "One price",
    request: { params, headers: conditional },
    responses: {
      200: json("The price, with an ETag", PriceView),
      304: { description: "It is what the caller has" },
      ...problemResponses("price.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

const createPriceRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "post",
    path: "/prices",
    tags,
    summary: "Adds a price; the one before it, where it has no end, ends where this one begins",
    request: { headers: idempotent, body: body(NewPrice) },
    responses: {
      201: json("The new price", PriceView),
      ...problemResponses(
        "item.unknown",
        "price.overlaps",
        "idempotency.reused",
        "request.invalid",
        "stock.unavailable",
      ),
    },
  },
);

const changePriceRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "patch",
    path: "/prices/{id}",
    tags,
    summary: "Changes what a price is, or ends it",
    request: { params, headers: expected, body: body(PriceChange) },
    responses: {
      200: json("The price as it is now, with an ETag", PriceView),
      ...problemResponses("price.unknown", "price.overlaps", "item.changed", "request.invalid", "stock.unavailable"),
    },
  },
);

/** The prices that items have, one by one. */
export function priceRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const rows = await readPrices(pool, { ...filter, after: cursor?.[0] ?? 0, limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const price = await readPrice(pool, c.req.valid("param").id);
      if (!price.ok) return answerProblem(c, price.problem);
      const etag = etagOf(JSON.stringify(price.value));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(price.value, 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(createPriceRoute, async c => {
      const price = c.req.valid("json");
      const added = await once({
        pool,
        route: "POST /v1/prices",
        key: c.req.valid("header")["idempotency-key"],
        request: price,
        schema: PriceView,
        work: async client => {
          const done = await put(client, price, { actor: callerOf(c), known: undefined });
          return done.ok ? ok({ answer: done.value }) : done;
        },
      });
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(added.value, 201, { location: `/v1/prices/${added.value.id}` });
    })
    .openapi(changePriceRoute, async c => {
      const given = c.req.valid("json");
      const changed = await refusable(pool, async client => {
        await lockCatalogue(client);
        const known = await readPrice(client, c.req.valid("param").id);
        if (!known.ok) return known;
        if (!isExpected(c, etagOf(JSON.stringify(known.value)))) return changedMeanwhile(known.value.id);
        const { id: _, ...price } = known.value;
        const { amount: newAmount = price.amount, valid_until: newEnd = price.valid_until } = given;
        const now = { ...price, amount: newAmount, valid_until: newEnd };
        return put(client, now, { actor: callerOf(c), known: known.value });
      });
      if (!changed.ok) return answerProblem(c, changed.problem);
      return c.json(changed.value, 200, { etag: etagOf(JSON.stringify(changed.value)) });
    });
}

async function readPrice(db: Pool | Client, id: number): Promise<Result<KnownPrice>> {
  const [price] = await readPrices(db, { id, after: 0, limit: 1 });
  return price === undefined ? refuse("price.unknown", `There is no price ${id}.`, { at: "path.id" }) : ok(price);
}

/** Writes one price, and gives it as it is then. To add one that begins when another does is refused. */
async function put(
  client: Client,
  price: Price,
  { actor, known }: { readonly actor: string; readonly known: KnownPrice | undefined },
): Promise<Result<KnownPrice>> {
  const { faults, outcomes, written } = await changePrices(client, [price], { actor, at: "body" });
  const [fault] = faults;
  if (fault !== undefined) return { ok: false, problem: fault.problem };
  const now = written.find(each => isSamePrice(each, price)) ?? known;
  if (now !== undefined && (known !== undefined || outcomes[0] === "added")) return ok(now);
  const detail = `${price.sku} has a price that begins then; change that one.`;
  return refuse("price.overlaps", detail, { at: "body.valid_from" });
}

function isSamePrice(a: Price, b: Price): boolean {
  return a.customer_group === b.customer_group && a.quantity_from === b.quantity_from && a.valid_from === b.valid_from;
}

function changedMeanwhile(id: number): Result<never> {
  const detail = `The price ${id} has changed since the version that if-match names; read it again and decide anew.`;
  return refuse("item.changed", detail, { at: "header.if-match" });
}
