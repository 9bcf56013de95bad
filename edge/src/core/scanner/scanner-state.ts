import { Account, type Epoch, PlaceCode, type Problem } from "@tallygate/protocol";
import { z } from "zod";
import type { DecidedMovement } from "../types.ts";
import { type ScanMode, scanModes } from "./modes.ts";

export const scannerLimits = {
  /** Goods that wait for the place they go to. More are refused until that is scanned. */
  goodsMax: 500,
  /** Movements of a scanner that can be undone; the oldest are forgotten. */
  undoMax: 100,
  /** Things that are remembered as counted in one sweep; beyond that it begins anew, and the centre knows those that come again. */
  sweepThingsMax: 100_000,
} as const;

/** Goods that were scanned and wait for the place they go to. */
export const Goods = z.object({
  key: z.string(),
  classKey: z.string().optional(),
  epcHex: z.string().optional(),
  quantity: z.int(),
  isThing: z.boolean().meta({ description: "One thing of its own, not goods of a class." }),
  lot: z.string().optional().meta({ description: "Of one thing: that of goods of a class is in their key." }),
  expiresOn: z.string().optional(),
});
export type Goods = z.infer<typeof Goods>;

/**
 * Where a scanner stands, as far as it is not where its configuration puts it. It is stored with the tick that changed it.
 *
 * A move is a sequence: *idle* (no `from`) → a place → *from there* (`from`) → goods → *waiting* (`goods`) → a place: they move, *idle*.
 * `quantity` is for the next goods, in every mode. What is half done is forgotten after `forgetMs` without a scan.
 */
export const ScannerState = z.object({
  mode: z.enum(scanModes).optional(),
  place: PlaceCode.optional(),
  from: Account.optional(),
  goods: z.array(Goods),
  quantity: z.int().optional(),
  /** When the last scan was, by its event time and by our clock. */
  stepMs: z.number(),
  touchedMs: z.number(),
  /** A half-done sequence was forgotten, and the person was not told yet. */
  forgot: z.boolean(),
});
export type ScannerState = z.infer<typeof ScannerState>;

export const freshScanner: ScannerState = { goods: [], stepMs: 0, touchedMs: 0, forgot: false };

/** A scanner's state as it is kept; `configured` is the configuration that it departs from. */
export interface KeptScanner {
  readonly deviceId: string;
  readonly configured: string;
  readonly state: ScannerState;
}

export function isHalfDone({ from, goods, quantity }: ScannerState): boolean {
  return from !== undefined || quantity !== undefined || goods.length > 0;
}

/** The state without its half-done sequence. */
export function withoutSequence({ from: _, quantity: __, ...state }: ScannerState): ScannerState {
  return { ...state, goods: [] };
}

/** A movement's identity is given at the commit: before it, a movement of the same tick is known by its position in it. */
export type MovementRef = { readonly epoch: Epoch; readonly seq: number } | { readonly decided: number };

/** A movement that the scanner made and may undo. Only in memory: an epoch lasts as long as that. */
export interface Done {
  readonly ref: MovementRef;
  readonly moved: DecidedMovement;
  readonly isThing: boolean;
}

/** What became of a scan. */
export type Did =
  /** Goods moved; for a sequence, `goods` of them. */
  | "moved"
  /** A thing is there already, or something newer is known of it. */
  | "stayed"
  /** Goods wait for the place they go to. */
  | "waiting"
  | "counted"
  /** What was counted last is not counted any more. */
  | "uncounted"
  | "looked_up"
  | "mode_set"
  | "place_set"
  /** The place that goods leave is known; they come next. */
  | "from_set"
  | "quantity_set"
  | "undone"
  /** Goods that waited do not wait any more. */
  | "taken_back"
  | "cancelled"
  /** The same scan came before. */
  | "repeated"
  | "refused";

/** What the person with the scanner is told. Names and stock are added after the commit. */
export interface ScanAnswer {
  readonly deviceId: string;
  readonly did: Did;
  readonly mode: ScanMode;
  readonly place: string;
  readonly code?: string;
  readonly classKey?: string;
  readonly quantity?: number;
  readonly from?: string;
  readonly to?: string;
  /** How many goods moved together, or wait. */
  readonly goods?: number;
  /** What was counted of its class so far in this sweep. */
  readonly counted?: number;
  /** Where one thing of its own is known to be. */
  readonly knownAt?: string;
  readonly forgot?: true;
  readonly problem?: Problem;
}

/** A person sets the mode otherwise than by scanning. As if the mode's barcode, and then the place's, were scanned. */
export interface ScannerOrder {
  readonly deviceId: string;
  readonly mode: ScanMode;
  readonly place?: PlaceCode;
}
