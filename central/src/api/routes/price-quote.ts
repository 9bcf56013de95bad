import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, ok, refuse, Sku } from "@tallygate/protocol";
import { exponentOf } from "../../catalogue/prices/currency.ts";
import type { Quote } from "../../catalogue/prices/pricing.ts";
import { readCandidates } from "../../db/catalogue/prices.ts";
import { guardedRoute } from "../access.ts";
import { fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import type { ApiParts } from "../parts.ts";
import { currency, list, priceName } from "../price-schemas.ts";

const tags = ["prices"];

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
        customer_group: priceName.optional().meta({ description: "Who asks.", examples: ["wholesale"] }),
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

/** What an item costs a caller at a moment, by the engine that the configuration names. Mounted before the routes of one price. */
export function priceQuoteRoutes({ pool, pricing }: ApiParts) {
  return new OpenAPIHono().openapi(quoteRoute, async c => {
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
    return told.ok ? c.json({ ...asked, quantity, exponent, at, ...told.value }, 200) : answerProblem(c, told.problem);
  });
}

/** What the whole quantity costs. */
function total({ engine, answer: { unit_amount, price_id, why } }: Quote, quantity: number) {
  const amount = unit_amount * quantity;
  if (Number.isSafeInteger(amount)) return ok({ unit_amount, amount, engine, why, price_id });
  return refuse("request.invalid", `${quantity} units cost more than can be told in one number; ask for fewer.`, {
    at: "query.quantity",
  });
}
