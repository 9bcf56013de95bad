import { z } from "@tallygate/kit";
import { limits, Sku } from "@tallygate/protocol";
import { exponentOf } from "../catalogue/prices/currency.ts";
import { fields } from "./fields.ts";
import { Instant } from "./instant.ts";

export const priceName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use 1 to 64 of a–z, 0–9, - and _");
export const list = priceName.meta({ description: "The price list.", examples: ["standard"] });
export const currency = z
  .string()
  .refine(code => exponentOf(code) !== undefined, "use a currency of ISO 4217, such as EUR")
  .meta({ description: "ISO 4217.", examples: ["EUR"] });
const group = priceName.nullable().meta({ description: "Whom it is for; null for everyone.", examples: [null] });
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

export const PriceView = z
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

export const NewPrice = z
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

export const PriceChange = z
  .strictObject({ amount: amount.optional(), valid_until: until.optional() })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("PriceChange");
