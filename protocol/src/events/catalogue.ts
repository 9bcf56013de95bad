import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const { sku, site, place } = eventFields;

const item = z.object({
  sku,
  name: z.string(),
  uom: z.string().meta({ description: "UN/ECE Recommendation 20.", examples: ["H87"] }),
  gtins: z.array(z.string()),
  codes: z.array(z.string()),
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
