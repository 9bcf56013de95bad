import { z } from "zod";
import type { StreamDriver } from "../driver.ts";
import { refineScanPoint, scanPointFields, scanPointOf, serialFields } from "../serial-parts.ts";
import { ScanDecoder } from "./decode.ts";

const Bytes = z
  .string()
  .regex(/^(?:[0-9A-Fa-f]{2}){0,64}$/, "bytes as hexadecimal digits, such as 06 or 0D0A")
  .meta({ description: "Bytes as hexadecimal digits.", example: "06" });

const fields = {
  ...serialFields({ baud: 9600 }),
  driver: z.literal("serial-scanner"),
  suffix: z.enum(["line", "cr", "lf", "crlf", "tab", "stx_etx", "none"]).default("line").meta({
    description:
      "What ends a scan. line: CR, LF or both. stx_etx: it stands between STX and ETX. none: idle_ms without a byte end it.",
  }),
  prefix: Bytes.default("").meta({ description: "Bytes that the scanner puts in front of each scan, hexadecimal." }),
  idle_ms: z.int().min(5).max(2000).default(50).meta({ description: "With suffix none: the pause that ends a scan." }),
  encoding: z.enum(["utf-8", "latin1"]).default("utf-8"),
  answer: z
    .strictObject({
      ok: Bytes.optional(),
      refused: Bytes.optional(),
      text: z
        .boolean()
        .default(false)
        .meta({ description: "A line of text goes with it, for a display: OK 24 OAT-1L dock-1, and CR LF." }),
    })
    .optional()
    .meta({
      description: "What is written back after a scan is on disk, or when it was refused or not readable.",
      example: { ok: "06", refused: "15" },
    }),
  ...scanPointFields,
};

export const SerialScannerConfig = z
  .strictObject(fields)
  .superRefine(refineScanPoint)
  .meta({ title: "serial-scanner", description: "Barcode scanners in text mode on a serial port or USB-CDC." });
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
        text: config.answer?.text ?? false,
      },
    }),
  readPoints: config => [scanPointOf(config)],
};
