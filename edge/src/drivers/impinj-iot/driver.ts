import { z } from "zod";
import { messageDeviceFields, readPoints } from "../config-parts.ts";
import type { MessageDriver } from "../driver.ts";
import { parseImpinj } from "./parse.ts";

const text = z.string().min(1).max(200);

export const ImpinjConfig = z
  .strictObject({
    ...messageDeviceFields,
    driver: z.literal("impinj-iot"),
    texts: z
      .strictObject({
        connected: text.default("connected"),
        disconnected: text.default("disconnected"),
        lost: text.default("connection lost"),
      })
      .prefault({})
      .meta({
        description: "The plain texts that the reader publishes to its will topic, if they were changed on it.",
      }),
    read_points: readPoints,
  })
  .meta({ title: "impinj-iot", description: "Impinj R700 and R720 with the IoT device interface over MQTT." });
export type ImpinjConfig = z.infer<typeof ImpinjConfig>;

/** Antenna and signal strength are on by default and told by no setting here, so a rule that needs them is no fault. */
export const impinjIot: MessageDriver<ImpinjConfig> = {
  name: "impinj-iot",
  title: "Impinj IoT device interface",
  transport: "mqtt",
  countsReadings: false,
  config: ImpinjConfig,
  openParser:
    ({ texts }) =>
    (payload, context) =>
      parseImpinj(payload, context, texts),
  readPoints: config => config.read_points,
};
