import { createHash, randomUUID } from "node:crypto";
import { ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { forgetStaged, readStaged, type StagedLine, stageLines } from "../../db/catalogue/import-lines.ts";
import type { Client, Pool } from "../../db/pool.ts";
import { transaction } from "../../db/transaction.ts";
import type { SiteCommit } from "../../ingest/site-commit.ts";
import { catalogueLimits } from "../limits.ts";
import type { ReadLine } from "./read-lines.ts";

/** What may be imported: how a line is read, and how lines are written. */
export interface Importable {
  /** Brings a line into the form in which it is kept; pure. */
  readonly read: (value: unknown) => Result<{ readonly key: string; readonly body: unknown }>;
  /** Writes lines in the caller's transaction, leaving out those with faults. */
  readonly write: (client: Client, lines: readonly StagedLine[]) => Promise<PageWritten>;
}

export interface PageWritten {
  readonly outcomes: readonly ("added" | "changed" | "unchanged" | undefined)[];
  readonly faults: readonly { readonly index: number; readonly problem: Problem }[];
  readonly version: number | undefined;
  readonly commits: readonly SiteCommit[];
}

/** `all_or_nothing`: a fault anywhere, and nothing is changed. `skip_faulty`: the lines without faults are. */
export const importModes = ["all_or_nothing", "skip_faulty"] as const;
export type ImportMode = (typeof importModes)[number];

export interface LineFault {
  readonly line: number;
  readonly code: Problem["code"];
  readonly at: string | undefined;
  readonly detail: string;
}

export interface ImportReport {
  readonly lines: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly faulty: number;
  /** The first of them. */
  readonly faults: readonly LineFault[];
}

/** What an import did, and what to tell once it is committed. */
export interface Imported {
  readonly report: ImportReport;
  readonly version: number | undefined;
  readonly commits: readonly SiteCommit[];
}

/** A body that is staged: all lines that can be read lie in the database, and those that cannot are known. */
export interface Staged extends AsyncDisposable {
  readonly id: string;
  /** Of all its bytes. */
  readonly hash: string;
  readonly faults: Tally;
}

/** Counts lines by what became of them, and keeps the first faults. */
export class Tally {
  lines = 0;
  added = 0;
  changed = 0;
  unchanged = 0;
  faulty = 0;
  private readonly faults: LineFault[] = [];

  static of(other: Tally): Tally {
    const tally = new Tally();
    const { lines, added, changed, unchanged, faulty } = other;
    Object.assign(tally, { lines, added, changed, unchanged, faulty });
    tally.faults.push(...other.faults);
    return tally;
  }

  fault(line: number, { code, at, detail }: Problem): void {
    this.faulty += 1;
    if (this.faults.length < catalogueLimits.importFaultsMax) this.faults.push({ line, code, at, detail });
  }

  report(): ImportReport {
    const { lines, added, changed, unchanged, faulty } = this;
    return { lines, added, changed, unchanged, faulty, faults: this.faults.toSorted((a, b) => a.line - b.line) };
  }
}

/**
 * Reads a body line by line into the database, a page at a time, so that memory stays bounded and no lock is held however long it takes
 * to come. Refuses one that is too large. Dispose what comes back: the lines are forgotten.
 */
export async function stage(
  pool: Pool,
  {
    body,
    readLines,
    importable,
  }: {
    readonly body: AsyncIterable<Uint8Array>;
    readonly readLines: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<ReadLine>;
    readonly importable: Importable;
  },
): Promise<Result<Staged>> {
  const id = randomUUID();
  const hash = createHash("sha256");
  const faults = new Tally();
  const forget = () => forgetStaged(pool, id, catalogueLimits.importKeptMs);
  let page: StagedLine[] = [];
  try {
    for await (const { line, value } of readLines(counted(body, hash))) {
      faults.lines += 1;
      if (faults.lines > catalogueLimits.importLinesMax) throw new TooLarge(`${catalogueLimits.importLinesMax} lines`);
      const read = value.ok ? importable.read(value.value) : value;
      if (read.ok) page.push({ line, ...read.value });
      else faults.fault(line, read.problem);
      if (page.length < catalogueLimits.importPageLines) continue;
      await stageLines(pool, id, page);
      page = [];
    }
    await stageLines(pool, id, page);
  } catch (error) {
    await forget();
    if (error instanceof TooLarge)
      return refuse("request.too_large", `An import has at most ${error.message}; send it in parts.`);
    throw error;
  }
  return ok({ id, hash: hash.digest("hex"), faults, [Symbol.asyncDispose]: forget });
}

class TooLarge extends Error {
  override readonly name = "TooLarge";
}

async function* counted(body: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > catalogueLimits.importBytesMax) throw new TooLarge(`${catalogueLimits.importBytesMax} bytes`);
    hash.update(chunk);
    yield chunk;
  }
}

/** Writes all lines in the caller's transaction, or finds out which have faults; with any, the caller rolls back. */
export async function writeAll(client: Client, staged: Staged, importable: Importable): Promise<Imported> {
  const run = new Run(staged, importable);
  while (await run.page(client));
  return run.done();
}

/** Writes the lines that have no fault, a page in a transaction, so that others get the catalogue's lock in between. */
export async function writePages(
  pool: Pool,
  staged: Staged,
  importable: Importable,
  tell: (written: PageWritten) => void,
): Promise<Imported> {
  const run = new Run(staged, importable);
  for (;;) {
    const before = run.copy();
    const written = await transaction(pool, client => {
      run.restore(before); // A conflict runs the page again.
      return run.page(client);
    });
    if (written === undefined) return run.done();
    tell(written);
  }
}

/** The walk through the lines of one import. */
class Run {
  private readonly staged: Staged;
  private readonly importable: Importable;
  private tally: Tally;
  private after = 0;
  private version: number | undefined;
  private readonly commits: SiteCommit[] = [];

  constructor(staged: Staged, importable: Importable) {
    this.staged = staged;
    this.importable = importable;
    this.tally = Tally.of(staged.faults);
  }

  copy() {
    return { after: this.after, tally: Tally.of(this.tally) };
  }

  restore({ after, tally }: ReturnType<Run["copy"]>): void {
    this.after = after;
    this.tally = Tally.of(tally);
  }

  /** Undefined when no lines are left. */
  async page(client: Client): Promise<PageWritten | undefined> {
    const limit = catalogueLimits.importPageLines;
    const lines = await readStaged(client, this.staged.id, { after: this.after, limit });
    const last = lines.at(-1);
    if (last === undefined) return undefined;
    const written = await this.importable.write(client, lines);
    for (const outcome of written.outcomes) if (outcome !== undefined) this.tally[outcome] += 1;
    for (const { index, problem } of written.faults) this.tally.fault(lines[index]?.line ?? 0, problem);
    this.after = last.line;
    this.version = written.version ?? this.version;
    this.commits.push(...written.commits);
    return written;
  }

  done(): Imported {
    return { report: this.tally.report(), version: this.version, commits: this.commits };
  }
}
