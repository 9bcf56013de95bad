import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, ok, type Result, refuse, Sku } from "@tallygate/protocol";
import { stringify } from "csv-stringify/sync";
import { importablePrices, priceCells, priceColumns, priceLine } from "../../catalogue/import/prices.ts";
import { catalogueLimits } from "../../catalogue/limits.ts";
import { changePrices } from "../../catalogue/prices/change-prices.ts";
import { exponentOf } from "../../catalogue/prices/currency.ts";
import type { KnownPrice, Price } from "../../catalogue/prices/price.ts";
import type { Quote } from "../../catalogue/prices/pricing.ts";
import { readCandidates, readPrices } from "../../db/catalogue/prices.ts";
import { lockCatalogue } from "../../db/catalogue/write-items.ts";
import type { Client, Pool } from "../../db/pool.ts";
import { callerOf, guardedRoute } from "../access.ts";
import { ExportQuery, exported, ImportQuery, ImportReport, importBody, importLines, streamed } from "../bulk.ts";
import { etagOf, expected, isExpected, isKnown } from "../etag.ts";
import { body, conditional, fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["prices"];

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use 1 to 64 of a–z, 0–9, - and _");
const list = name.meta({ description: "The price list.", examples: ["standard"] });
const currency = z
  .string()
  .refine(code => exponentOf(code) !== undefined, "use a currency of ISO 4217, such as EUR")
  .meta({ description: "ISO 4217.", examples: ["EUR"] });
const group = name.nullable().meta({ description: "Whom it is for; null for everyone.", examples: [null] });
const quantityFrom = z
  .int()
  .min(1)
  .max(limits.quantityMax)
  .meta({ description: "From how many units on it holds.", examples: [1] });
const amount = z
  .int()
  .min(0)
  .max(1_000_000_000_000)
  .meta({ description: "Of one unit, in the currency's minor unit: 249 is 2.49 EUR, and 249 JPY.", examples: [249] });
const from = Instant.nullable().meta({
  description: "From then on; null: always before.",
  examples: ["2026-01-01T00:00:00Z"],
});
const until = Instant.nullable().meta({
  description: "Up to then, and not at that moment any more; null: without an end.",
  examples: [null],
});

const PriceView = z
  .object({
    id: z.int(),
    sku: fields.sku,
    list: z.string(),
    currency: z.string(),
    customer_group: z.string().nullable(),
    quantity_from: z.int(),
    amount: z.int(),
    valid_from: fields.time.nullable(),
    valid_until: fields.time.nullable(),
  })
  .openapi("Price");

const NewPrice = z
  .strictObject({
    sku: Sku,
    list,
    currency,
    customer_group: group.default(null),
    quantity_from: quantityFrom.default(1),
    amount,
    valid_from: from.default(null),
    valid_until: until.default(null),
  })
  .openapi("NewPrice");

const PriceChange = z
  .strictObject({ amount: amount.optional(), valid_until: until.optional() })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("PriceChange");

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

const quoteRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/prices/quote",
    tags,
    summary: "What so many units cost, and why",
    request: {
      query: z.object({
        sku: Sku,
        quantity: z.coerce
          .number<string>()
          .int()
          .min(1)
          .max(limits.quantityMax)
          .default(1)
          .meta({ examples: [12] }),
        list,
        currency,
        customer_group: name.optional().meta({ description: "Who asks.", examples: ["wholesale"] }),
        at: Instant.optional().meta({ description: "Without it, now.", examples: ["2026-11-23T09:30:00Z"] }),
      }),
    },
    responses: {
      200: json(
        "The price",
        z
          .object({
            sku: fields.sku,
            quantity: z.int(),
            list: z.string(),
            currency: z.string(),
            exponent: z.int().meta({ description: "Digits of the currency's minor unit." }),
            at: fields.time,
            unit_amount: z.int().meta({ description: "Of one unit, in the currency's minor unit." }),
            amount: z.int().meta({ description: "Of the quantity." }),
            engine: z.string().meta({ description: "Which pricing engine says so; `default` is the built-in one." }),
            why: z.string(),
            price_id: z.int().nullable(),
          })
          .openapi("Quote"),
      ),
      ...problemResponses("price.none", "price.unavailable", "item.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

const importRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "post",
    path: "/prices/import",
    tags,
    summary: "Adds and changes many prices, as CSV or JSON lines",
    request: {
      headers: idempotent,
      query: ImportQuery,
      body: importBody(
        '{"sku":"OAT-500","list":"import","currency":"EUR","amount":229}\n',
        "sku,list,currency,amount\nOAT-500,import,EUR,229\n",
      ),
    },
    responses: {
      200: json("What became of the lines", ImportReport),
      ...problemResponses(
        "import.faults",
        "request.too_large",
        "idempotency.reused",
        "request.invalid",
        "stock.unavailable",
      ),
    },
  },
);

const exportRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/prices/export",
    tags,
    summary: "All prices as CSV or JSON lines; imported again, they change nothing",
    request: { query: ExportQuery },
    responses: { 200: exported("All prices"), ...problemResponses("request.invalid", "stock.unavailable") },
  },
);

/** What items cost, and what of that holds when. */
export function priceRoutes({ pool, relay, pricing }: ApiParts) {
  return new OpenAPIHono()
    .openapi(quoteRoute, async c => {
      const {
        quantity,
        customer_group = null,
        at = `${new Date().toISOString().slice(0, -1)}000Z`,
        ...asked
      } = c.req.valid("query");
      const prices = await readCandidates(pool, { ...asked, customer_group, at });
      if (prices === undefined) {
        return answerProblem(c, { code: "item.unknown", detail: `No item has the SKU ${asked.sku}.`, at: "query.sku" });
      }
      const exponent = exponentOf(asked.currency) ?? 2;
      const quote = await pricing.quote({ ...asked, quantity, customer_group, at, exponent, prices });
      const told = quote.ok ? total(quote.value, quantity) : quote;
      return told.ok
        ? c.json({ ...asked, quantity, exponent, at, ...told.value }, 200)
        : answerProblem(c, told.problem);
    })
    .openapi(importRoute, async c => {
      const importable = importablePrices(NewPrice, callerOf(c));
      const done = await importLines(c, {
        pool,
        relay,
        importable,
        columns: priceColumns,
        route: "POST /v1/prices/import",
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(exportRoute, c => {
      const { format } = c.req.valid("query");
      return streamed(format, "prices", pagesOf(pool, format));
    })
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

/** What the whole quantity costs. */
function total({ engine, answer: { unit_amount, price_id, why } }: Quote, quantity: number) {
  const amount = unit_amount * quantity;
  if (Number.isSafeInteger(amount)) return ok({ unit_amount, amount, engine, why, price_id });
  return refuse("request.invalid", `${quantity} units cost more than can be told in one number; ask for fewer.`, {
    at: "query.quantity",
  });
}

async function* pagesOf(pool: Pool, format: "jsonl" | "csv"): AsyncGenerator<string> {
  if (format === "csv") yield stringify([Object.keys(priceColumns)]);
  for (let after = 0; ; ) {
    const prices = await readPrices(pool, { after, limit: catalogueLimits.exportPageRows });
    const last = prices.at(-1);
    if (last === undefined) return;
    if (format === "csv") yield stringify(prices.map(price => [...priceCells(price)]));
    else yield prices.map(price => `${JSON.stringify(priceLine(price))}\n`).join("");
    after = last.id;
  }
}
