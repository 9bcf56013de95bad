import type { BizStep, Movement } from "../movement.ts";
import type { actions, Disposition } from "./vocabulary.ts";

/** What an event says was done, and how the things are after it. */
export interface Meaning {
  readonly action: (typeof actions)[number];
  readonly bizStep: BizStep;
  readonly disposition?: Disposition;
}

/** The action and the usual disposition of each step (CBV 2.0, 7.1 and 7.2). */
const meanings: Readonly<Record<BizStep, Omit<Meaning, "bizStep">>> = {
  arriving: { action: "OBSERVE", disposition: "in_transit" },
  receiving: { action: "OBSERVE", disposition: "in_progress" },
  unloading: { action: "OBSERVE", disposition: "in_progress" },
  storing: { action: "OBSERVE", disposition: "sellable_not_accessible" },
  picking: { action: "OBSERVE", disposition: "in_progress" },
  packing: { action: "OBSERVE", disposition: "in_progress" },
  unpacking: { action: "OBSERVE", disposition: "in_progress" },
  staging_outbound: { action: "OBSERVE", disposition: "in_progress" },
  loading: { action: "OBSERVE", disposition: "in_transit" },
  shipping: { action: "OBSERVE", disposition: "in_transit" },
  departing: { action: "OBSERVE", disposition: "in_transit" },
  cycle_counting: { action: "OBSERVE", disposition: "sellable_not_accessible" },
  stock_taking: { action: "OBSERVE", disposition: "sellable_not_accessible" },
  inspecting: { action: "OBSERVE", disposition: "in_progress" },
  destroying: { action: "DELETE", disposition: "destroyed" },
  commissioning: { action: "ADD", disposition: "active" },
  decommissioning: { action: "DELETE", disposition: "inactive" },
  entering_exiting: { action: "OBSERVE", disposition: "in_progress" },
  other: { action: "OBSERVE" },
};

const counting: readonly BizStep[] = ["cycle_counting", "stock_taking"];

/**
 * What a movement means to other systems.
 *
 * A count's event states what was seen, and a count's movement is the difference. Only of one thing found at a place is that
 * the same; the other differences are told as `other`, so that no count seems to have seen what it missed.
 */
export function meaningOf({ bizStep, from, to }: Movement, ofClass: boolean): Meaning {
  const usual = meanings[bizStep];
  const difference = counting.includes(bizStep) && (ofClass || to === "loss");
  const meaning = { bizStep: difference ? "other" : bizStep, ...usual } as const;
  if (usual.action !== "OBSERVE") return meaning;
  if (to === "loss") return { ...meaning, disposition: "unknown" };
  if (to === "transit") return { ...meaning, disposition: "in_transit" };
  if (bizStep === "receiving" && from === "customer") return { ...meaning, disposition: "returned" };
  return meaning;
}
