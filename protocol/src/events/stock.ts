import { z } from "zod";
import { type EventType, eventFields, levelQuantities } from "./fields.ts";

const { site, place, sku, quantity, date } = eventFields;

export const stockEvents = {
  "stock.changed": {
    summary:
      "An item's levels at a site are others than were told before: the site's totals, and the places whose level changed. Changes that follow each other closely are told as one.",
    data: z.object({
      sku,
      site,
      ...levelQuantities,
      places: z
        .array(z.object({ place, ...levelQuantities }))
        .meta({ description: "The places whose level changed, each as it is now. Outsides are left out." }),
    }),
  },
  "stock.below_reorder_point": {
    summary: "What is available of an item at a site has fallen to its reorder point or below it.",
    data: z.object({
      sku,
      site,
      place: place.nullable().meta({ description: "Where the point is of one place, with what stands in it." }),
      available: z.int(),
      reorder_point: quantity,
      order_quantity: quantity.nullable().meta({ description: "How much is usually ordered then." }),
    }),
  },
  "lot.expiring": {
    summary: "A lot of which something is on hand reaches its expiry date soon, or has reached it.",
    data: z.object({ sku, site, lot: z.string(), expires_on: date, on_hand: quantity }),
  },
} as const satisfies Record<string, EventType>;
