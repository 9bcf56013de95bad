import { z } from "zod";
import type { Delivery } from "../radio/radio.ts";
import { createRandom, type Random } from "../random.ts";
import { type Device, type DeviceContext, deviceKind } from "./device.ts";
import { gateFields, openGate, type SideMessage, topic } from "./gate.ts";
import { protocolControlHex, tidHex } from "./gen2.ts";

const ImpinjSettings = z
  .strictObject({
    ...gateFields,
    driver: z.literal("impinj-iot"),
    hostname: z
      .string()
      .regex(
        /^impinj-[0-9a-f]{2}-[0-9a-f]{2}-[0-9a-f]{2}$/,
        "impinj- and the last three bytes of the MAC: impinj-14-2f-f4",
      )
      .optional()
      .meta({ description: "By default one that the device's id gives." }),
    will_topic: topic.optional().meta({ description: "Where `connected`, `disconnected` and `connection lost` go." }),
    tag_metadata: z
      .array(z.enum(["epc_hex", "tid", "pc", "last_seen_time", "phase_angle"]))
      .max(5)
      .default([])
      .meta({ description: "What is sent beyond the default content." }),
    transmit_power_cdbm: z.int().min(1000).max(3300).default(3150),
  })
  .meta({ title: "impinj-iot", description: "Impinj R700 or R720 with its IoT device interface over MQTT." });
export type ImpinjSettings = z.infer<typeof ImpinjSettings>;

/** A reader of Impinj as its IoT device interface speaks (Impinj reader configuration API, ReaderEvent). */
export const impinjIot = deviceKind({
  driver: "impinj-iot",
  title: "Impinj IoT device interface",
  config: ImpinjSettings,
  open: openImpinj,
});

function openImpinj(settings: ImpinjSettings, context: DeviceContext): Device {
  const random = createRandom(`${context.site}/${settings.id}/impinj`);
  const hostname = settings.hostname ?? hostnameOf(`${context.site}/${settings.id}`);

  function status(name: "running" | "idle"): SideMessage {
    const event = { timestamp: impinjTime(Date.now(), random), hostname, ...inventoryStatus(name) };
    return { topic: settings.topic, payload: JSON.stringify(event) };
  }

  return openGate({
    settings,
    context,
    dialect: {
      tagEvent: (delivery, _eventNumber, wallMs) =>
        JSON.stringify(impinjTagEvent(delivery, wallMs, hostname, settings, random)),
      ...(settings.will_topic === undefined
        ? {}
        : {
            presence: {
              topic: settings.will_topic,
              connected: "connected",
              disconnected: "disconnected",
              lost: "connection lost",
            },
          }),
    },
    onStart: () => status("running"),
    onFinish: () => status("idle"),
  });
}

/** Channels of the lower ETSI band, kHz (EN 302 208). */
const channelsKHz = [865_700, 866_300, 866_900, 867_500] as const;

/** A tag inventory event, its members in the order in which the readers write them. */
export function impinjTagEvent(
  { report }: Delivery,
  wallMs: number,
  hostname: string,
  { tag_metadata: metadata, transmit_power_cdbm }: Pick<ImpinjSettings, "tag_metadata" | "transmit_power_cdbm">,
  random: Random,
) {
  const { epcHex } = report;
  const tid = tidHex(epcHex);
  const has = (name: (typeof metadata)[number]) => metadata.includes(name);
  return {
    timestamp: impinjTime(wallMs, random),
    hostname,
    eventType: "tagInventory",
    tagInventoryEvent: {
      epc: base64url(epcHex),
      ...(has("epc_hex") ? { epcHex } : {}),
      ...(has("tid") ? { tid: base64url(tid), tidHex: tid } : {}),
      ...(has("pc") ? { pc: base64url(protocolControlHex(epcHex)) } : {}),
      antennaPort: report.antenna,
      peakRssiCdbm: Math.round(report.peakRssiDbm * 2) * 50,
      frequency: random.pick(channelsKHz),
      transmitPowerCdbm: transmit_power_cdbm,
      ...(has("last_seen_time") ? { lastSeenTime: impinjTime(wallMs, random, 3) } : {}),
      ...(has("phase_angle") ? { phaseAngle: random.whole([0, 35_999]) / 100 } : {}),
    },
  };
}

export function inventoryStatus(status: "running" | "idle") {
  return { eventType: "inventoryStatus", inventoryStatusEvent: { status } };
}

/** RFC 3339 with nanoseconds; the last digits are the reader's own. */
export function impinjTime(wallMs: number, random: Random, moreDigits: 3 | 6 = 6): string {
  const more = String(random.whole([0, 10 ** moreDigits - 1])).padStart(moreDigits, "0");
  return new Date(wallMs).toISOString().replace("Z", `${more}Z`);
}

/** With its padding, as the readers write it; Node's own form has none. */
function base64url(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** `impinj-` and the last three bytes of the MAC address. */
function hostnameOf(name: string): string {
  const random = createRandom(`hostname/${name}`);
  return `impinj-${[0, 0, 0].map(() => random.whole([0, 255]).toString(16).padStart(2, "0")).join("-")}`;
}
