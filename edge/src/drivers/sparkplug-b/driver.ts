import { z } from "zod";
import { missingFaults, readPoints, senderFields } from "../config-parts.ts";
import type { MessageDriver } from "../driver.ts";
import { readingFields } from "../json/driver.ts";
import { sparkplugParser } from "./parse.ts";
import { parseTopic, topicFilters } from "./topics.ts";

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^+/#\0]+$/, "may hold no /, + or #");

const metric = z.string().min(1).max(500);

export const SparkplugConfig = z
  .strictObject({
    ...senderFields,
    driver: z.literal("sparkplug-b"),
    group: name.meta({ description: "The group of the edge node, the second level of its topics." }),
    node: name.meta({ description: "The edge node, the fourth level of its topics." }),
    devices: z
      .array(
        z.strictObject({
          name,
          antenna: z.int().min(1).max(1024).optional().meta({ description: "The antenna that its readings count as." }),
        }),
      )
      .min(1)
      .max(64)
      .optional()
      .meta({ description: "Devices of the node that are read, by the last level of their topics. Absent: all." }),
    table: metric.optional().meta({
      description: "A metric that is a data set with a row per reading; `fields` then names its columns.",
    }),
    fields: readingFields(metric).default({ epc_hex: "EPC", antenna: "Antenna", rssi_dbm: "RSSI" }).meta({
      description:
        "Which metric is what. What changes together is one reading; what is not sent is as it last was. A template's members are `Template/Member`.",
    }),
    read_points: readPoints,
  })
  .meta({ title: "sparkplug-b", description: "An edge node of Eclipse Sparkplug B and its devices." });
export type SparkplugConfig = z.infer<typeof SparkplugConfig>;

export const sparkplugB: MessageDriver<SparkplugConfig> = {
  name: "sparkplug-b",
  title: "Eclipse Sparkplug B",
  transport: "mqtt",
  countsReadings: false,
  config: SparkplugConfig,
  openParser: sparkplugParser,
  topics: topicFilters,
  suggest: topic => {
    const found = parseTopic(topic);
    return found && { group: found.group, node: found.node };
  },
  readPoints: config => config.read_points,
  faults: ({ read_points, fields, devices = [] }) =>
    missingFaults(read_points, {
      antenna: fields.antenna !== undefined || devices.some(({ antenna }) => antenna !== undefined),
      rssi: fields.rssi_dbm !== undefined,
      because: "fields does not name it",
    }),
};
