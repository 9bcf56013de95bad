import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Pack } from "./item.ts";
import { catalogueLimits } from "./limits.ts";

export type GivenPack = Omit<Pack, "units">;

/**
 * Says how many units are in each pack, down to the units of the item. Refuses packs of the same name, of a pack that is not there,
 * of each other, and of more units than can be counted.
 */
export function resolvePacks(given: readonly GivenPack[], at: string): Result<readonly Pack[]> {
  const byName = new Map<string, GivenPack>();
  for (const [index, pack] of given.entries()) {
    if (byName.has(pack.pack)) {
      return refuse("item.pack", `There are two packs with the name ${pack.pack}.`, { at: `${at}[${index}].pack` });
    }
    byName.set(pack.pack, pack);
  }
  const packs: Pack[] = [];
  for (const [index, pack] of given.entries()) {
    const units = unitsOf(pack, byName);
    if (!units.ok) return refuse("item.pack", units.problem.detail, { at: `${at}[${index}]` });
    packs.push({ ...pack, units: units.value });
  }
  return ok(packs);
}

function unitsOf(pack: GivenPack, byName: ReadonlyMap<string, GivenPack>): Result<number> {
  const way = [pack.pack];
  let units = pack.contains;
  for (let inner = pack.of; inner !== null; ) {
    const next = byName.get(inner);
    if (next === undefined) return refuse("item.pack", `There is no pack ${inner}, of which ${way.at(-1)} is to be.`);
    if (way.includes(inner))
      return refuse("item.pack", `The packs contain each other: ${[...way, inner].join(" → ")}.`);
    way.push(inner);
    units *= next.contains;
    inner = next.of;
  }
  if (units <= catalogueLimits.packUnitsMax) return ok(units);
  return refuse("item.pack", `${pack.pack} has ${units} units; ${catalogueLimits.packUnitsMax} is the most.`);
}
