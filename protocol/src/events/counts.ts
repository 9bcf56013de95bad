import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const count = z.object({
  id: eventFields.id,
  site: eventFields.site,
  kind: z.enum(["full", "cycle"]),
  state: z.string(),
  name: z.string().nullable(),
  blind: z.boolean().meta({ description: "Whether those who count are not shown what should be there." }),
  actor: z.string().nullish().meta({ description: "Who did it; null where it followed by itself." }),
  remark: z.string().nullish(),
  places: z.int().optional().meta({ description: "How many places are to be counted." }),
  lines: z.int().optional().meta({ description: "How many lines are to be counted once more, or were posted." }),
  right: z.int().optional().meta({ description: "How many of the posted lines were as the ledger had them." }),
  units_found: eventFields.quantity.optional(),
  units_lost: eventFields.quantity.optional(),
});

/** What was found is in the levels, once a count is posted; what should be there is in no event. */
export const countEvents = {
  "count.planned": { summary: "A count is planned.", data: count },
  "count.started": { summary: "Counting has begun.", data: count },
  "count.submitted": { summary: "All is counted; the variance may wait for approval.", data: count },
  "count.recounted": { summary: "Lines or places are to be counted once more.", data: count },
  "count.approved": { summary: "A count was approved.", data: count },
  "count.rejected": { summary: "A count is not believed.", data: count },
  "count.posted": { summary: "Stock agrees with the count.", data: count },
  "count.differs": {
    summary: "A movement that came late changed what was expected by more than the limit.",
    data: count,
  },
  "count.cancelled": { summary: "A count was given up.", data: count },
} as const satisfies Record<string, EventType>;
