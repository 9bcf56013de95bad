import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const { sku, site, place } = eventFields;

const codes = {
  gtins: z.array(z.string()).meta({ description: "With 14 digits." }),
  codes: z.array(z.string()).meta({ description: "Further class keys: what all things of the class share." }),
};

const item = z.object({
  sku,
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(["draft", "active", "discontinued"]),
  tracking: z.enum(["none", "lot", "serial"]),
  uom: z.string().meta({ description: "UN/ECE Recommendation 20.", examples: ["H87"] }),
  family: z.string().nullable().meta({ description: "The SKU of the family whose variant it is." }),
  variant_by: z.array(z.string()).nullable().meta({ description: "Of a family: in what its variants differ." }),
  attributes: z.record(z.string(), z.string()),
  ...codes,
  packs: z.array(
    z.object({
      pack: z.string(),
      contains: z.int(),
      of: z.string().nullable(),
      units: z.int().meta({ description: "How many units of the item that makes." }),
      ...codes,
    }),
  ),
  party_codes: z.array(z.object({ party: z.string(), code: z.string() })),
});

export const catalogueEvents = {
  "item.added": { summary: "The catalogue has a new item.", data: item, everywhere: true },
  "item.changed": { summary: "An item of the catalogue is another than before.", data: item, everywhere: true },
  "price.changed": {
    summary: "An item has another price, now or from a time on.",
    data: z.object({ sku, currency: z.string().optional(), amount: z.unknown().optional() }),
    everywhere: true,
  },
  "place.changed": {
    summary: "A place of a site is new, or another than before.",
    data: z.object({ site, place }),
  },
} as const satisfies Record<string, EventType>;
