import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLite's code for "somebody else has the lock", https://www.sqlite.org/rescode.html#busy */
const busy = 5;

export type LockResult =
  | { readonly ok: true; readonly lock: Disposable }
  | { readonly ok: false; readonly pid: number };

/**
 * Keeps a second run out of the directory. The system itself holds the lock, on a file that SQLite opens, and lets it go when
 * the process ends in whatever way; so there is no stale lock to be found and judged.
 */
export function lockDir(dir: string): LockResult {
  const pidFile = join(dir, "pid");
  const database = new DatabaseSync(join(dir, "lock"), { timeout: 0 });
  try {
    database.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (cause) {
    database.close();
    if (!(cause instanceof Error && "errcode" in cause && cause.errcode === busy)) throw cause;
    return { ok: false, pid: readPid(pidFile) };
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return { ok: true, lock: { [Symbol.dispose]: () => database.close() } };
}

/** 0 where the other one is just about to write it. */
function readPid(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}
