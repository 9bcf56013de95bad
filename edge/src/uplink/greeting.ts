import type { ChainPoint, Hello, HelloReply } from "@tallygate/protocol";
import { contractVersion } from "@tallygate/protocol";
import type { EpochState } from "../store/outbox-rows.ts";
import type { Store } from "../store/store.ts";

const epochsMax = 1000;

/**
 * What an edge says of itself: the epochs with unconfirmed movements, oldest first. The current one is always among them: the centre may
 * have more of it than this store, and then the next movement would be taken for one that it has.
 */
export function makeHello(store: Store, nowMs: number): Hello {
  const epochs = askedEpochs(store).map(({ epoch, last }) => ({ epoch, seq: last }));
  return { v: contractVersion, site: store.site, epochs, timeMs: nowMs };
}

function askedEpochs(store: Store): EpochState[] {
  const current = store.epoch;
  const older = store.unconfirmed().filter(({ epoch }) => epoch !== current.epoch);
  return [...older.slice(0, epochsMax - 1), current];
}

/** The history of this store and that of the centre differ from some point on. */
export interface Fork {
  readonly epoch: string;
  readonly detail: string;
  /** Movements that got a new identity. */
  readonly reissued: number;
}

/**
 * Takes over what the centre has. Where it has another history than this store (the machine was put back to an earlier state and went on
 * from there), the movements that it has not confirmed are given new identities in a new epoch: nothing is lost, and a thing that
 * both histories moved still counts once, because the centre posts it from where it is.
 */
export function settleCursors(store: Store, reply: HelloReply, nowMs: number): Fork | undefined {
  for (const { epoch } of askedEpochs(store)) {
    const cursor = reply.cursors.find(known => known.epoch === epoch);
    if (cursor === undefined || cursor.seq === 0) continue;
    const detail = findFork(store, cursor);
    if (detail !== undefined) return { epoch, detail, reissued: store.reissue(epoch, nowMs) };
    store.confirmCursors([{ epoch: cursor.epoch, seq: cursor.seq }]);
  }
  return undefined;
}

function findFork(store: Store, cursor: ChainPoint): string | undefined {
  const epoch = store.findEpoch(cursor.epoch);
  if (epoch === undefined) return undefined;
  if (cursor.seq > epoch.last) {
    // An older epoch that the centre knows further is what a restored copy of the store looks like: it has all of ours.
    if (epoch.epoch !== store.epoch.epoch) return undefined;
    return `the centre has ${cursor.seq} movements of epoch ${cursor.epoch}, this store made only ${epoch.last} of them`;
  }
  const ours = store.hashAt(epoch, cursor.seq);
  if (ours === undefined || ours === cursor.hash) return undefined;
  return `movement ${cursor.seq} of epoch ${cursor.epoch} is another one at the centre`;
}
