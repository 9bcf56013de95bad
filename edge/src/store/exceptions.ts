import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EdgeException, type EdgeExceptionsReply, limits, type ProblemCode, problems } from "@tallygate/protocol";
import type { ExceptionInput } from "../core/types.ts";
import { bytes, int, only, type Row, text } from "./rows.ts";

export interface StoredException {
  readonly id: number;
  readonly problem: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly deviceId: string;
  readonly key: string;
  /** The first one's bytes, cut to the limit; `bytesWhole` is their number before the cut. */
  readonly bytes: Uint8Array;
  readonly bytesWhole: number;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly state: "open" | "resolved";
}

export interface ExceptionQuery {
  readonly state?: "open" | "resolved";
  /** The id before which the answer begins; absent: the latest. */
  readonly before?: number;
  readonly limit: number;
}

const dayMs = 86_400_000;

/** What waits for a person. The same problem of the same device and key within a day is one row with a count. */
export class Exceptions {
  readonly #put: StatementSync;
  readonly #query: StatementSync;
  readonly #resolve: StatementSync;
  readonly #trim: StatementSync;
  readonly #count: StatementSync;
  readonly #untold: StatementSync;
  readonly #tell: StatementSync;
  readonly #rowsMax: number;
  #rows: number;
  #mayBeUntold = true;

  constructor(db: DatabaseSync, rowsMax: number) {
    this.#rowsMax = rowsMax;
    this.#put = db.prepare(
      `insert into exception (day, problem, device_id, key, detail, bytes, bytes_whole, first_ms, last_ms)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (day, problem, device_id, key) do update set
           count = count + 1, last_ms = excluded.last_ms, state = 'open'
         returning count`,
    );
    this.#query = db.prepare(
      "select * from exception where id < ?1 and (?2 is null or state = ?2) order by id desc limit ?3",
    );
    this.#resolve = db.prepare("update exception set state = 'resolved' where id = ?");
    this.#trim = db.prepare(
      "delete from exception where id in (select id from exception order by state = 'open', id limit ?)",
    );
    this.#count = db.prepare("select count(*) as n, coalesce(sum(state = 'open'), 0) as open from exception");
    this.#untold = db.prepare("select * from exception where told < count order by id limit ?");
    this.#tell = db.prepare("update exception set told = max(told, ?) where id = ?");
    this.#rows = int(only(this.#count), "n");
  }

  /** Whether something may be there that the centre was not told; costs nothing, for each tick asks. */
  get mayBeUntold(): boolean {
    return this.#mayBeUntold;
  }

  /** The oldest that the centre does not have, or not as often, as many as go into one message. */
  untold(): readonly EdgeException[] {
    const rows = this.#untold.all(limits.messageExceptionsMax);
    if (rows.length === 0) this.#mayBeUntold = false;
    return rows.map(row => {
      const { id, problem, deviceId, key, detail, bytes, bytesWhole, count, firstMs, lastMs } = exceptionOf(row);
      const base64 = Buffer.from(bytes).toString("base64");
      const day = int(row, "day");
      return { id, day, problem, deviceId, key, detail, bytes: base64, bytesWhole, count, firstMs, lastMs };
    });
  }

  /** The centre has committed these, each as often as it says. */
  confirm(taken: EdgeExceptionsReply["taken"]): void {
    for (const { id, count } of taken) this.#tell.run(count, id);
  }

  /** Above the limit of rows the oldest go, resolved ones first. */
  put(exceptions: readonly ExceptionInput[]): void {
    if (exceptions.length > 0) this.#mayBeUntold = true;
    for (const exception of exceptions) {
      const row = this.#put.get(
        Math.floor(exception.timeMs / dayMs),
        exception.problem,
        exception.deviceId,
        exception.key.slice(0, limits.codeCharsMax),
        exception.detail.slice(0, 1000),
        exception.bytes.subarray(0, limits.exceptionBytesMax),
        exception.bytes.length,
        exception.timeMs,
        exception.timeMs,
      );
      if (row !== undefined && int(row, "count") === 1) this.#rows++;
    }
    if (this.#rows <= this.#rowsMax) return;
    this.#trim.run(this.#rows - this.#rowsMax);
    this.#rows = this.#rowsMax;
  }

  reload(): void {
    this.#mayBeUntold = true;
    this.#rows = int(only(this.#count), "n");
  }

  query({ state, before = Number.MAX_SAFE_INTEGER, limit }: ExceptionQuery): StoredException[] {
    return this.#query.all(before, state ?? null, limit).map(exceptionOf);
  }

  resolve(id: number): boolean {
    return Number(this.#resolve.run(id).changes) > 0;
  }

  open(): number {
    return int(only(this.#count), "open");
  }
}

function exceptionOf(row: Row): StoredException {
  const problem = text(row, "problem") as ProblemCode;
  return {
    id: int(row, "id"),
    problem,
    title: problems[problem]?.title ?? problem,
    detail: text(row, "detail"),
    deviceId: text(row, "device_id"),
    key: text(row, "key"),
    bytes: bytes(row, "bytes"),
    bytesWhole: int(row, "bytes_whole"),
    count: int(row, "count"),
    firstMs: int(row, "first_ms"),
    lastMs: int(row, "last_ms"),
    state: text(row, "state") === "open" ? "open" : "resolved",
  };
}
