import { ok, type Result, refuse } from "@tallygate/protocol";
import type { PlaceAbove, PlaceKind } from "../db/places/places.ts";
import { placeLimits } from "./limits.ts";

/** A place that is to stand somewhere. */
export interface Standing {
  readonly code: string;
  readonly kind: PlaceKind;
  /** How many levels of places stand in it. */
  readonly height: number;
}

/**
 * Whether a place may stand in the first of `lineage`, which stands in the second, and so on. A bin has nothing in it, nothing stands in
 * itself, and there is an end to the depth.
 */
export function checkStanding({ code, kind, height }: Standing, lineage: readonly PlaceAbove[]): Result<undefined> {
  const [parent] = lineage;
  const not = (detail: string, at: string) => refuse("place.hierarchy", detail, { at: `body.${at}` });
  if (kind === "bin" && height > 0) return not(`Places stand in ${code}, so it is no bin.`, "kind");
  if (parent === undefined) return ok(undefined);
  if (lineage.some(above => above.code === code)) {
    return not(`${parent.code} is ${code} or stands in it; a place cannot stand in itself.`, "parent");
  }
  if (parent.kind === "bin") return not(`${parent.code} is a bin, and nothing stands in one.`, "parent");
  const depth = lineage.length + 1 + height;
  if (depth <= placeLimits.depthMax) return ok(undefined);
  return not(`Places would be ${depth} deep in each other; at most ${placeLimits.depthMax} are.`, "parent");
}
