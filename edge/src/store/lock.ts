import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isBusy, StoreLocked } from "./errors.ts";

/**
 * Keeps other processes from the store in `dir`. It is the operating system's lock on an empty database beside the store, so it ends
 * with the process however that ends, and the store itself stays open to tools that read.
 */
export function lockStore(dir: string): Disposable {
  const db = new DatabaseSync(join(dir, "lock.sqlite"), { timeout: 0 });
  try {
    db.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    db.close();
    throw isBusy(error) ? new StoreLocked(dir, error) : error;
  }
  return { [Symbol.dispose]: () => db.close() };
}
