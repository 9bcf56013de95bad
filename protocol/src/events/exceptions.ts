import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const exception = z.object({
  id: z.int(),
  site: eventFields.site.nullish(),
  problem: z.string().meta({ description: "A problem code.", examples: ["movement.code_unknown"] }),
  key: z.string().meta({ description: "What it is about, such as the code that no item has." }),
  detail: z.string(),
});

export const exceptionEvents = {
  "exception.opened": { summary: "Something waits for a person.", data: exception },
  "exception.resolved": { summary: "What waited for a person was resolved, by one or by itself.", data: exception },
} as const satisfies Record<string, EventType>;
