import { z } from "zod";
import { messageDeviceFields, readPoints } from "../config-parts.ts";
import type { MessageDriver } from "../driver.ts";
import { parseDockside } from "./parse.ts";

export const DocksideConfig = z
  .strictObject({
    ...messageDeviceFields,
    driver: z.literal("dockside"),
    ports: z
      .array(z.string().regex(/^[A-Z]$/))
      .min(1)
      .max(8)
      .default(["A", "B"])
      .meta({ description: "Letters of the reader's antenna ports; the first is antenna 1." }),
    read_points: readPoints,
  })
  .meta({ title: "dockside", description: "Dockside gate readers over MQTT." });
export type DocksideConfig = z.infer<typeof DocksideConfig>;

export const dockside: MessageDriver<DocksideConfig> = {
  name: "dockside",
  title: "Dockside gate reader",
  transport: "mqtt",
  countsReadings: false,
  config: DocksideConfig,
  openParser:
    ({ ports }) =>
    (payload, context) =>
      parseDockside(payload, context, ports),
  readPoints: config => config.read_points,
};
