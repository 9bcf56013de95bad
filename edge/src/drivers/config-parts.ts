import { DeviceId } from "@tallygate/protocol";
import { z } from "zod";
import { ReadPointConfig } from "../core/types.ts";
import { isObject } from "./json-message.ts";

const Topic = z.string().min(1).max(512);
const topicPattern = /^[^#+\0$][^#+\0]*$/;

/** What the configuration of every device that sends messages has, however it sends them. */
export const senderFields = {
  id: DeviceId,
  user: z.string().min(1).max(128).optional().meta({
    description: "The user of mqtt.users or readers.users that may send for it, besides those that name it.",
  }),
  silent_s: z.number().min(1).max(31_536_000).optional().meta({
    description: "Not heard for so long is an alarm. Absent: learned from how often it is heard.",
  }),
};

/** What the configuration of every device that publishes over MQTT or posts over HTTP has. A driver adds its own fields. */
export const messageDeviceFields = {
  ...senderFields,
  http: z
    .boolean()
    .default(false)
    .meta({ description: "It posts to /readers/ID/events of the listener that readers.listen names." }),
  topic: z
    .union([Topic, z.array(Topic).min(1).max(16)])
    .optional()
    .refine(
      topic => topicsOf({ topic }).every(each => topicPattern.test(each)),
      "is no topic of a device: it may hold no wildcard # or +, and not begin with $",
    )
    .meta({
      description: "The topic that the device publishes to, or several. Tags and management events may share one.",
      example: "lyon/dock-1/tags",
    }),
  reply_topic: Topic.regex(
    topicPattern,
    "is no topic to publish to: it may hold no wildcard # or +, and not begin with $",
  )
    .optional()
    .meta({
      description:
        "Where what became of each scan is published, as JSON of QoS 0: for a scanner with a display. See docs/scanner-commands.md.",
      example: "lyon/cart-3/answer",
    }),
};

/** The topics of a device, however many its configuration names. */
export function topicsOf(config: { readonly topic?: string | readonly string[] | undefined }): readonly string[] {
  if (config.topic === undefined) return [];
  return typeof config.topic === "string" ? [config.topic] : config.topic;
}

/** A read point as it stands in the file of a reader: at a gate, where presence is judged, unless it says otherwise. */
const GateReadPoint = z.preprocess(value => (isObject(value) ? { mode: "gate", ...value } : value), ReadPointConfig);

/** The read points of a reader. Antennas may be named once each, and one read point may leave them out. */
export const readPoints = z
  .array(GateReadPoint)
  .min(1)
  .max(64)
  .superRefine((points, context) => {
    const seen = new Set<number>();
    let catchAll = false;
    for (const [index, point] of points.entries()) {
      if (point.antennas === undefined) {
        if (catchAll) {
          context.addIssue({
            code: "custom",
            path: [index],
            message: "another read point takes all other antennas already",
          });
        }
        catchAll = true;
      }
      for (const antenna of point.antennas ?? []) {
        if (seen.has(antenna)) {
          const message = `antenna ${antenna} belongs to another read point of this device already`;
          context.addIssue({ code: "custom", path: [index, "antennas"], message });
        }
        seen.add(antenna);
      }
    }
  })
  .meta({ description: "What the device's antennas hear: a place, and what being heard there means." });

/** What a device sends with a tag only in some of its settings. */
export interface Sends {
  readonly antenna: boolean;
  readonly rssi: boolean;
  /** Why not, for the fault's text: `reader_mode SIMPLE`. */
  readonly because: string;
}

/** Rules that need what the device does not send would never fire; that is a fault of the configuration. */
export function missingFaults(points: readonly ReadPointConfig[], sends: Sends) {
  const faults: { path: (string | number)[]; message: string }[] = [];
  for (const [index, point] of points.entries()) {
    if (point.antennas !== undefined && !sends.antenna) {
      const message = `this read point needs the antenna, which the device does not send: ${sends.because}`;
      faults.push({ path: ["read_points", index, "antennas"], message });
    }
    if (point.min_rssi_dbm !== undefined && !sends.rssi) {
      const message = `this read point needs the signal strength, which the device does not send: ${sends.because}`;
      faults.push({ path: ["read_points", index, "min_rssi_dbm"], message });
    }
  }
  return faults;
}
