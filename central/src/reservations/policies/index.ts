import { fewestPlaces } from "./fewest-places.ts";
import { firstExpiry } from "./first-expiry.ts";
import { nearest } from "./nearest.ts";
import { onePlace } from "./one-place.ts";
import type { Policy } from "./policy.ts";

/** THE list of policies: schema and documents derive from it. */
export const policies = {
  one_place: onePlace,
  fewest_places: fewestPlaces,
  nearest,
  first_expiry: firstExpiry,
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;

export function policyOf(name: PolicyName): Policy {
  return policies[name];
}

export const policyNames = Object.keys(policies) as [PolicyName, ...PolicyName[]];
