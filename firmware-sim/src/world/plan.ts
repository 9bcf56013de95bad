import type { Range } from "../random.ts";
import type { Item } from "./catalogue.ts";
import type { Label } from "./events.ts";

/** What the world is told before it begins. All times are milliseconds of the world. */
export interface WorldPlan {
  readonly seed: string;
  readonly items: readonly Item[];
  readonly sites: readonly SitePlan[];
}

export interface SitePlan {
  readonly site: string;
  readonly pallets: PalletPlan;
  readonly gates: readonly GatePlan[];
  readonly scanners: readonly ScannerPlan[];
}

export interface PalletPlan {
  /** From the beginning to the first pallet's arrival. */
  readonly firstMs: Range;
  /** From one pallet's arrival to the next one's. */
  readonly everyMs: Range;
  /** Tagged pieces on a pallet. */
  readonly pieces: Range;
  /** How many different items are on a pallet. */
  readonly items: Range;
  /** Whether the pallet has a tag of its own. */
  readonly tagged: boolean;
  /** How many come at most; absent: without end. */
  readonly countMax?: number;
}

export interface GatePlan {
  readonly device: string;
  readonly from: string;
  readonly to: string;
  /** How long things stand at `from` before they go through. */
  readonly stayMs: Range;
  /** How long a crossing takes. */
  readonly dwellMs: Range;
  /** Which part of a group that came to `from` goes on through this gate, oldest things first. */
  readonly share: number;
  /** When more things stand at `from`, the next crossing takes what is too many. */
  readonly keepMax: number;
}

export interface ScannerPlan {
  readonly device: string;
  readonly from: string;
  readonly to: string;
  /** From one scan to the next. */
  readonly everyMs: Range;
  readonly labels: readonly Label[];
  /** How many scans at most; absent: as long as pallets come. */
  readonly countMax?: number;
}
