import type { PolicyName } from "./policies/index.ts";

/** A quantity of an item, in the words of the outside. A place is one of the site's. */
export interface AskedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly site?: string | undefined;
  readonly place?: string | undefined;
}

export interface AskToReserve {
  readonly kind: "reserve";
  readonly id: string;
  readonly policy: PolicyName;
  readonly reference?: string | undefined;
  /** Undefined where a document is what ends it. */
  readonly expiresInMs: number | undefined;
  readonly documentId?: string | undefined;
  /** What becomes of a line of which there is less: it refuses the whole, or holds what there is. */
  readonly whenShort?: "refuse" | "take";
  readonly lines: readonly AskedLine[];
  readonly sites: readonly string[];
}

export interface AskToEnd {
  readonly kind: "fulfil" | "release";
  readonly id: string;
  readonly lines?: readonly AskedLine[] | undefined;
}

/** What a caller asks for, not yet looked up. */
export type Ask = AskToReserve | AskToEnd;
