import { z } from "zod";
import type { TagReport } from "../radio/radio.ts";
import { deviceKind } from "./device.ts";
import { gateFields, openGate } from "./gate.ts";
import type { NodeSession } from "./reader-link.ts";
import { encodePayload, type Metric } from "./sparkplug-payload.ts";

const topicPattern = /^spBv1\.0\/([^/+#]+)\/DDATA\/([^/+#]+)\/([^/+#]+)$/;

const { http: _http, ...mqttFields } = gateFields;

const SparkplugSettings = z
  .strictObject({
    ...mqttFields,
    driver: z.literal("sparkplug-b"),
    topic: z.string().max(512).regex(topicPattern, "spBv1.0/GROUP/DDATA/NODE/DEVICE").meta({
      description: "Where the device's data goes; group, node and device of all other topics are in it.",
      example: "spBv1.0/lyon/DDATA/gate-4/reader-1",
    }),
  })
  .meta({ title: "sparkplug-b", description: "An edge node of Eclipse Sparkplug B with one reader." });

/** An edge node with one device (Eclipse Sparkplug 3.0.0). Its data goes with QoS 1, so that nothing is lost with a connection. */
export const sparkplugB = deviceKind({
  driver: "sparkplug-b",
  title: "Eclipse Sparkplug B",
  config: SparkplugSettings,
  open: (settings, context) => {
    const session = sparkplugNode(settings.topic);
    return openGate({
      settings,
      context,
      dialect: { tagEvent: ({ report }, _number, wallMs) => JSON.stringify(tagOf(report, wallMs)), session },
    });
  },
});

const Tag = z.object({ epc: z.string(), antenna: z.int(), rssi: z.int(), timeMs: z.int() });
type Tag = z.infer<typeof Tag>;

function tagOf({ epcHex, antenna, peakRssiDbm }: TagReport, timeMs: number): Tag {
  return { epc: epcHex, antenna, rssi: Math.round(peakRssiDbm), timeMs };
}

/** Topics, births and counters of a node. `seq` is given as a message leaves, for what is sent again is a new message. */
export function sparkplugNode(dataTopic: string, now: () => number = Date.now): NodeSession {
  const [, group = "", node = "", device = ""] = topicPattern.exec(dataTopic) ?? [];
  const nodeTopic = (type: string) => `spBv1.0/${group}/${type}/${node}`;
  let bdSeq = -1;
  let seq = 0;
  let last: Tag = { epc: "", antenna: 1, rssi: 0, timeMs: now() };
  const nextSeq = () => seq++ % 256;
  const deathCount = (timestampMs: number): Metric => ({ name: "bdSeq", timestampMs, kind: "uint64", value: bdSeq });
  const death = () => ({ topic: nodeTopic("NDEATH"), payload: encodePayload(now(), [deathCount(now())]) });
  return {
    commandTopic: nodeTopic("NCMD"),
    will() {
      bdSeq = (bdSeq + 1) % 256;
      return death();
    },
    goodbye: death,
    births() {
      const nowMs = now();
      seq = 0;
      const rebirth = { name: rebirthName, timestampMs: nowMs, kind: "boolean", value: false } as const;
      const births = metricsOf(last).map((metric, index) => ({ ...metric, name: names[index] ?? "" }));
      return [
        { topic: nodeTopic("NBIRTH"), payload: encodePayload(nowMs, [deathCount(nowMs), rebirth], nextSeq()) },
        { topic: `${nodeTopic("DBIRTH")}/${device}`, payload: encodePayload(nowMs, births, nextSeq()) },
      ];
    },
    asksForBirths: command => command.includes(rebirthName),
    encode(text) {
      last = Tag.parse(JSON.parse(text));
      return encodePayload(now(), metricsOf(last), nextSeq());
    },
  };
}

const rebirthName = "Node Control/Rebirth";
const names = ["EPC", "Antenna", "RSSI"] as const;

function metricsOf({ epc, antenna, rssi, timeMs: timestampMs }: Tag): readonly Metric[] {
  return [
    { alias: 1, timestampMs, kind: "string", value: epc },
    { alias: 2, timestampMs, kind: "int32", value: antenna },
    { alias: 3, timestampMs, kind: "int32", value: rssi },
  ];
}
