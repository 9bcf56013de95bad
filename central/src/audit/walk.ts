import { compareBalances, nextItems, type WrongBalance } from "../db/audit/balances.ts";
import {
  type AuditedEpoch,
  type EpochPage,
  findStrayPosting,
  nextEpochId,
  readAuditedEpoch,
  readAuditedMonths,
  readEpochPage,
  readHashAt,
  readMeaningsEver,
} from "../db/audit/chain.ts";
import { readAuditedTags } from "../db/audit/tags.ts";
import type { Executor } from "../db/pool.ts";
import { checkLink, checkMonths, checkRows } from "./chain.ts";
import type { Checked, Fault } from "./fault.ts";
import { auditLimits } from "./limits.ts";
import type { Position } from "./position.ts";
import { checkPosting, classKeysOf } from "./posting.ts";
import { checkSealAt } from "./sealed.ts";
import { checkTag } from "./tags.ts";

export const start: Position = { phase: "chain", epochId: 0, seq: 0, epochDone: true };

/** Only the chains of a site's epochs, or of one epoch. Balances, tags and seals belong to the whole. */
export interface Scope {
  readonly site?: string | undefined;
  readonly epoch?: string | undefined;
}

export interface Step {
  readonly checked: Partial<Checked>;
  /** What the step found; the walk goes on behind the epoch, the items, the tag or the seal that it is about. */
  readonly fault: Fault | undefined;
  readonly next: Position;
}

/** One bounded step of the walk. Each statement sees one moment, so movements that come meanwhile are no fault. */
export function step(db: Executor, position: Position, scope: Scope = {}): Promise<Step> {
  switch (position.phase) {
    case "chain":
      return position.epochDone ? beginEpoch(db, position.epochId, scope) : chainStep(db, position);
    case "balances":
      return balancesStep(db, position.itemId);
    case "tags":
      return tagsStep(db, position.code);
    case "seals":
      return sealsStep(db, position.number);
    case "done":
      return Promise.resolve({ checked: {}, fault: undefined, next: position });
  }
}

async function beginEpoch(db: Executor, after: number, scope: Scope): Promise<Step> {
  const epochId = await nextEpochId(db, after, scope);
  if (epochId === undefined) {
    const whole = scope.site === undefined && scope.epoch === undefined;
    return { checked: {}, fault: undefined, next: whole ? { phase: "balances", itemId: 0 } : { phase: "done" } };
  }
  const epoch = await readAuditedEpoch(db, epochId);
  const fault =
    epoch === undefined
      ? noEpoch(epochId)
      : (checkLink(epoch) ?? checkMonths(epoch, await readAuditedMonths(db, epochId)));
  // Without its row, or its beginning, nothing of an epoch can be checked.
  const next: Position = { phase: "chain", epochId, seq: 0, epochDone: epoch === undefined };
  return { checked: { epochs: 1 }, fault, next };
}

function noEpoch(epochId: number): Fault {
  const detail = `movements or postings name the epoch number ${epochId}, and it has no row`;
  return { kind: "missing", site: null, epoch: null, seq: null, detail };
}

/** Below every sequence, so that rows which stand before the first one are found. */
const beforeAll = -(2 ** 53 - 1);

async function chainStep(db: Executor, { epochId, seq }: { epochId: number; seq: number }): Promise<Step> {
  const epoch = await readAuditedEpoch(db, epochId);
  if (epoch === undefined) return { checked: {}, fault: noEpoch(epochId), next: behind(epochId) };
  const hash = seq === 0 ? epoch.start_hash : await readHashAt(db, epochId, seq);
  const page = await readEpochPage(db, { epochId, after: seq === 0 ? beforeAll : seq, limit: auditLimits.pageRows });
  if (page === undefined) return { checked: {}, fault: undefined, next: behind(epochId) };
  if (hash === undefined) {
    const fault: Fault = { ...at(epoch, seq), kind: "missing", detail: "it was there before, and is gone" };
    return { checked: {}, fault, next: behind(epochId) };
  }
  const last = page.rows.length < auditLimits.pageRows;
  const chain = checkRows(epoch, page, { seq, hash }, last);
  const posting = await checkPostings(db, epoch, page, chain.good);
  const stray = last && chain.fault === undefined ? await strayPosting(db, epoch) : undefined;
  const fault = posting ?? chain.fault ?? stray;
  const to = page.rows.at(-1)?.seq ?? seq;
  const next: Position = { phase: "chain", epochId, seq: to, epochDone: last || fault !== undefined };
  const further = page.rows.reduce((count, row) => count + (row.further?.length ?? 0), 0);
  return { checked: { movements: page.rows.length, further_postings: further }, fault, next };
}

