import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const exception = z.object({
  id: z.int(),
  site: eventFields.site.nullish(),
  problem: z.string().meta({ description: "A problem code.", examples: ["movement.code_unknown"] }),
  key: z.string().meta({ description: "What it is about, such as the code that no item has." }),
  detail: z.string(),
});

const resolved = exception.extend({
  resolution: z
    .string()
    .optional()
    .meta({ description: "What a person decided; absent when it ended by itself.", examples: ["bind"] }),
  by: z
    .string()
    .optional()
    .meta({ description: "Who decided.", examples: ["person:maria"] }),
});

export const exceptionEvents = {
  "exception.opened": { summary: "Something waits for a person.", data: exception },
  "exception.resolved": { summary: "What waited for a person was resolved, by one or by itself.", data: resolved },
} as const satisfies Record<string, EventType>;
