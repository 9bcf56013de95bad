import { DeviceId } from "@tallygate/protocol";
import { z } from "zod";
import { readPoints } from "../config-parts.ts";

export const defaultPort = 5084;

const Address = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/,
    "write HOST or HOST:PORT, for example 192.0.2.10 or [2001:db8::10]:5084",
  )
  .refine(address => (hostPortOf(address)?.port ?? 0) <= 65_535, "the port is from 1 to 65535")
  .meta({ description: `The reader. Without a port: ${defaultPort}.`, example: "192.0.2.10" });

const u16 = z.int().min(0).max(0xffff);
const Milliseconds = z.int().min(0).max(0xffff_ffff);
const Gpi = { port: z.int().min(1).max(0xffff), high: z.boolean().default(true), timeout_ms: Milliseconds.default(0) };

const Start = z
  .discriminatedUnion("trigger", [
    z.strictObject({ trigger: z.literal("client") }),
    z.strictObject({ trigger: z.literal("immediate") }),
    z.strictObject({
      trigger: z.literal("periodic"),
      period_ms: Milliseconds.min(1),
      offset_ms: Milliseconds.default(0),
    }),
    z.strictObject({ trigger: z.literal("gpi"), ...Gpi }),
  ])
  .prefault({ trigger: "client" })
  .meta({
    description:
      "When the reader begins to read tags. client: when the edge says so, as soon as it is connected. immediate: by itself.",
  });

const Stop = z
  .discriminatedUnion("trigger", [
    z.strictObject({ trigger: z.literal("none") }),
    z.strictObject({ trigger: z.literal("duration"), duration_ms: Milliseconds.min(1) }),
    z.strictObject({ trigger: z.literal("gpi"), ...Gpi }),
  ])
  .prefault({ trigger: "none" })
  .meta({ description: "When it ends. A gpi trigger with a timeout ends at the timeout at the latest." });

const contents = ["antenna", "channel", "rssi", "first_seen", "last_seen", "seen_count", "pc", "crc"] as const;

const Report = z
  .strictObject({
    every_tags: u16
      .default(1)
      .meta({ description: "The reader reports after so many tag reads. 0: only when it is asked, or at the end." }),
    every_ms: Milliseconds.default(0).meta({
      description: "The edge asks for what is not reported yet so often. 0: never.",
    }),
    contents: z
      .array(z.enum(contents))
      .max(contents.length)
      .default(["antenna", "channel", "rssi", "first_seen", "last_seen", "seen_count"])
      .meta({ description: "What is reported of a tag beside its EPC." }),
  })
  .prefault({})
  .refine(
    ({ every_tags, every_ms }) => every_tags > 0 || every_ms > 0,
    "every_tags and every_ms are both 0: nothing would be reported while the reader reads",
  );

const Fields = z.strictObject({
  id: DeviceId,
  driver: z.literal("llrp"),
  address: Address,
  protocol: z.enum(["auto", "1.0.1", "1.1"]).default("auto").meta({
    description:
      "auto: 1.1 where the reader knows it. 1.0.1: it is not asked, for readers that hang up at the question.",
  }),
  keepalive_s: z.number().min(0.05).max(3600).default(10).meta({
    description: "The reader says so often that it is there. After three times without a word it is connected anew.",
  }),
  antennas: z
    .array(z.int().min(1).max(1024))
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "Antennas that read; absent: all." }),
  transmit_power_dbm: z.number().min(0).max(40).optional().meta({
    description: "Power at the reader's port; of the reader's levels the highest that is not above. Absent: its own.",
  }),
  transmit_power_index: z.int().min(1).max(0xffff).optional().meta({
    description: "Power as an index into the reader's table of levels.",
  }),
  receiver_sensitivity_index: u16.optional().meta({ description: "Index into the reader's table of sensitivities." }),
  hop_table_id: u16.optional().meta({ description: "Where frequencies are hopped. Absent: the reader's first table." }),
  channel_index: u16.optional().meta({ description: "Where frequencies are fixed: from 1. Absent: 1." }),
  rf_mode: u16.optional().meta({ description: "Mode index of the reader's table of RF modes." }),
  tari_ns: u16.default(0).meta({ description: "With rf_mode. 0: the reader's choice." }),
  session: z.int().min(0).max(3).default(1).meta({
    description: "Gen2 session. 1 is for gates: a tag answers again after a while. 0: at once, again and again.",
  }),
  tag_population: u16.default(32).meta({ description: "Tags that are in the field at a time, about." }),
  tag_transit_ms: Milliseconds.default(0).meta({ description: "How long a tag is in the field. 0: not known." }),
  start: Start,
  stop: Stop,
  report: Report,
  read_points: readPoints,
});

export const LlrpConfig = Fields.superRefine((config, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (config.transmit_power_dbm !== undefined && config.transmit_power_index !== undefined) {
    fault("transmit_power_index", "says the power that transmit_power_dbm says already: give one of them");
  }
}).meta({ title: "llrp", description: "Fixed readers of any maker over LLRP 1.0.1 or 1.1 (GS1 EPCglobal)." });
export type LlrpConfig = z.infer<typeof LlrpConfig>;

/** Host and port of an address as the configuration has it. */
export function hostPortOf(address: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  return { host, port: match?.[3] === undefined ? defaultPort : Number(match[3]) };
}
