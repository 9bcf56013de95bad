import { genesisHash, hashMovement, type Movement } from "@tallygate/protocol";
import type { AuditedEpoch, AuditedMonth, AuditedRow, EpochPage } from "../db/audit/chain.ts";
import { hashNote } from "../record/note.ts";
import type { Fault, FaultKind } from "./fault.ts";

/** The point behind which rows are checked: the sequence before the first of them, and its hash. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Whether an epoch begins at the point that it says it follows. */
export function checkLink(epoch: AuditedEpoch): Fault | undefined {
  const { site, code, follows_epoch, follows_seq, followed_hash, start_hash } = epoch;
  if (follows_epoch === null) {
    if (start_hash === genesisHash) return undefined;
    return {
      kind: "altered",
      site,
      epoch: code,
      seq: 0,
      detail: "it follows nothing and does not begin at the genesis hash",
    };
  }
  const point = `${follows_epoch}/${follows_seq}`;
  if (epoch.follows_site_id !== epoch.site_id) {
    return { kind: "altered", site, epoch: code, seq: 0, detail: `it follows ${point}, which is of another site` };
  }
  if (followed_hash === null) {
    const detail = `the epoch ${code} follows it, and it is not in the ledger`;
    return { kind: "missing", site, epoch: follows_epoch, seq: follows_seq, detail };
  }
  if (followed_hash === start_hash) return undefined;
  const detail = `it begins at the hash ${start_hash}; ${point}, which it follows, has ${followed_hash}`;
  return { kind: "altered", site, epoch: code, seq: 0, detail };
}

/** Whether the months of an epoch begin with its first movement, follow each other, and end before its cursor does. */
export function checkMonths(
  { site, code }: AuditedEpoch,
  { cursorSeq, months }: { readonly cursorSeq: number; readonly months: readonly AuditedMonth[] },
): Fault | undefined {
  const fault = (kind: FaultKind, seq: number, detail: string): Fault => ({ kind, site, epoch: code, seq, detail });
  if (cursorSeq > 0 && months[0]?.first_seq !== 1)
    return fault("missing", 1, "epoch_month does not say in which month it was recorded");
  for (const [index, { first_seq: seq, since, whole }] of months.entries()) {
    if (seq > cursorSeq)
      return fault("inserted", seq, `epoch_month has a month from here on, and the epoch's cursor is ${cursorSeq}`);
    if (!whole) return fault("altered", seq, "what epoch_month has from here on is no month");
    if (months[index - 1]?.since === since) return fault("inserted", seq, "epoch_month has the month before once more");
  }
  return undefined;
}

/**
 * Whether the rows of a page follow `head` without a gap, each with the hash that its own fields give. Gives the rows up to the
 * first that does not, and what is wrong with that one.
 *
 * @param last whether the page is the epoch's last one
 */
export function checkRows(
  epoch: AuditedEpoch,
  page: EpochPage,
  head: ChainHead,
  last: boolean,
): { readonly good: number; readonly fault: Fault | undefined } {
  const fault = (kind: FaultKind, seq: number, detail: string): Fault => {
    return { kind, site: epoch.site, epoch: epoch.code, seq, detail };
  };
  let { seq, hash } = head;
  for (const [index, row] of page.rows.entries()) {
    const found = checkRow(epoch, page, { seq, hash }, index);
    if (found !== undefined) return { good: index, fault: fault(...found) };
    seq = row.seq;
    hash = row.hash;
  }
  const good = page.rows.length;
  if (!last) return { good, fault: undefined };
  if (seq < page.cursorSeq) {
    return {
      good,
      fault: fault("missing", seq + 1, `the epoch's cursor is ${page.cursorSeq}, the rows end at ${seq}`),
    };
  }
  if (hash === page.cursorHash) return { good, fault: undefined };
  return { good, fault: fault("cursor", seq, `the cursor has the hash ${page.cursorHash}, the last row ${hash}`) };
}

type Found = readonly [kind: FaultKind, seq: number, detail: string];

function checkRow(epoch: AuditedEpoch, page: EpochPage, head: ChainHead, index: number): Found | undefined {
  const row = page.rows[index];
  if (row === undefined) return undefined;
  const expected = head.seq + 1;
  if (row.seq < 1) return ["inserted", row.seq, `sequences begin at 1`];
  if (row.seq < expected) return ["inserted", row.seq, "it is in the ledger twice"];
  if (row.seq > page.cursorSeq) {
    return head.seq < page.cursorSeq
      ? ["missing", expected, `the row after ${head.seq} is ${row.seq}`]
      : ["inserted", row.seq, `the epoch's cursor is ${page.cursorSeq}`];
  }
  if (row.seq > expected) return ["missing", expected, `the row after ${head.seq} is ${row.seq}`];
  if (row.site_id !== epoch.site_id) return ["altered", row.seq, "it names another site than its epoch"];
  const hash = hashOf(epoch, head.hash, row.seq, row);
  if (hash !== row.hash) return diagnose(epoch, page, head, index, row);
  return row.in_its_month
    ? undefined
    : ["altered", row.seq, "its record time is not of the month that epoch_month has"];
}

/**
 * What was done to the first row whose hash does not fit. Rows that still carry the hashes they were written with tell where they
 * belong; what nothing tells otherwise was altered.
 */
function diagnose(epoch: AuditedEpoch, { rows }: EpochPage, head: ChainHead, index: number, row: AuditedRow): Found {
  const seq = head.seq + 1;
  const stored = row.hash;
  const fits = `its fields do not give its hash ${stored}`;
  for (const other of rows.slice(index + 1)) {
    const here = hashOf(epoch, head.hash, seq, other);
    if (here === stored) return ["swapped", seq, `what stands at ${other.seq} belongs here`];
    if (here !== other.hash) continue;
    // The row that belongs here stands further on: alone when the others were pushed on by one, else in another's place.
    const pushed = other.seq === seq + 1 && hashOf(epoch, other.hash, seq + 1, row) !== stored;
    return pushed
      ? ["inserted", seq, `what stands at ${other.seq} follows ${head.seq}`]
      : ["swapped", seq, `what stands at ${other.seq} belongs here`];
  }
  const next = rows[index + 1];
  // When the row was taken out and the rest pulled up, the next row fits behind this one, one further on.
  if (next !== undefined && hashOf(epoch, stored, next.seq + 1, next) === next.hash) {
    return ["missing", seq, "the rows from here on stand one too low"];
  }
  return ["altered", seq, fits];
}

function hashOf({ site, code }: AuditedEpoch, previous: string, seq: number, row: AuditedRow): string {
  return hashMovement(previous, site, code, seq, movementOf(row), row.note === null ? undefined : hashNote(row.note));
}

/** The row as the wire had it. Nothing is parsed: whatever stands there, its hash must be the stored one. */
function movementOf(row: AuditedRow): Movement {
  const { reverses_epoch: epoch, reverses_seq: seq } = row;
  return {
    code: row.code,
    ...(row.epc_hex === null ? {} : { epcHex: row.epc_hex }),
    quantity: row.quantity,
    from: row.from_account,
    to: row.to_account,
    bizStep: row.biz_step,
    readPoint: row.read_point,
    eventTimeMs: row.event_ms,
    cause: row.cause,
    ...(epoch === null && seq === null ? {} : { reverses: { epoch, seq } }),
  } as Movement;
}
