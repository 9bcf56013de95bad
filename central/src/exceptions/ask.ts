import type { MatchedByHand } from "../follow/match-by-hand.ts";
import type { AskedMovement } from "../record/ask.ts";
import type { Names } from "../reservations/names.ts";
import type { Action } from "./kinds.ts";

/** What somebody decides about an exception. */
export type Decision =
  | { readonly action: "ignore" | "done"; readonly reason: string }
  | {
      readonly action: "bind";
      readonly sku: string;
      readonly pack?: string | undefined;
      readonly reason?: string | undefined;
    }
  | {
      readonly action: "mend";
      readonly movements: readonly AskedMovement[];
      readonly force: boolean;
      readonly reason: string;
    }
  | {
      readonly action: "decide";
      readonly from: string;
      readonly to: string;
      readonly event_time?: string | undefined;
      readonly force: boolean;
      readonly reason?: string | undefined;
    }
  | (MatchedByHand & { readonly action: "match"; readonly reason?: string | undefined })
  | { readonly action: "resend"; readonly reason?: string | undefined };

export type DecisionOf<A extends Action> = Extract<Decision, { readonly action: A }>;

/** Who decides, and when. */
export interface Deciding {
  readonly actor: string;
  readonly cause: "person" | "client";
  readonly nowMs: number;
  readonly names: Names;
}
