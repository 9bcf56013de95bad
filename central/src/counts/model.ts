import type { ApprovalLimits } from "./approval.ts";
import type { CountState } from "./machine.ts";

/** A count as the database has it. Times are RFC 3339. */
export interface Count {
  readonly id: string;
  readonly siteId: number;
  readonly site: string;
  readonly kind: "full" | "cycle";
  readonly blind: boolean;
  readonly allItems: boolean;
  readonly state: CountState;
  readonly name: string | null;
  readonly limits: ApprovalLimits;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly submittedBy: string | null;
  readonly submittedAt: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly postedAt: string | null;
  readonly remark: string | null;
  readonly version: number;
}

/** A place of a count. */
export interface CountPlace {
  readonly placeId: number;
  readonly place: string;
  readonly countedMs: number | undefined;
  readonly done: boolean;
  readonly leftOut: boolean;
  readonly settled: boolean;
  readonly differs: boolean;
  readonly entries: number;
}

/** An item at a place of a count. */
export interface Pair {
  readonly placeId: number;
  readonly itemId: number;
}

/** The address of a count, as events, exceptions and movements name it. */
export function addressOf(countId: string): string {
  return `/v1/counts/${countId}`;
}
