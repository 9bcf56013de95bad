import { z } from "zod";
import { DeviceId, TimeMs } from "./ids.ts";
import { limits } from "./limits.ts";

/**
 * One code heard by one antenna, or scanned by one scanner, once. Fields that the device did not send are absent: zero is
 * never a substitute. Units: RSSI in dBm, frequency in MHz, phase in degrees, times in milliseconds since 1970 UTC.
 */
export const Reading = z
  .strictObject({
    deviceId: DeviceId,
    antenna: z.int().min(1).max(1024).optional().meta({ description: "Antenna port, from 1." }),
    epcHex: z
      .string()
      .regex(/^(?:[0-9A-F]{4}){1,62}$/)
      .optional()
      .meta({ description: "EPC memory after the PC word, upper-case hexadecimal, whole 16-bit words." }),
    scan: z.string().min(1).max(limits.codeCharsMax).optional().meta({ description: "What a barcode scanner sent." }),
    tidHex: z
      .string()
      .regex(/^[0-9A-F]+$/)
      .max(256)
      .optional(),
    rssiDbm: z.number().optional(),
    rssiRaw: z.number().optional().meta({ description: "Signal strength in a unit that the maker does not document." }),
    readCount: z.int().min(1).optional(),
    frequencyMHz: z.number().optional(),
    phaseDeg: z.number().optional(),
    sequence: z.int().min(0).optional().meta({ description: "The device's own counter; a gap means loss before us." }),
    readerTimeMs: TimeMs.optional().meta({ description: "The time that the device gave: evidence, not truth." }),
    receivedTimeMs: TimeMs.meta({ description: "When the edge received it." }),
  })
  .refine(reading => (reading.epcHex === undefined) !== (reading.scan === undefined), "either epcHex or scan")
  .meta({ title: "Reading" });

export type Reading = z.infer<typeof Reading>;
