import { z } from "zod";

/** Whether the edge sets the reader to work. */
export const inventory = z
  .boolean()
  .default(true)
  .meta({ description: "Tell the reader to look for tags, and to go on. false: it does so by itself." });

/** Antennas that take turns, where the edge tells the reader which is next. */
export function antennaTurns(max: number) {
  return z
    .array(z.int().min(1).max(max))
    .min(1)
    .max(max)
    .default([1])
    .meta({ description: "Antennas that take turns, from 1." });
}
