import { type Batch, type ChainPoint, genesisHash, hashMovement, Movement, subjects } from "@tallygate/protocol";
import { type ReadMessage, readMessage } from "./read-message.ts";

/** A movement of a test, as far as it differs from {@link usual}. */
export type Given = Partial<{
  code: string;
  quantity: number;
  from: string;
  to: string;
  eventTimeMs: number;
  epcHex: string;
  bizStep: string;
  readPoint: string;
  reverses: { epoch: string; seq: number };
  lot: string;
  expiresOn: string;
}>;

const usual = {
  code: "(01)09506000134352(21)1",
  quantity: 1,
  from: "supplier",
  to: "dock",
  bizStep: "receiving",
  readPoint: "dock-1/1",
  eventTimeMs: 1_000_000,
  cause: "reading",
};

/** An edge's store as the wire sees it, whose epochs can be opened, put back from a copy, and deleted. */
export class TestEdge {
  readonly site: string;
  epoch: string;
  /** Every movement of every epoch, with the hash behind it. */
  private readonly movements = new Map<string, { readonly movement: Movement; readonly hash: string }[]>();
  private readonly follows = new Map<string, ChainPoint>();
  private static opened = 0;

  constructor(site: string) {
    this.site = site;
    this.epoch = this.newEpoch();
  }

  get lastSeq(): number {
    return this.stored(this.epoch).length;
  }

  /** Stores movements and gives the batch of them. */
  record(...given: readonly Given[]): Batch {
    const stored = this.stored(this.epoch);
    const first = stored.length + 1;
    for (const one of given) {
      const movement = Movement.parse({ ...usual, ...one });
      const hash = hashMovement(
        this.hashAt(this.epoch, stored.length),
        this.site,
        this.epoch,
        stored.length + 1,
        movement,
      );
      stored.push({ movement, hash });
    }
    return this.batch(first, stored.length);
  }

  /** The batch of the movements `first` to `last` of an epoch, as the uplink would send it again. */
  batch(first: number, last: number, epoch = this.epoch): Batch {
    const follows = first === 1 ? this.follows.get(epoch) : undefined;
    return {
      v: 1,
      site: this.site as Batch["site"],
      epoch: epoch as Batch["epoch"],
      first,
      before: this.hashAt(epoch, first - 1),
      after: this.hashAt(epoch, last),
      ...(follows === undefined ? {} : { follows }),
      movements: this.stored(epoch)
        .slice(first - 1, last)
        .map(({ movement }) => movement),
    };
  }

  /** Opens the store again; with `at`, a copy of it that had only so many movements of the epoch. */
  reopen(at = this.lastSeq): void {
    const follows = { epoch: this.epoch, seq: at, hash: this.hashAt(this.epoch, at) };
    this.epoch = this.newEpoch();
    this.follows.set(this.epoch, follows as ChainPoint);
  }

  private newEpoch(): string {
    TestEdge.opened += 1;
    return TestEdge.opened.toString(16).padStart(16, "0");
  }

  private stored(epoch: string): { readonly movement: Movement; readonly hash: string }[] {
    let stored = this.movements.get(epoch);
    if (stored === undefined) {
      stored = [];
      this.movements.set(epoch, stored);
    }
    return stored;
  }

  private hashAt(epoch: string, seq: number): string {
    if (seq > 0) return this.stored(epoch)[seq - 1]?.hash ?? "";
    return this.follows.get(epoch)?.hash ?? genesisHash;
  }
}

/** A batch as it comes from NATS. */
export function received(batch: Batch): ReadMessage {
  return readMessage(subjects.movements(batch.site), encoded(batch));
}

export function encoded(message: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}
