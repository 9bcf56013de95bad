import { z } from "zod";
import type { Delivery } from "../radio/radio.ts";
import { createRandom, type Random } from "../random.ts";
import { type Device, type DeviceContext, deviceKind } from "./device.ts";
import { gateFields, openGate, type SideMessage, topic } from "./gate.ts";
import { epcCrcHex, protocolControlHex, tidHex } from "./gen2.ts";

const ZebraSettings = z
  .strictObject({
    ...gateFields,
    driver: z.literal("zebra-iotc"),
    reader_mode: z.enum(["INVENTORY", "PORTAL", "CONVEYOR", "SIMPLE"]).default("INVENTORY").meta({
      description: "Its default content: CONVEYOR has no signal strength, SIMPLE no antenna either.",
    }),
    tag_metadata: z
      .array(z.enum(["CHANNEL", "PHASE", "PC", "CRC", "TID"]))
      .max(5)
      .default([])
      .meta({ description: "What is sent beyond the mode's default content." }),
    batch_max: z
      .int()
      .min(1)
      .max(5000)
      .default(1)
      .meta({ description: "Events in one array; 1: single objects, no array." }),
    batch_ms: z.int().min(1).max(60_000).default(500).meta({ description: "How long the first of a batch waits." }),
    management_topic: topic.optional().meta({ description: "Where heartbeats go; absent: there are none." }),
    heartbeat_ms: z.int().min(100).max(3_600_000).default(60_000),
  })
  .meta({ title: "zebra-iotc", description: "Zebra fixed reader with IoT Connector over MQTT." });
export type ZebraSettings = z.infer<typeof ZebraSettings>;

/** A fixed reader of Zebra as its IoT Connector speaks (Zebra IoT Connector documentation, tag data and management events). */
export const zebraIotc = deviceKind({
  driver: "zebra-iotc",
  title: "Zebra IoT Connector",
  config: ZebraSettings,
  open: openZebra,
});

function openZebra(settings: ZebraSettings, context: DeviceContext): Device {
  const random = createRandom(`${context.site}/${settings.id}/zebra`);
  const { management_topic: managementTopic, batch_max: eventsMax, batch_ms: waitMs } = settings;
  const startMs = Date.now();
  let managementEvents = 0;

  /** Events of the tags and events of the management count separately. */
  function heartbeatNow(to: string, reads: ReadonlyMap<number, number>): SideMessage {
    managementEvents++;
    const nowMs = Date.now();
    return { topic: to, payload: JSON.stringify(heartbeat(settings, managementEvents, startMs, nowMs, reads)) };
  }

  return openGate({
    settings,
    context,
    dialect: {
      tagEvent: (delivery, eventNumber, wallMs) =>
        JSON.stringify(zebraTagEvent(delivery, eventNumber + 1, wallMs, settings, random)),
      ...(eventsMax === 1 ? {} : { batch: { eventsMax, waitMs } }),
    },
    ...(managementTopic === undefined
      ? {}
      : { beat: { everyMs: settings.heartbeat_ms, say: reads => heartbeatNow(managementTopic, reads) } }),
  });
}

/** Channels of the lower ETSI band, MHz (EN 302 208). */
const channelsMHz = [865.7, 866.3, 866.9, 867.5] as const;

/** A tag data event, its members in the order in which the readers write them. */
export function zebraTagEvent(
  { report }: Delivery,
  eventNum: number,
  wallMs: number,
  { reader_mode: type, tag_metadata: metadata }: Pick<ZebraSettings, "reader_mode" | "tag_metadata">,
  random: Random,
) {
  const { epcHex } = report;
  const has = (name: (typeof metadata)[number]) => metadata.includes(name);
  const full = type === "INVENTORY" || type === "PORTAL";
  return {
    data: {
      ...(has("CRC") ? { CRC: epcCrcHex(epcHex).toLowerCase() } : {}),
      ...(has("PC") ? { PC: protocolControlHex(epcHex).toLowerCase() } : {}),
      ...(has("TID") ? { TID: tidHex(epcHex).toLowerCase() } : {}),
      ...(type === "SIMPLE" ? {} : { antenna: report.antenna }),
      ...(has("CHANNEL") ? { channel: random.pick(channelsMHz) } : {}),
      eventNum,
      format: "epc",
      idHex: epcHex.toLowerCase(),
      ...(full ? { peakRssi: Math.round(report.peakRssiDbm) } : {}),
      ...(has("PHASE") ? { phase: random.whole([-18_000, 18_000]) / 100 } : {}),
      ...(full ? { reads: report.reads } : {}),
    },
    timestamp: zebraTime(wallMs),
    type,
  };
}

/** Milliseconds, and an offset without a colon. */
export function zebraTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace("Z", "+0000");
}

/** A heartbeat in the layout of the newer readers. */
export function heartbeat(
  { antennas }: Pick<ZebraSettings, "antennas">,
  eventNum: number,
  startMs: number,
  nowMs: number,
  reads: ReadonlyMap<number, number>,
) {
  const ports = Array.from({ length: antennas }, (_, index) => index + 1);
  const numTagReads = [...reads.values()].reduce((sum, count) => sum + count, 0);
  const uptime = uptimeText(nowMs - startMs);
  return {
    component: "RG",
    data: {
      radio_control: {
        antennas: Object.fromEntries(ports.map(port => [port, "connected"])),
        cpu: 0.3,
        numErrors: 0,
        numTagReads,
        numTagReadsPerAntenna: Object.fromEntries(ports.map(port => [port, reads.get(port) ?? 0])),
        numWarnings: 0,
        radioActivity: "active",
        radioConnection: "connected",
        ram: 2.2,
        status: "running",
        uptime,
      },
      reader_gateway: {
        cpu: 0.4,
        interfaceConnectionStatus: {
          data: [{ connectionError: "", connectionStatus: "connected", description: "", interface: "mqtt" }],
        },
        numErrors: 0,
        numManagementEventsTxed: eventNum - 1,
        numWarnings: 0,
        ram: 2.9,
        uptime,
      },
      system: { powerSource: "POE+", systemtime: zebraTime(nowMs), temperature: { ambient: 31, pa: 34 }, uptime },
      userapps: [],
    },
    eventNum,
    timestamp: zebraTime(nowMs),
    type: "heartbeat",
  };
}

function uptimeText(ms: number): string {
  const s = Math.floor(ms / 1000);
  return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map(part => String(part).padStart(2, "0")).join(":");
}
