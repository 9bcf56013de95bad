import { Account, BizStep, DeviceId, PlaceCode } from "@tallygate/protocol";
import { z } from "zod";
import { ReadPointConfig } from "../../core/types.ts";
import type { StreamDriver } from "../driver.ts";
import { ScanDecoder } from "./decode.ts";

const Bytes = z
  .string()
  .regex(/^(?:[0-9A-Fa-f]{2}){0,64}$/, "bytes as hexadecimal digits, such as 06 or 0D0A")
  .meta({ description: "Bytes as hexadecimal digits.", example: "06" });

const fields = {
  id: DeviceId,
  driver: z.literal("serial-scanner"),
  port: z
    .string()
    .min(1)
    .max(1024)
    .meta({ description: "The serial port. Prefer a name that stays.", example: "/dev/serial/by-id/usb-scanner" }),
  baud: z.int().min(110).max(4_000_000).default(9600),
  data_bits: z.literal([7, 8]).default(8),
  parity: z.enum(["none", "even", "odd", "mark", "space"]).default("none"),
  stop_bits: z.literal([1, 2]).default(1),
  silent_s: z
    .int()
    .min(0)
    .max(604_800)
    .default(0)
    .meta({ description: "The port is closed and opened again after so long without a byte. 0: never." }),
  suffix: z.enum(["cr", "lf", "crlf", "tab", "stx_etx", "none"]).default("crlf").meta({
    description: "What ends a scan. stx_etx: it stands between STX and ETX. none: idle_ms without a byte end it.",
  }),
  prefix: Bytes.default("").meta({ description: "Bytes that the scanner puts in front of each scan, hexadecimal." }),
  idle_ms: z.int().min(5).max(2000).default(50).meta({ description: "With suffix none: the pause that ends a scan." }),
  encoding: z.enum(["utf-8", "latin1"]).default("utf-8"),
  answer: z
    .strictObject({ ok: Bytes.optional(), refused: Bytes.optional() })
    .optional()
    .meta({ description: "Bytes written back after a scan is on disk, or was not readable.", example: { ok: "06" } }),
  mode: z.enum(["receive", "ship", "move"]).meta({
    description:
      "receive: from a supplier to the place. ship: from the place to a customer. move: from `from` to the place.",
  }),
  place: PlaceCode,
  from: Account.optional().meta({ description: "Overrides where a thing comes from." }),
  to: Account.optional().meta({ description: "Overrides where a thing goes." }),
  biz_step: BizStep.optional(),
  repeat_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .meta({ description: "A scan of the same class of things within so long is a repeat. 0: each scan counts." }),
};

const Fields = z.strictObject(fields);
type Fields = z.infer<typeof Fields>;

export const SerialScannerConfig = Fields.superRefine((config, context) => {
  if (config.mode === "move" && config.from === undefined) {
    context.addIssue({
      code: "custom",
      path: ["from"],
      message: "mode move needs from: the place that a thing leaves",
    });
    return;
  }
  const point = ReadPointConfig.safeParse(readPointOf(config));
  for (const issue of point.error?.issues ?? []) {
    context.addIssue({ code: "custom", path: issue.path, message: issue.message });
  }
}).meta({ title: "serial-scanner", description: "Barcode scanners in text mode on a serial port or USB-CDC." });
export type SerialScannerConfig = z.infer<typeof SerialScannerConfig>;

export const serialScanner: StreamDriver<SerialScannerConfig> = {
  name: "serial-scanner",
  title: "Barcode scanner on a serial port",
  transport: "serial",
  config: SerialScannerConfig,
  openDecoder: config =>
    new ScanDecoder({
      deviceId: config.id,
      suffix: config.suffix,
      prefix: Buffer.from(config.prefix, "hex"),
      idleMs: config.idle_ms,
      encoding: config.encoding,
      answer: {
        ok: Buffer.from(config.answer?.ok ?? "", "hex"),
        refused: Buffer.from(config.answer?.refused ?? "", "hex"),
      },
    }),
  readPoints: config => [ReadPointConfig.parse(readPointOf(config))],
};

function readPointOf(config: Fields) {
  const { mode, place, biz_step, repeat_ms } = config;
  const from = config.from ?? (mode === "ship" ? place : "supplier");
  const to = config.to ?? (mode === "ship" ? "customer" : undefined);
  return {
    mode: "scanner",
    place,
    from,
    ...(to === undefined ? {} : { to }),
    ...(biz_step === undefined ? {} : { biz_step }),
    repeat_ms,
  };
}
