import { genesisHash } from "@tallygate/protocol";
import type { ReadBatch } from "./read-message.ts";

/** The point up to which the ledger has an epoch. */
export interface Reached {
  readonly cursorSeq: number;
  readonly cursorHash: string;
}

/** What the ledger has of the epoch that a new epoch says it follows. */
export interface Followed extends Reached {
  /** The hash at the named point; absent when the ledger is not there yet. */
  readonly hashAtPoint: string | undefined;
}

/** What is to be done with a batch. */
export type Verdict =
  /** Apply all but the first `skip` movements. */
  | { readonly kind: "apply"; readonly skip: number }
  /** All of it is in the ledger; confirm again. */
  | { readonly kind: "repeat" }
  /** Movements before it are not here: ask for them. */
  | { readonly kind: "missing"; readonly epoch: string; readonly from: number; readonly reason: string }
  /** Its hashes do not fit: keep it for a person, and ask for what it should have been. */
  | { readonly kind: "broken"; readonly epoch: string; readonly from: number; readonly reason: string };

/** Judges a batch of an epoch that the ledger has. */
export function judgeBatch({ batch, hashes }: ReadBatch, { cursorSeq, cursorHash }: Reached): Verdict {
  const { epoch, first } = batch;
  const from = cursorSeq + 1;
  if (first > from) {
    return { kind: "missing", epoch, from, reason: `the ledger is at ${cursorSeq}, the batch begins at ${first}` };
  }
  if (hashes.at(-1) !== batch.after) {
    return { kind: "broken", epoch, from, reason: "the movements do not give the hash that the batch names" };
  }
  if (first + hashes.length - 1 <= cursorSeq) return { kind: "repeat" };
  const skip = from - first;
  const before = skip === 0 ? batch.before : hashes[skip - 1];
  if (before !== cursorHash) {
    return {
      kind: "broken",
      epoch,
      from,
      reason: `the hash before ${from} is ${before}; the ledger has ${cursorHash}`,
    };
  }
  return { kind: "apply", skip };
}

/** Judges a batch of an epoch that the ledger does not have. Only its first batch can open it, behind the point it follows. */
export function judgeFirstBatch(read: ReadBatch, followed: Followed | undefined): Verdict {
  const { epoch, first, follows } = read.batch;
  if (first > 1) return { kind: "missing", epoch, from: 1, reason: `the epoch is new, the batch begins at ${first}` };
  if (follows === undefined) return judgeBatch(read, { cursorSeq: 0, cursorHash: genesisHash });
  if (followed?.hashAtPoint === undefined) {
    const from = (followed?.cursorSeq ?? 0) + 1;
    const reason = `the epoch ${epoch} follows ${follows.epoch}/${follows.seq}, which is not here`;
    return { kind: "missing", epoch: follows.epoch, from, reason };
  }
  if (followed.hashAtPoint !== follows.hash) {
    const reason = `it follows ${follows.epoch}/${follows.seq} by the hash ${follows.hash}; the ledger has ${followed.hashAtPoint}`;
    return { kind: "broken", epoch, from: 1, reason };
  }
  return judgeBatch(read, { cursorSeq: 0, cursorHash: follows.hash });
}
