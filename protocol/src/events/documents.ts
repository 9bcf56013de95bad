import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const { id, site, sku, time } = eventFields;

const line = z.object({ line: z.int().min(1), sku, quantity: z.int() });

const document = z.object({
  id,
  number: z.string(),
  site,
  to_site: site.nullish(),
  state: z.string(),
  partner: z.string().nullish(),
  reference: z.string().nullish(),
  due_at: time.nullish(),
  lines: z.array(line).optional(),
});

export const documentEvents = {
  "order.placed": { summary: "A sales order was placed.", data: document },
} as const satisfies Record<string, EventType>;
