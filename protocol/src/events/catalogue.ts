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
    summary: "An item has a new price, or one that is another than before.",
    data: z.object({
      id: z.int(),
      sku,
      list: z.string().meta({ description: "The price list." }),
      currency: z.string().meta({ description: "ISO 4217.", examples: ["EUR"] }),
      customer_group: z.string().nullable().meta({ description: "Null: for everyone." }),
      quantity_from: z.int().meta({ description: "From which quantity on." }),
      amount: z.int().meta({ description: "Of one unit, in the currency's minor unit.", examples: [249] }),
      valid_from: z.string().nullable().meta({ description: "Null: always before `valid_until`." }),
      valid_until: z.string().nullable().meta({ description: "Null: without an end." }),
    }),
    everywhere: true,
  },
  "place.changed": {
    summary: "A place of a site is new, or another than before.",
    data: z.object({
      site,
      place,
      name: z.string().nullable(),
      kind: z.string(),
      parent: z.string().nullable().meta({ description: "The place that it stands in." }),
      gln: z.string().nullable(),
      gln_extension: z.string().nullable(),
      available: z.boolean().meta({ description: "Whether what is there may be promised." }),
      read_points: z.array(z.object({ read_point: z.string(), biz_step: z.string().nullable() })),
    }),
  },
} as const satisfies Record<string, EventType>;
