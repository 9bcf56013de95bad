import type { Element } from "@tallygate/protocol";
import type { Item } from "./catalogue.ts";
import type { Thing } from "./things.ts";

/** What happens in the world. Times are milliseconds since the world began. */
export type WorldEvent = Crossing | Scan;

/** Things go through a gate, all together. */
export interface Crossing {
  readonly kind: "crossing";
  readonly atMs: number;
  /** When the last of them is out of the gate's hearing. */
  readonly endMs: number;
  readonly site: string;
  readonly device: string;
  readonly from: string;
  readonly to: string;
  readonly things: readonly Thing[];
  /** Things that stand about near the gate and do not go through. */
  readonly near: readonly Thing[];
}

export const labels = ["ean-13", "gs1-128", "data-matrix"] as const;
/**
 * The label that is scanned. `ean-13`: the trade item alone. `gs1-128`: trade item, expiry date and lot. Both say one
 * piece of a class of things. `data-matrix`: trade item and serial, one thing of its own.
 */
export type Label = (typeof labels)[number];

/** A person scans one label at a bench: one piece goes from one account to another. */
export interface Scan {
  readonly kind: "scan";
  readonly atMs: number;
  readonly site: string;
  readonly device: string;
  readonly from: string;
  readonly to: string;
  readonly label: Label;
  readonly item: Item;
  /** The label's data by Application Identifier, in the order of the label. */
  readonly elements: readonly Element[];
  /** The thing whose label it is; absent where the label says a class of things. */
  readonly thing?: Thing;
}