function behind(epochId: number): Position {
  return { phase: "chain", epochId, seq: 0, epochDone: true };
}

/** The postings of the rows before the first whose hash does not fit. */
async function checkPostings(
  db: Executor,
  epoch: AuditedEpoch,
  { rows }: EpochPage,
  good: number,
): Promise<Fault | undefined> {
  const meanings = await readMeaningsEver(db, classKeysOf(rows));
  for (const row of rows.slice(0, good)) {
    const found = checkPosting(row, epoch.id, meanings);
    if (found !== undefined) return { ...at(epoch, row.seq), kind: found[0], detail: found[1] };
  }
  return undefined;
}

async function strayPosting(db: Executor, epoch: AuditedEpoch): Promise<Fault | undefined> {
  const seq = await findStrayPosting(db, epoch.id);
  return seq === undefined
    ? undefined
    : { ...at(epoch, seq), kind: "inserted", detail: "a further posting of a movement that is not there" };
}

function at({ site, code }: AuditedEpoch, seq: number) {
  return { site, epoch: code, seq };
}

async function balancesStep(db: Executor, after: number): Promise<Step> {
  const items = await nextItems(db, after, auditLimits.balanceItems);
  const last = items.at(-1);
  if (last === undefined) return { checked: {}, fault: undefined, next: { phase: "tags", code: "" } };
  const { balances, fault } = await compareBalances(db, items);
  // Behind a wrong item the rest of the page is looked at again from the next item on.
  const itemId = fault?.item_id ?? last;
  const checked = { items: items.filter(id => id <= itemId).length, balances };
  return { checked, fault: fault === null ? undefined : wrongBalance(fault), next: { phase: "balances", itemId } };
}

function wrongBalance({ item_id, sku, site, place, lot, kind, level, sum }: WrongBalance): Fault {
  const goods = `${sku ?? `the item number ${item_id}`}${lot === null ? "" : `, lot ${lot},`}`;
  const where = `${goods} at ${place ?? "a place that is not there"}`;
  const detail =
    kind === "on_hand"
      ? `of ${where}, stock says ${level ?? "nothing"}; its postings add up to ${sum}`
      : `of ${where}, stock says that ${level} are blocked; by the place and its lots it is ${sum}`;
  return { kind: "balance", site, epoch: null, seq: null, detail };
}

async function tagsStep(db: Executor, after: string): Promise<Step> {
  const tags = await readAuditedTags(db, after, auditLimits.pageRows);
  const last = tags.at(-1);
  if (last === undefined) return { checked: {}, fault: undefined, next: { phase: "seals", number: 0 } };
  const meanings = await readMeaningsEver(db, classKeysOf(tags));
  for (const [index, tag] of tags.entries()) {
    const fault = checkTag(tag, meanings);
    if (fault !== undefined) return { checked: { tags: index + 1 }, fault, next: { phase: "tags", code: tag.code } };
  }
  return { checked: { tags: tags.length }, fault: undefined, next: { phase: "tags", code: last.code } };
}

async function sealsStep(db: Executor, after: number): Promise<Step> {
  const found = await checkSealAt(db, after + 1);
  if (found === undefined) return { checked: {}, fault: undefined, next: { phase: "done" } };
  return { checked: { seals: 1 }, fault: found.fault, next: { phase: "seals", number: after + 1 } };
}
