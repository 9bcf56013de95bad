import { z } from "zod";
import { messageDeviceFields, missingFaults, readPoints } from "../config-parts.ts";
import type { MessageDriver } from "../driver.ts";
import { jsonParser } from "./parse.ts";

const path = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: "Names and list positions, separated by dots.", example: "tag.epc" });

/** What a message looks like when nothing is said: `{"epc_hex":"3034…","antenna":1,"rssi_dbm":-61,"time":"2026-09-07T12:50:36.194Z"}`. */
const plainFields = {
  epc_hex: "epc_hex",
  scan: "scan",
  tid_hex: "tid_hex",
  antenna: "antenna",
  rssi_dbm: "rssi_dbm",
  read_count: "read_count",
  frequency_mhz: "frequency_mhz",
  phase_deg: "phase_deg",
  sequence: "sequence",
  time: "time",
} as const;

/** Which value of what a device sends is which field of a reading; `name` is how a value is named there. */
export function readingFields(name: z.ZodString) {
  return z
    .strictObject({
      epc_hex: name.optional().meta({ description: "The EPC, hexadecimal." }),
      scan: name.optional().meta({ description: "What a barcode scanner read." }),
      tid_hex: name.optional(),
      antenna: name.optional().meta({ description: "From 1." }),
      rssi_dbm: name.optional(),
      read_count: name.optional(),
      frequency_mhz: name.optional(),
      phase_deg: name.optional(),
      sequence: name.optional().meta({ description: "The device's own counter." }),
      time: name.optional(),
    })
    .refine(fields => fields.epc_hex !== undefined || fields.scan !== undefined, "name epc_hex, scan or both");
}

export const JsonConfig = z
  .strictObject({
    ...messageDeviceFields,
    driver: z.literal("json"),
    items: path
      .optional()
      .meta({ description: "Where the list of readings is. Absent: the message is a list, or one." }),
    fields: readingFields(path).default(plainFields).meta({
      description: "Which value is what. Absent: the names of the plain format. A field not named is not read.",
    }),
    time_unit: z
      .enum(["rfc3339", "s", "ms", "us"])
      .default("rfc3339")
      .meta({ description: "How `time` is written: RFC 3339 text, or a number since 1970 UTC." }),
    read_points: readPoints,
  })
  .meta({ title: "json", description: "Any device or gateway that publishes readings as JSON over MQTT." });
export type JsonConfig = z.infer<typeof JsonConfig>;

export const json: MessageDriver<JsonConfig> = {
  name: "json",
  title: "Plain JSON with a field mapping",
  transport: "mqtt",
  countsReadings: false,
  config: JsonConfig,
  openParser: jsonParser,
  readPoints: config => config.read_points,
  faults: ({ read_points, fields }) =>
    missingFaults(read_points, {
      antenna: fields.antenna !== undefined,
      rssi: fields.rssi_dbm !== undefined,
      because: "fields does not name it",
    }),
};
