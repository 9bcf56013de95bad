import { z } from "@tallygate/kit";
import { problems, type Result } from "@tallygate/protocol";
import { readChanges } from "../db/audit/changes.ts";
import { type ExceptionRow, readStates } from "../db/exceptions/read.ts";
import type { Executor } from "../db/pool.ts";
import { kindNames, kindOf, kinds } from "../exceptions/kinds.ts";
import { refusalOf } from "../exceptions/settled.ts";
import type { ExceptionDetail, ExceptionView } from "./exception-schemas.ts";
import { apiLimits } from "./limits.ts";

export type View = z.infer<typeof ExceptionView>;

export async function statesOf(
  db: Executor,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ExceptionRow["state"]>> {
  return new Map((await readStates(db, ids)).map(({ id, state }) => [id, state]));
}

export function itemOf(id: number, result: Result<unknown>, states: ReadonlyMap<number, ExceptionRow["state"]>) {
  if (result.ok) return { id, state: states.get(id) ?? null, problem: null };
  const { code, detail } = result.problem;
  const state = code === "exception.unknown" ? null : (states.get(id) ?? null);
  return { id, state, problem: { code, detail } };
}

export function summaryOf(rows: readonly { readonly problem: string; readonly open: number }[]) {
  const open = new Map<string, number>();
  for (const row of rows) {
    const { name } = kindOf(row.problem);
    open.set(name, (open.get(name) ?? 0) + row.open);
  }
  return {
    open: rows.reduce((sum, row) => sum + row.open, 0),
    kinds: kindNames.map(kind => ({
      kind,
      open: open.get(kind) ?? 0,
      meaning: kinds[kind].meaning,
      actions: [...kinds[kind].actions],
    })),
  };
}

export async function historyOf(db: Executor, row: ExceptionRow): Promise<z.infer<typeof ExceptionDetail>["history"]> {
  const changes = await readChanges(db, { resource: `/v1/exceptions/${row.id}`, limit: apiLimits.pageRowsMax });
  const decided = changes.map(({ time, action, actor, after }) => ({
    time,
    what: action.replace("exception.", ""),
    by: actor,
    note: Reasoned.parse(after).reason,
  }));
  const opened = { time: row.first_time, what: "opened", by: null, note: null };
  const ended =
    row.resolution === "by_itself" && row.resolved_at !== null
      ? [{ time: row.resolved_at, what: "by_itself", by: null, note: null }]
      : [];
  return [opened, ...decided.reverse(), ...ended];
}

const Reasoned = z.object({ reason: z.string().nullable().default(null) });

const titles: ReadonlyMap<string, string> = new Map(Object.entries(problems).map(([code, { title }]) => [code, title]));

export function viewOf({ body: bytes, site_id: _, ...row }: ExceptionRow): View {
  const kind = kindOf(row.problem);
  return {
    ...row,
    kind: kind.name,
    title: titles.get(row.problem) ?? row.problem,
    actions: kind.actions.filter(action => refusalOf(row, action) === undefined),
    body: bytes?.toString("base64") ?? null,
    preview: bytes === null ? null : preview(bytes),
  };
}

/** Control characters are shown as their pictures (U+2400 …), so that a preview can be printed anywhere. */
function preview(bytes: Buffer): string {
  const text = bytes.subarray(0, apiLimits.previewCharsMax * 4).toString("utf8");
  return Array.from(text)
    .slice(0, apiLimits.previewCharsMax)
    .map(character => pictureOf(character))
    .join("");
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : character;
}
