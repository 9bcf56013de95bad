import { Listen } from "@tallygate/kit";
import { z } from "zod";
import { listen } from "../radio/radio.ts";
import type { WorldEvent } from "../world/events.ts";
import { type Device, type DeviceContext, deviceKind, type Parcel } from "./device.ts";
import { gateFields, radioSettings } from "./gate.ts";
import { channelsKHz, type HeardTag } from "./llrp-messages.ts";
import { LlrpReader } from "./llrp-reader.ts";

const LlrpSettings = z
  .strictObject(gateFields)
  .omit({ topic: true, http: true, client_id: true, inflight_max: true })
  .extend({
    driver: z.literal("llrp"),
    listen: z
      .string()
      .refine(text => Listen.safeParse(text).success, "write HOST:PORT")
      .default("127.0.0.1:5084")
      .meta({ description: "Where the reader takes its client.", example: "127.0.0.1:5084" }),
    protocol: z.enum(["1.0.1", "1.1"]).default("1.1").meta({ description: "The newest version that it knows." }),
    gpi_port: z.int().min(1).max(4).optional().meta({
      description: "Input with a light barrier: high while a crossing goes on. Absent: there is none.",
    }),
    clock_drift_ppm: z
      .number()
      .min(-1_000_000)
      .max(1_000_000)
      .default(0)
      .meta({ description: "How much faster its clock goes, in millionths." }),
  })
  .meta({ title: "llrp", description: "Fixed reader of any maker over LLRP." });
type LlrpSettings = z.infer<typeof LlrpSettings>;

/** A fixed reader that takes a client over TCP and speaks LLRP 1.0.1 or 1.1 (GS1 EPCglobal Low Level Reader Protocol). */
export const llrpReader = deviceKind({
  driver: "llrp",
  title: "LLRP reader",
  config: LlrpSettings,
  open: openLlrp,
});

const inputs = 4;

function openLlrp(settings: LlrpSettings, context: DeviceContext): Device {
  const radio = radioSettings(settings);
  const startMs = Date.now();
  const readerMs = (wallMs: number) =>
    wallMs + settings.clock_offset_ms + ((wallMs - startMs) * settings.clock_drift_ppm) / 1_000_000;
  const reader = new LlrpReader({
    ...Listen.parse(settings.listen),
    antennas: settings.antennas,
    inputs,
    version: settings.protocol === "1.1" ? 2 : 1,
    bufferMax: settings.buffer_max,
    nowMs: () => readerMs(Date.now()),
    log: context.log,
  });
  const ready = reader.on().catch((error: unknown) => context.log.error({ err: error }, "The reader cannot listen."));
  const { gpi_port: gpiPort } = settings;

  function hear(event: WorldEvent, wallMs: (worldMs: number) => number): readonly Parcel[] {
    if (event.kind !== "crossing") return [];
    const passage = { ...event, tags: event.things.map(epcOf), near: event.near.map(epcOf) };
    const parcels = listen(passage, radio, context.random).map(({ atMs, report }): Parcel => {
      const seenMs = readerMs(wallMs(report.atMs));
      const tag: HeardTag = {
        epcHex: report.epcHex,
        antenna: report.antenna,
        rssiDbm: report.peakRssiDbm,
        reads: report.reads,
        firstSeenMs: seenMs,
        lastSeenMs: seenMs,
        channelIndex: context.random.whole([1, channelsKHz.length]),
      };
      return { atMs, send: () => reader.hear(tag) };
    });
    if (gpiPort === undefined) return parcels;
    return [
      { atMs: event.atMs, send: () => reader.input(gpiPort, true) },
      ...parcels,
      { atMs: Math.max(event.endMs, ...parcels.map(({ atMs }) => atMs)), send: () => reader.input(gpiPort, false) },
    ];
  }

  return {
    id: settings.id,
    hear,
    hasRoom: () => reader.hasRoom(),
    room: signal => reader.room(signal),
    finish: () => reader.flush(),
    settle: signal => reader.settle(signal),
    counts: () => reader.counts(),
    doubtful: () => [],
    async [Symbol.asyncDispose]() {
      await ready;
      await reader[Symbol.asyncDispose]();
    },
  };
}

function epcOf({ epcHex }: { readonly epcHex: string }): string {
  return epcHex;
}
