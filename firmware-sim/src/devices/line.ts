import { z } from "zod";
import type { Random } from "../random.ts";

const rate = z.number().min(0).max(0.9).default(0);

/** A bad cable. */
export const lineFields = {
  line: z
    .strictObject({
      wrong_rate: rate.meta({ description: "Chance that a frame has a wrong bit. What it said is then said again." }),
      noise_rate: rate.meta({ description: "Chance that bytes of noise go before a frame." }),
    })
    .prefault({})
    .meta({ description: "How bad the cable is." }),
};
export type Line = z.infer<(typeof lineFields)["line"]>;

/** What comes out at the other end of the cable, and whether the frame is still right. */
export function through(
  frame: Uint8Array,
  { wrong_rate, noise_rate }: Line,
  random: Random,
): { readonly bytes: Buffer; readonly isWhole: boolean } {
  const noise = random.chance(noise_rate)
    ? Array.from({ length: random.whole([1, 6]) }, () => random.whole([0, 255]))
    : [];
  const isWhole = !random.chance(wrong_rate);
  const sent = Buffer.from(frame);
  const at = random.whole([0, sent.length - 1]);
  if (!isWhole) sent[at] = (sent[at] ?? 0) ^ (1 << random.whole([0, 7]));
  return { bytes: Buffer.concat([Buffer.from(noise), sent]), isWhole };
}
