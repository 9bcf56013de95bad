import type { AuditedRow, FurtherLineRow } from "../db/audit/chain.ts";
import type { Meaning } from "../stock/model.ts";
import { type Thing, thingOf } from "../stock/thing.ts";
import type { FaultKind } from "./fault.ts";
import type { Meanings } from "./tags.ts";

/** What is wrong with a row's posting, in words; undefined: nothing. */
export type PostingFault = readonly [kind: FaultKind, detail: string];

/** The class keys of rows, whose meanings their postings must have. */
export function classKeysOf(rows: readonly { readonly code: string }[]): readonly string[] {
  const keys = new Set<string>();
  for (const { code } of rows) {
    const { kind, classKey } = thingOf(code);
    if (kind === "class" || kind === "instance") keys.add(classKey);
  }
  return [...keys];
}

/**
 * Whether a movement was posted as the rules of `central/src/stock/plan.ts` post it, as far as its own row, the row before it of
 * the same thing, its further lines and its tag tell. The movement's own fields are right by their hash.
 */
export function checkPosting(row: AuditedRow, epochId: number, meanings: Meanings): PostingFault | undefined {
  const thing = thingOf(row.code);
  const meant = meanings.get(thing.classKey) ?? [];
  return checkPrevious(row, thing) ?? checkLines(row, thing, meant) ?? checkTag(row, epochId, thing);
}

function checkPrevious(row: AuditedRow, { kind }: Thing): PostingFault | undefined {
  if (row.previous_epoch_id === null) return undefined;
  const point = `${row.previous_epoch_id}/${row.previous_seq}`;
  if (kind === "class" || kind === "none")
    return ["altered", "it names a movement before it, which only one thing has"];
  if (row.previous_code === null) return ["missing", `the movement before it of the same thing (${point}) is gone`];
  if (row.previous_code !== row.code) return ["altered", `the movement before it (${point}) is of another thing`];
  return undefined;
}

function checkLines(row: AuditedRow, { kind }: Thing, meant: readonly Meaning[]): PostingFault | undefined {
  const { posted_from, posted_to, item_id, further } = row;
  const posted = item_id !== null || posted_from !== null || posted_to !== null;
  if (kind === "unit" || kind === "none") {
    return posted || further !== null ? ["inserted", "it is no stock, and is posted"] : undefined;
  }
  if (row.held) return posted || further !== null ? ["inserted", "it is held, and is posted"] : undefined;
  if (posted)
    return further === null ? checkOwnLine(row, meant) : ["inserted", "it was posted with its row, and again later"];
  if (further !== null) return checkFurther(row, further, meant);
  if (row.previous_epoch_id !== null && row.taken_from_id === row.to_id) return undefined;
  return ["missing", "it is not posted: its posting, or that it is held, was taken away"];
}

/** With the row itself only single units are posted. */
function checkOwnLine(row: AuditedRow, meant: readonly Meaning[]): PostingFault | undefined {
  const from = sourceOf(row);
  if (!meant.some(({ itemId, units }) => itemId === row.item_id && units === 1))
    return ["altered", `it is posted to the item number ${row.item_id}; its code means ${inWords(meant)}`];
  if (row.posted_from !== from)
    return ["altered", `it is posted from the place number ${row.posted_from} and not from ${from}`];
  if (row.posted_to !== row.to_id)
    return ["altered", `it is posted to the place number ${row.posted_to} and not to ${row.to_id}`];
  return undefined;
}

/** Of what came late, the second line goes on from the late place; where to, only the balances tell. */
function checkFurther(
  row: AuditedRow,
  lines: readonly FurtherLineRow[],
  meant: readonly Meaning[],
): PostingFault | undefined {
  const pack = lines.find(line => line.why === "pack");
  if (pack !== undefined && lines.length > 1) return ["inserted", "it is posted as a pack, and in further lines"];
  if (pack !== undefined && pack.from !== sourceOf(row))
    return ["altered", `it is posted from the place number ${pack.from} and not from ${sourceOf(row)}`];
  for (const [index, line] of lines.entries()) {
    if (line.line !== index + 1) return ["missing", `its further posting ${index + 1} is gone`];
    if (index > 1) return ["inserted", "it has more than two further postings"];
    if (!meant.some(meaning => isPosted(meaning, row, line))) {
      return [
        "altered",
        `its further posting ${line.line} is ${line.quantity} of the item number ${line.item_id}; its code means ${inWords(meant)}`,
      ];
    }
    if (line.code !== row.code || line.site_id !== row.site_id)
      return ["altered", `its further posting ${line.line} has another code or site`];
    const [first, time] = [index === 0, line.event_ms - row.event_ms];
    if (first ? time !== 0 : time < 0) return ["altered", `its further posting ${line.line} has another time`];
    const place = first ? line.to === row.to_id : line.from === row.to_id || line.from_code === row.to_account;
    if (!place) return ["altered", `its further posting ${line.line} is at another place`];
  }
  return undefined;
}

function isPosted({ itemId, units }: Meaning, row: AuditedRow, line: FurtherLineRow): boolean {
  return itemId === line.item_id && row.quantity * units === line.quantity && (line.why !== "pack" || units !== 1);
}

/** Where a movement takes its goods from: from where the ledger had them, or from where it says itself. */
function sourceOf(row: AuditedRow): number | null {
  return row.previous_epoch_id === null ? row.from_id : row.taken_from_id;
}

function inWords(meant: readonly Meaning[]): string {
  const items = meant.map(({ itemId, units }) => (units === 1 ? `${itemId}` : `${units} of ${itemId}`));
  return items.length === 0 ? "none" : items.join(" or ");
}

/** The tag is at this movement or at one that is newer by event time. */
function checkTag(row: AuditedRow, epochId: number, { kind }: Thing): PostingFault | undefined {
  if (row.held || (kind !== "instance" && kind !== "unit")) return undefined;
  if (row.tag_seen_ms === null) return ["tag", `where ${row.code} is was taken away`];
  const sameEpoch = row.tag_epoch_id === epochId && row.tag_seen_ms === row.event_ms;
  const behind = row.tag_seen_ms < row.event_ms || (sameEpoch && (row.tag_seq ?? 0) < row.seq);
  return behind ? ["tag", `the ledger has ${row.code} at an older movement than this one`] : undefined;
}
