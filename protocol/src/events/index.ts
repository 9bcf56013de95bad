import { z } from "zod";
import { catalogueEvents } from "./catalogue.ts";
import { countEvents } from "./counts.ts";
import { documentEvents } from "./documents.ts";
import { CloudEvent, dataSchemaOf } from "./event.ts";
import { exceptionEvents } from "./exceptions.ts";
import type { EventType } from "./fields.ts";
import { reservationEvents } from "./reservations.ts";
import { stockEvents } from "./stock.ts";

export * from "./event.ts";
export type { EventType } from "./fields.ts";

/** THE list of event types. An area is one file and one line here; schemas, documents and the emitter's check derive from it. */
export const eventTypes: Readonly<Record<string, EventType>> = {
  ...stockEvents,
  ...catalogueEvents,
  ...reservationEvents,
  ...documentEvents,
  ...countEvents,
  ...exceptionEvents,
};

/** JSON Schemas of the `data` of each type, and of the envelope, by their path in `protocol/schema/`. */
export function eventSchemas(): Record<string, object> {
  const envelope = {
    $id: "https://tallygate.dev/schema/1/events/CloudEvent.json",
    ...z.toJSONSchema(CloudEvent, { io: "input" }),
  };
  const types = Object.entries(eventTypes).map(([type, { summary, data }]) => [
    `events/${type}`,
    { $id: dataSchemaOf(type), title: type, description: summary, ...z.toJSONSchema(data, { io: "input" }) },
  ]);
  return { "events/CloudEvent": envelope, ...Object.fromEntries(types) };
}
