import type { Executor } from "../db/pool.ts";
import { addChecked, type Checked, type Fault, nothingChecked } from "./fault.ts";
import type { Position } from "./position.ts";
import { type Scope, step } from "./walk.ts";

export interface Verified {
  readonly checked: Checked;
  readonly fault: Fault | undefined;
  /** Where to go on; `done` at the end, and behind the first fault when there is one. */
  readonly position: Position;
}

export interface VerifyOptions {
  readonly from: Position;
  readonly scope?: Scope;
  readonly rowsMax: number;
  /** No step begins after this. */
  readonly deadlineMs: number;
  readonly now?: () => number;
}

/** Walks until the first fault, the end, or so many rows or milliseconds; at least one step. */
export async function verify(
  db: Executor,
  { from, scope = {}, rowsMax, deadlineMs, now = () => performance.now() }: VerifyOptions,
): Promise<Verified> {
  const until = now() + deadlineMs;
  let position = from;
  let checked = nothingChecked;
  do {
    const { fault, next, checked: more } = await step(db, position, scope);
    checked = addChecked(checked, more);
    position = next;
    if (fault !== undefined) return { checked, fault, position };
  } while (position.phase !== "done" && rowsOf(checked) < rowsMax && now() < until);
  return { checked, fault: undefined, position };
}

/** Rows that were read. */
export function rowsOf({ movements, further_postings, balances, tags }: Checked): number {
  return movements + further_postings + balances + tags;
}
