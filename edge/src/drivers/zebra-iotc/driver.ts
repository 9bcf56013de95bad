import { z } from "zod";
import { messageDeviceFields, missingFaults, readPoints } from "../config-parts.ts";
import type { MessageDriver } from "../driver.ts";
import { parseZebra } from "./parse.ts";

export const ZebraConfig = z
  .strictObject({
    ...messageDeviceFields,
    driver: z.literal("zebra-iotc"),
    reader_mode: z.enum(["SIMPLE", "INVENTORY", "PORTAL", "CONVEYOR", "CUSTOM", "DIRECTIONALITY"]).optional().meta({
      description: "The operating mode set on the reader. When given, rules are checked against what it sends.",
    }),
    tag_metadata: z
      .array(z.enum(["ANTENNA", "RSSI", "PHASE", "CHANNEL", "SEEN_COUNT", "PC", "CRC", "TID", "USER", "XPC"]))
      .max(10)
      .default([])
      .meta({ description: "What the reader was told to send beyond its mode's default content." }),
    read_points: readPoints,
  })
  .meta({
    title: "zebra-iotc",
    description: "Zebra fixed readers (FX7500, FX9600, FXR90, ATR7000) and handhelds with IoT Connector over MQTT.",
  });
export type ZebraConfig = z.infer<typeof ZebraConfig>;

export const zebraIotc: MessageDriver<ZebraConfig> = {
  name: "zebra-iotc",
  title: "Zebra IoT Connector",
  transport: "mqtt",
  countsReadings: true,
  config: ZebraConfig,
  openParser: () => parseZebra,
  readPoints: config => config.read_points,
  faults: config => missingFaults(config.read_points, sends(config)),
};

/** Each mode's default content; what the mode does not say stays undecided and is no fault. */
function sends({ reader_mode, tag_metadata }: ZebraConfig) {
  const antennaModes = ["CONVEYOR", "INVENTORY", "PORTAL", "DIRECTIONALITY", undefined];
  const rssiModes = ["INVENTORY", "PORTAL", "DIRECTIONALITY", undefined];
  return {
    antenna: antennaModes.includes(reader_mode) || tag_metadata.includes("ANTENNA"),
    rssi: rssiModes.includes(reader_mode) || tag_metadata.includes("RSSI"),
    because: `reader_mode ${reader_mode} sends it only when tag_metadata names it`,
  };
}
