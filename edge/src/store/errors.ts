/** Another process has this store open. */
export class StoreLocked extends Error {
  override readonly name = "StoreLocked";
  constructor(dir: string, cause: unknown) {
    super(`the store in ${dir} is open in another process: stop that one, or give this edge its own data directory`, {
      cause,
    });
  }
}

/** The database file cannot be read as what it should be. */
export class StoreCorrupt extends Error {
  override readonly name = "StoreCorrupt";
  constructor(path: string, what: string, cause?: unknown) {
    super(
      `${path} is damaged (${what}): keep it aside, put the last backup in its place or begin with an empty directory; the centre has every confirmed movement`,
      { cause },
    );
  }
}

/** The database was written by a newer version. */
export class StoreTooNew extends Error {
  override readonly name = "StoreTooNew";
  constructor(path: string, found: number, known: number) {
    super(`${path} has schema ${found}, this version knows ${known}: run the newer version of the edge`);
  }
}

/** The disk is full, or a limit of the store is reached: nothing was written, and nothing will be until there is room. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";
}

/** A write or read failed; nothing of it was written. */
export class StoreFailed extends Error {
  override readonly name = "StoreFailed";
}

/** The centre has movements under an identity that this store has not given yet: its history has two ends. */
export class HistoryForked extends Error {
  override readonly name = "HistoryForked";
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const full = 13;
const corrupt = 11;
const notADatabase = 26;
const busy = 5;

/** SQLite's result code in an error of node:sqlite, without its extension; 0 if it is another error. */
export function sqliteCodeOf(error: unknown): number {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return 0;
  return error.errcode & 0xff;
}

export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === busy;
}

const named = [StoreFull, StoreCorrupt, StoreTooNew, HistoryForked];

/** The named error for what went wrong while `doing` something with the database. */
export function storeError(doing: string, path: string, error: unknown): Error {
  if (error instanceof Error && named.some(type => error instanceof type)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = sqliteCodeOf(error);
  if (code === corrupt || code === notADatabase) return new StoreCorrupt(path, reason, error);
  if (code === full) return new StoreFull(`${doing}: no room on the disk for ${path}; free some`, { cause: error });
  return new StoreFailed(`${doing}: ${reason} (${path})`, { cause: error });
}
