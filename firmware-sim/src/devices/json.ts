import { z } from "zod";
import type { Delivery } from "../radio/radio.ts";
import { deviceKind } from "./device.ts";
import { gateFields, openGate } from "./gate.ts";

const JsonSettings = z
  .strictObject({
    ...gateFields,
    driver: z.literal("json"),
    batch_max: z
      .int()
      .min(1)
      .max(5000)
      .default(1)
      .meta({ description: "Events in one array; 1: single objects, no array." }),
    batch_ms: z.int().min(1).max(60_000).default(500).meta({ description: "How long the first of a batch waits." }),
  })
  .meta({ title: "json", description: "A gateway that says what it hears as plain JSON." });

/** A gateway of no maker in particular, with the names of the plain format. */
export const json = deviceKind({
  driver: "json",
  title: "Plain JSON",
  config: JsonSettings,
  open: (settings, context) => {
    const { batch_max: eventsMax, batch_ms: waitMs } = settings;
    return openGate({
      settings,
      context,
      dialect: {
        tagEvent: (delivery, eventNumber, wallMs) => JSON.stringify(jsonTagEvent(delivery, eventNumber, wallMs)),
        ...(eventsMax === 1 ? {} : { batch: { eventsMax, waitMs } }),
      },
    });
  },
});

/** A tag event of the plain format: `{"epc_hex":"3034…","antenna":1,"rssi_dbm":-61.5,…,"time":"2026-09-07T12:50:36.194Z"}`. */
export function jsonTagEvent({ report }: Delivery, eventNumber: number, wallMs: number) {
  return {
    epc_hex: report.epcHex,
    antenna: report.antenna,
    rssi_dbm: Math.round(report.peakRssiDbm * 10) / 10,
    read_count: report.reads,
    sequence: eventNumber,
    time: new Date(wallMs).toISOString(),
  };
}
