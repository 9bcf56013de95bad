import { type Batch, contractVersion, limits, type Movement } from "@tallygate/protocol";
import type { EpochState } from "../store/outbox-rows.ts";
import type { Store } from "../store/store.ts";

/** Room in a message for everything of a batch but its movements. */
const envelopeBytes = 2048;

/** Why a batch cannot be made: its movements were confirmed once and dropped since. */
export class MovementsDropped extends Error {
  override readonly name = "MovementsDropped";
}

/**
 * The movements of an epoch from `first` on, as many as one message takes; nothing if there are none yet. Throws `MovementsDropped` if
 * the centre asks for what this edge does not have any more.
 */
export function makeBatch(store: Store, epoch: EpochState, first: number): Batch | undefined {
  if (first > epoch.last) return undefined;
  const before = first === 1 ? epoch.startHash : store.hashAt(epoch, first - 1);
  const stored = store.movementsFrom(epoch, first, limits.batchMovementsMax);
  if (before === undefined || stored[0]?.seq !== first) {
    throw new MovementsDropped(
      `the centre asks for movement ${first} of epoch ${epoch.epoch}, which it confirmed before and which is kept no more; oldest kept: ${epoch.firstKept}`,
    );
  }
  const movements: Movement[] = [];
  let after = before;
  let bytes = envelopeBytes;
  for (const { movement, hash } of stored) {
    bytes += Buffer.byteLength(JSON.stringify(movement)) + 1;
    if (bytes > limits.messageBytesMax && movements.length > 0) break;
    movements.push(movement);
    after = hash;
  }
  const { site } = store;
  const batch: Batch = { v: contractVersion, site, epoch: epoch.epoch, first, before, after, movements };
  return first === 1 && epoch.follows !== undefined ? { ...batch, follows: epoch.follows } : batch;
}
