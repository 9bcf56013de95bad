import type { PolicyName } from "./policies/index.ts";

/** A quantity of an item, in the words of the outside. A place is one of the site's. */
export interface AskedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly site?: string | undefined;
  readonly place?: string | undefined;
}

/** Who asks, where somebody does. */
export interface Asker {
  /** As the audit trail names them; without a name nothing is written there. */
  readonly actor?: string | undefined;
  /** The only sites at which they may hold or end anything; without it, all. */
  readonly within?: readonly string[] | undefined;
}

export interface AskToReserve extends Asker {
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

export interface AskToEnd extends Asker {
  readonly kind: "fulfil" | "release";
  readonly id: string;
  readonly lines?: readonly AskedLine[] | undefined;
}

/** What a caller asks for, not yet looked up. */
export type Ask = AskToReserve | AskToEnd;
