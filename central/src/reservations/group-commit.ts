import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Client, Pool } from "../db/pool.ts";
import { type KeptAnswer, type RequestKey, readAnswers } from "../db/reservations/answers.ts";
import { isConflict, isUnavailable, transaction } from "../db/transaction.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import type { Ask } from "./ask.ts";
import { reservationLimits } from "./limits.ts";
import type { Command } from "./model.ts";
import { Names } from "./names.ts";
import { type ReservationView, viewOf } from "./view.ts";
import { type Carried, carryOut, writeDown } from "./write.ts";

export type AskResult = Result<ReservationView>;

/** One request: what it asks for, and what is answered. */
export interface Job {
  readonly asks: readonly Ask[];
  readonly key: RequestKey | undefined;
  /** Makes the answer of the asks' results. Only one that is `ok` is kept under the key: a refused request may be mended. */
  readonly answer: (results: readonly AskResult[]) => Result<object>;
}

export interface GroupCommitOptions {
  readonly pool: Pool;
  /** Told after each commit what came of it. */
  readonly committed: (group: { readonly results: readonly AskResult[]; readonly carried: Carried }) => void;
}

interface Waiting {
  readonly job: Job;
  readonly lines: number;
  readonly resolve: (answer: Result<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decides all requests that wait in one transaction, in the order in which they came: the more wait, the less each costs, and a
 * level that everyone wants is locked once for all of them. One transaction is under way at a time.
 */
export class GroupCommit implements AsyncDisposable {
  private readonly options: GroupCommitOptions;
  private readonly names = new Names();
  private waiting: Waiting[] = [];
  private lines = 0;
  private running: Promise<void> | undefined;

  constructor(options: GroupCommitOptions) {
    this.options = options;
  }

  /** The request's answer, once it is committed. Throws when PostgreSQL cannot be reached: whether it was done is then not known. */
  submit(job: Job): Promise<Result<unknown>> {
    const lines = job.asks.reduce((sum, ask) => sum + Math.max(1, ask.lines?.length ?? 1), 0);
    if (this.lines + lines > reservationLimits.waitingLinesMax) {
      const detail = `${this.lines} lines wait to be decided; try again in a moment.`;
      return Promise.resolve(refuse("stock.unavailable", detail));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result<unknown>>();
    this.waiting.push({ job, lines, resolve, reject });
    this.lines += lines;
    this.running ??= this.run();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // One turn later, so that requests which arrived together are decided together.
    await new Promise(resolve => setImmediate(resolve));
    while (this.waiting.length > 0) await this.settle(this.take());
    this.running = undefined;
  }

  /** All that waits, up to a group's worth. Of requests with one key the second waits for the first one's answer. */
  private take(): readonly Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    const keys = new Set<string>();
    let lines = 0;
    for (const entry of this.waiting) {
      const { key } = entry.job;
      const fits = taken.length === 0 || lines + entry.lines <= reservationLimits.groupLinesMax;
      if (!fits || (key !== undefined && keys.has(key.id))) {
        left.push(entry);
        continue;
      }
      if (key !== undefined) keys.add(key.id);
      lines += entry.lines;
      taken.push(entry);
    }
    this.waiting = left;
    this.lines -= lines;
    return taken;
  }

  /** Answers each. What fails together for a reason of its own is tried apart, so that one request fails no other. */
  private async settle(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.commit(group.map(({ job }) => job));
      for (const [index, { resolve, reject }] of group.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error("a request was left without an answer"));
        else resolve(answer);
      }
    } catch (error) {
      if (group.length > 1 && !isUnavailable(error) && !isConflict(error)) {
        for (const entry of group) await this.settle([entry]);
      } else {
        for (const { reject } of group) reject(error);
      }
    }
  }

  private async commit(jobs: readonly Job[]): Promise<readonly Result<unknown>[]> {
    const { pool, committed } = this.options;
    const asks = jobs.flatMap(job => job.asks);
    await this.names.load(pool, asks);
    const done = await transaction(pool, client => this.decide(client, jobs), `begin; ${byIndexOnly}`);
    committed(done);
    return done.answers;
  }

  private async decide(client: Client, jobs: readonly Job[]) {
    const ids = jobs.flatMap(job => job.key?.id ?? []);
    const { nowMs, kept } = await readAnswers(client, ids, reservationLimits.keptMs);
    const open = jobs.filter(job => job.key === undefined || !kept.has(job.key.id));
    const commands = open.flatMap(job => job.asks.map(ask => this.names.command(ask)));
    const carried = await carryOut(client, { commands: accepted(commands), names: this.names, nowMs });
    const results = this.resultsOf(commands, carried, nowMs);
    const answers: KeptAnswer[] = [];
    let next = 0;
    const answered = jobs.map(job => {
      const before = job.key && kept.get(job.key.id);
      if (before !== undefined) return before.requestHash === job.key?.requestHash ? again(before) : reused;
      const answer = job.answer(results.slice(next, next + job.asks.length));
      next += job.asks.length;
      if (answer.ok && job.key !== undefined) answers.push({ ...job.key, response: JSON.stringify(answer.value) });
      return answer;
    });
    await writeDown(client, carried, { names: this.names, answers });
    return { answers: answered, results, carried };
  }

  private resultsOf(commands: readonly Result<Command>[], { decided }: Carried, nowMs: number): readonly AskResult[] {
    const results = decided.results.values();
    return commands.map(command => {
      if (!command.ok) return command;
      const result = results.next().value;
      if (result === undefined) throw new Error("a command was left without a result");
      return result.ok ? ok(viewOf(result.value, this.names.directory, nowMs)) : result;
    });
  }
}

function accepted(commands: readonly Result<Command>[]): readonly Command[] {
  return commands.flatMap(command => (command.ok ? [command.value] : []));
}

function again({ response }: KeptAnswer): Result<unknown> {
  return ok(JSON.parse(response));
}

const reused = refuse(
  "idempotency.reused",
  "The key was used within 24 hours for a request with another body; take a new one.",
  { at: "header.idempotency-key" },
);
