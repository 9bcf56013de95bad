import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Epoch, SiteId } from "@tallygate/protocol";
import { storeError } from "./errors.ts";
import { lockStore } from "./lock.ts";
import { migrate } from "./schema.ts";
import { Store } from "./store.ts";

export interface StoreOptions {
  readonly site: SiteId;
  readonly nowMs: number;
  /** So many random bytes; the name of the new epoch comes from them. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly recorderAgeMaxMs?: number;
  readonly recorderBytesMax?: number;
  readonly outboxMovementsMax?: number;
  readonly observationsMax?: number;
  readonly confirmedKept?: number;
  readonly exceptionsMax?: number;
  /** The largest size of the database, as a disk would set it. */
  readonly bytesMax?: number;
}

export interface StoreCounts {
  readonly epoch: Epoch;
  readonly lastSeq: number;
  /** Movements not yet confirmed, and the event time of the oldest of them. */
  readonly waiting: number;
  readonly oldestWaitingMs: number | undefined;
  readonly exceptionsOpen: number;
  readonly tags: number;
  readonly readings: number;
  readonly recorderBytes: number;
}

/**
 * Opens the store of a site in `dir`, which is made if it is missing, and begins a new epoch. The one thing that writes there: a second
 * opening throws `StoreLocked`. Throws `StoreCorrupt`, `StoreTooNew`, `StoreFull` or `StoreFailed`.
 */
export function openStore(dir: string, options: StoreOptions): Store {
  mkdirSync(dir, { recursive: true });
  const lock = lockStore(dir);
  const path = join(dir, "edge.sqlite");
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5000 });
    db.exec(
      `pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32000; pragma wal_autocheckpoint = 4000;
       pragma journal_size_limit = 67108864; pragma temp_store = memory`,
    );
    migrate(db, path);
    if (options.bytesMax !== undefined) {
      db.exec(`pragma max_page_count = ${Math.max(1, Math.floor(options.bytesMax / 4096))}`);
    }
    return new Store(db, lock, path, options);
  } catch (error) {
    db?.close();
    lock[Symbol.dispose]();
    throw storeError("opening the store", path, error);
  }
}
