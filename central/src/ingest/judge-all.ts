import type { Resend } from "@tallygate/protocol";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import { type EpochName, openEpoch, type RecordTime, readEpochs } from "../db/ledger/epochs.ts";
import { readHash } from "../db/ledger/movements.ts";
import type { Client } from "../db/pool.ts";
import { type Followed, judgeBatch, judgeFirstBatch, type Verdict } from "./chain.ts";
import type { Directory } from "./directory.ts";
import { cutBody, type ReadBatch } from "./read-message.ts";

/** The movements of a batch that the ledger does not have yet: all but the first `skip`. */
export interface Accepted {
  readonly read: ReadBatch;
  readonly siteId: number;
  readonly epochId: number;
  readonly skip: number;
}

/** Where an epoch stands in this transaction. */
interface EpochState {
  readonly id: number;
  readonly siteId: number;
  readonly code: string;
  cursorSeq: number;
  cursorHash: string;
  moved: boolean;
}

export interface Judged extends RecordTime {
  /** In the order of epochs and sequences, which is the order they are applied in. */
  readonly accepted: readonly Accepted[];
  /** Each epoch that a batch was applied to, or repeated. */
  readonly confirmed: readonly Readonly<EpochState>[];
  readonly resends: readonly Resend[];
  readonly exceptions: readonly ExceptionCase[];
  /** What became of each batch. */
  readonly outcomes: readonly Verdict["kind"][];
}

/**
 * Decides what is to be done with each batch, in the order they came; epochs that begin are opened. The sites are locked, so the
 * cursors that are read here stay until the commit.
 */
export async function judgeAll(client: Client, reads: readonly ReadBatch[], directory: Directory): Promise<Judged> {
  const { epochs, nowMs, partition } = await readEpochs(client, epochNames(reads, directory));
  const states = new Map<string, EpochState>();
  for (const epoch of epochs) states.set(stateKey(epoch.siteId, epoch.code), { ...epoch, moved: false });
  const accepted: Accepted[] = [];
  const resends = new Map<string, Resend>();
  const exceptions = new Map<string, ExceptionCase>();
  const outcomes: Verdict["kind"][] = [];
  for (const read of reads) {
    const { site, epoch } = read.batch;
    const siteId = directory.siteId(site);
    const state = states.get(stateKey(siteId, epoch));
    const verdict =
      state === undefined
        ? judgeFirstBatch(read, await followedBy(client, read, siteId, states))
        : judgeBatch(read, state);
    outcomes.push(verdict.kind);
    if (verdict.kind === "apply") {
      const open = state ?? (await begin(client, read, siteId, states));
      accepted.push({ read, siteId, epochId: open.id, skip: verdict.skip });
      open.cursorSeq = read.batch.first + read.hashes.length - 1;
      open.cursorHash = read.batch.after;
      open.moved = true;
    } else if (verdict.kind === "repeat") {
      if (state !== undefined) state.moved = true;
    } else {
      resends.set(`${site}/${verdict.epoch}`, resendOf(read, verdict));
      if (verdict.kind === "broken") keepBroken(exceptions, read, siteId, verdict.reason);
    }
  }
  accepted.sort((a, b) => a.epochId - b.epochId || a.read.batch.first - b.read.batch.first);
  return {
    accepted,
    confirmed: [...states.values()].filter(state => state.moved),
    resends: [...resends.values()],
    exceptions: [...exceptions.values()],
    outcomes,
    nowMs,
    partition,
  };
}

function epochNames(reads: readonly ReadBatch[], directory: Directory): readonly EpochName[] {
  const names = new Map<string, EpochName>();
  for (const { batch } of reads) {
    const siteId = directory.siteId(batch.site);
    for (const code of batch.follows === undefined ? [batch.epoch] : [batch.epoch, batch.follows.epoch]) {
      names.set(stateKey(siteId, code), { siteId, code });
    }
  }
  return [...names.values()];
}

/** What the ledger has of the epoch that a new one follows, counting what this transaction applies. */
async function followedBy(
  client: Client,
  { batch: { follows } }: ReadBatch,
  siteId: number,
  states: ReadonlyMap<string, EpochState>,
): Promise<Followed | undefined> {
  const state = follows === undefined ? undefined : states.get(stateKey(siteId, follows.epoch));
  if (follows === undefined || state === undefined) return undefined;
  const { cursorSeq, cursorHash } = state;
  if (follows.seq === cursorSeq) return { cursorSeq, cursorHash, hashAtPoint: cursorHash };
  if (follows.seq > cursorSeq) return { cursorSeq, cursorHash, hashAtPoint: undefined };
  // A store that was put back from a copy goes on from a point that the ledger has passed. What this very transaction applies
  // is not found here; then the site is asked again and the next transaction finds it.
  return { cursorSeq, cursorHash, hashAtPoint: await readHash(client, state.id, follows.seq) };
}

async function begin(
  client: Client,
  { batch }: ReadBatch,
  siteId: number,
  states: Map<string, EpochState>,
): Promise<EpochState> {
  const { epoch: code, before: startHash, follows } = batch;
  const followed = follows === undefined ? undefined : states.get(stateKey(siteId, follows.epoch));
  const point =
    followed === undefined || follows === undefined ? undefined : { epochId: followed.id, seq: follows.seq };
  const id = await openEpoch(client, { siteId, code, startHash, follows: point });
  const state = { id, siteId, code, cursorSeq: 0, cursorHash: startHash, moved: false };
  states.set(stateKey(siteId, code), state);
  return state;
}

function resendOf(
  { batch: { v, site, epoch } }: ReadBatch,
  verdict: Extract<Verdict, { kind: "missing" | "broken" }>,
): Resend {
  return {
    v,
    site,
    epoch: verdict.epoch === epoch ? epoch : (verdict.epoch as Resend["epoch"]),
    from: verdict.from,
    reason: verdict.reason,
  };
}

function keepBroken(exceptions: Map<string, ExceptionCase>, read: ReadBatch, siteId: number, reason: string): void {
  const { epoch, first } = read.batch;
  const key = `${epoch}/${first}`;
  const detail = `${read.batch.site}/${epoch} from ${first} on: ${reason}`.slice(0, 1000);
  const before = exceptions.get(`${siteId}/${key}`);
  const count = (before?.count ?? 0) + 1;
  exceptions.set(`${siteId}/${key}`, { siteId, problem: "batch.chain", key, detail, ...cutBody(read.data), count });
}

function stateKey(siteId: number, code: string): string {
  return `${siteId}/${code}`;
}
