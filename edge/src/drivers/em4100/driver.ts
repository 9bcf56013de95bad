import { z } from "zod";
import type { StreamDriver } from "../driver.ts";
import { FrameDecoder } from "../frames/decoder.ts";
import { refineScanPoint, scanPointFields, scanPointOf, serialFields } from "../serial-parts.ts";
import { cardOf, em4100Format } from "./frame.ts";

export const Em4100Config = z
  .strictObject({
    ...serialFields({ baud: 9600 }),
    driver: z.literal("em4100"),
    check: z.enum(["xor", "sum"]).default("xor").meta({
      description: "How a frame is checked. xor: RDM6300. sum: compatibles that add the bytes. It is never guessed.",
    }),
    ...scanPointFields,
    repeat_ms: scanPointFields.repeat_ms.default(60_000).meta({
      description: "The same card within so long is no second movement: a card in the field is read 15 times a second.",
    }),
  })
  .superRefine(refineScanPoint)
  .meta({ title: "em4100", description: "125 kHz card readers that write as an RDM6300 does." });
export type Em4100Config = z.infer<typeof Em4100Config>;

/**
 * Cards of 125 kHz. Their number is no EPC: it has no header, no length and no maker's prefix, and would be taken for one by chance.
 * It is given as `scan`, ten hexadecimal digits in upper case, to which a code of the catalogue can be bound. Every frame is a
 * reading.
 */
export const em4100: StreamDriver<Em4100Config> = {
  name: "em4100",
  title: "125 kHz card reader (RDM6300 and compatibles)",
  transport: "serial",
  config: Em4100Config,
  openDecoder: ({ id: deviceId, check }) =>
    new FrameDecoder(em4100Format(check), {
      take: (frame, receivedTimeMs, heard) => heard.readings.push({ deviceId, scan: cardOf(frame), receivedTimeMs }),
    }),
  readPoints: config => [scanPointOf(config)],
};
