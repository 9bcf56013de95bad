import { type Result, refuse } from "@tallygate/protocol";
import type { ExceptionRow } from "../db/exceptions/read.ts";
import { type Action, kindOf } from "./kinds.ts";

type Refusal = Extract<Result<never>, { readonly ok: false }>;

/**
 * Why an action cannot be taken about an exception as it is; undefined: it can. What was ignored can still be put right, and what was
 * resolved is so for good.
 */
export function refusalOf(
  row: Pick<ExceptionRow, "id" | "problem" | "state" | "resolution" | "resolved_by" | "resolved_at" | "note">,
  action: Action,
): Refusal | undefined {
  if (row.state === "resolved" || (row.state === "ignored" && action === "ignore")) {
    return refuse("exception.resolved", `${settledAs(row)} Nothing was changed.`);
  }
  const { name, actions } = kindOf(row.problem);
  if (actions.includes(action)) return undefined;
  const instead = actions.length === 0 ? "It is decided where its key leads." : `Possible: ${actions.join(", ")}.`;
  return refuse("exception.action", `The exception ${row.id} is of the kind ${name}. ${instead}`, {
    at: "body.action",
  });
}

function settledAs(row: Pick<ExceptionRow, "id" | "resolution" | "resolved_by" | "resolved_at" | "note">): string {
  if (row.resolved_by === null) return `The exception ${row.id} closed by itself at ${row.resolved_at}.`;
  const note = row.note === null ? "" : `: ${row.note}`;
  return `${row.resolved_by} decided about the exception ${row.id} at ${row.resolved_at} (${row.resolution}${note}).`;
}
