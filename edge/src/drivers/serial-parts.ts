import { Account, BizStep, DeviceId, PlaceCode } from "@tallygate/protocol";
import { z } from "zod";
import { scanModes } from "../core/scanner/modes.ts";
import { ReadPointConfig } from "../core/types.ts";

/** What the configuration of each device on a serial port has. A driver adds its own fields, and says the usual speed. */
export function serialFields({ baud }: { readonly baud: number }) {
  return {
    id: DeviceId,
    port: z
      .string()
      .min(1)
      .max(1024)
      .meta({ description: "The serial port. Prefer a name that stays.", example: "/dev/serial/by-id/usb-scanner" }),
    baud: z.int().min(110).max(4_000_000).default(baud).meta({ description: "Bits a second." }),
    data_bits: z.literal([7, 8]).default(8),
    parity: z.enum(["none", "even", "odd", "mark", "space"]).default("none"),
    stop_bits: z.literal([1, 2]).default(1),
    silent_s: z
      .int()
      .min(0)
      .max(604_800)
      .default(0)
      .meta({ description: "The port is closed and opened again after so long without a byte. 0: never." }),
  };
}

/** What a device that reads one thing at a time has: what reading it there means. */
export const scanPointFields = {
  mode: z.enum(scanModes).meta({
    description:
      "What a scan does until another mode is set by a command barcode or at the page. receive: from a supplier to the place. ship, pick: from the place to a customer. move: from `from` to the place; without `from` between places that are scanned. count, look_up: nothing moves.",
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
  forget_ms: ReadPointConfig.shape.forget_ms,
};
const ScanPoint = z.object(scanPointFields);
type ScanPoint = z.infer<typeof ScanPoint>;

/** The faults of such a device's read point, for its schema. */
export function refineScanPoint(config: ScanPoint, context: z.core.$RefinementCtx<ScanPoint>): void {
  for (const { path, message } of ReadPointConfig.safeParse(inputOf(config)).error?.issues ?? []) {
    context.addIssue({ code: "custom", path, message });
  }
}

/** The read point that such a device is. */
export function scanPointOf(config: ScanPoint): ReadPointConfig {
  return ReadPointConfig.parse(inputOf(config));
}

function inputOf({ mode, place, from, to, biz_step, repeat_ms, forget_ms }: ScanPoint) {
  return { mode, place, from, to, biz_step, repeat_ms, forget_ms };
}
