import { z } from "zod";
import type { TimeMs } from "../ids.ts";

/** The version of the event types: a part of each type's name. Within it fields are only added. */
export const eventVersion = 1;

/** An event's number as CloudEvents' `sequence` has it: with leading zeros, so that texts are ordered as numbers are. */
export function sequenceText(seq: number): string {
  return String(seq).padStart(20, "0");
}

/** The name of a type in CloudEvents: `order.placed` is `io.tallygate.order.placed.v1`. */
export function cloudEventType(type: string): string {
  return `io.tallygate.${type}.v${eventVersion}`;
}

/** Where the schema of a type's `data` is named. */
export function dataSchemaOf(type: string): string {
  return `https://tallygate.dev/schema/${eventVersion}/events/${type}.json`;
}

/**
 * An event as other systems get it, over NATS, webhooks and HTTP alike: CloudEvents 1.0 in structured JSON, with its extensions
 * `sequence` and, of our own, `site` and `recordedtime`.
 */
export const CloudEvent = z
  .object({
    specversion: z.literal("1.0"),
    id: z.uuid().meta({ description: "The same at each repeat: whoever has seen it drops the event." }),
    source: z.string().min(1).meta({ description: "This Tallygate, as `events.source` names it." }),
    type: z
      .string()
      .regex(/^io\.tallygate\.[a-z_]+\.[a-z_]+\.v\d+$/)
      .meta({ examples: ["io.tallygate.order.placed.v1"] }),
    subject: z.string().meta({ description: "The address of what it is about. Events of one subject are in order." }),
    time: z.iso.datetime().meta({ description: "When it happened." }),
    recordedtime: z.iso.datetime().meta({ description: "When it got its number." }),
    sequence: z
      .string()
      .regex(/^\d{20}$/)
      .meta({ description: "1, 2, 3 … without a gap, in the order of the commits; ordered as text too." }),
    site: z.string().optional().meta({ description: "The site, where it is about one." }),
    datacontenttype: z.literal("application/json"),
    dataschema: z.string().meta({ description: "Names the JSON Schema of `data`." }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ title: "CloudEvent" });
export type CloudEvent = z.infer<typeof CloudEvent>;

/** An event as the log has it. */
export interface LoggedEvent {
  readonly seq: number;
  readonly id: string;
  /** As `order.placed`. */
  readonly type: string;
  readonly key: string;
  readonly site: string | null;
  readonly timeMs: z.infer<typeof TimeMs>;
  readonly recordedMs: z.infer<typeof TimeMs>;
  readonly data: Record<string, unknown>;
}

/** An event whose data are JSON already. */
export interface EventText extends Omit<LoggedEvent, "data"> {
  readonly data: string;
}

export function toCloudEvent(event: LoggedEvent, source: string): CloudEvent {
  return { ...envelopeOf(event, source), data: event.data };
}

/** The JSON of {@link toCloudEvent}, without reading and writing the data once more. */
export function cloudEventText(event: EventText, source: string): string {
  return `${JSON.stringify(envelopeOf(event, source)).slice(0, -1)},"data":${event.data}}`;
}

function envelopeOf(event: Omit<LoggedEvent, "data">, source: string): Omit<CloudEvent, "data"> {
  return {
    specversion: "1.0",
    id: event.id,
    source,
    type: cloudEventType(event.type),
    subject: event.key,
    time: new Date(event.timeMs).toISOString(),
    recordedtime: new Date(event.recordedMs).toISOString(),
    sequence: sequenceText(event.seq),
    ...(event.site === null ? {} : { site: event.site }),
    datacontenttype: "application/json",
    dataschema: dataSchemaOf(event.type),
  };
}
