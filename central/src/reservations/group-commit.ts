import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Client, Pool } from "../db/pool.ts";
import { type KeptAnswer, type RequestKey, readAnswers } from "../db/reservations/answers.ts";
import { isConflict, isUnavailable, transaction } from "../db/transaction.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import type { Ask, AskToReserve } from "./ask.ts";
import type { Attachment } from "./attached.ts";
import { changesOf } from "./changes.ts";
import { reservationLimits } from "./limits.ts";
import type { Command, Reservation } from "./model.ts";
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

/** A request for one reservation with which something else is written: its draft makes the answer. */
export interface DraftJob<D> {
  readonly ask: AskToReserve;
  readonly key: RequestKey | undefined;
  readonly draft: D;
}

/** What one transaction came to. */
export interface Committed {
  readonly results: readonly Result<Reservation>[];
  readonly carried: Carried;
  /** Of what more or less is reserved now. */
  readonly skus: readonly string[];
}

export interface GroupCommitOptions<D, W> {
  readonly pool: Pool;
  readonly attachment: Attachment<D, W>;
  /** Told after each commit what came of it. */
  readonly committed: (group: Committed) => void;
}

interface Waiting<D> {
  readonly job: Job | DraftJob<D>;
  readonly lines: number;
  readonly resolve: (answer: Result<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** A job that is not answered yet, and its commands; a draft may have been refused before there are any. */
interface Open<D> {
  readonly job: Job | DraftJob<D>;
  readonly prepared: Result<D> | undefined;
  readonly commands: readonly Result<Command>[];
}

/**
 * Decides all requests that wait in one transaction, in the order in which they came: the more wait, the less each costs, and a
 * level that everyone wants is locked once for all of them. One transaction is under way at a time.
 */
export class GroupCommit<D, W> implements AsyncDisposable {
  private readonly options: GroupCommitOptions<D, W>;
  private readonly names = new Names();
  private waiting: Waiting<D>[] = [];
  private lines = 0;
  private running: Promise<void> | undefined;

  constructor(options: GroupCommitOptions<D, W>) {
    this.options = options;
  }

  /** The request's answer, once it is committed. Throws when PostgreSQL cannot be reached: whether it was done is then not known. */
  submit(job: Job | DraftJob<D>): Promise<Result<unknown>> {
    const lines = asksOf(job).reduce((sum, ask) => sum + Math.max(1, ask.lines?.length ?? 1), 0);
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

  /** All that waits, up to a group's worth. Of requests with one key or claim the second waits for the first one's answer. */
  private take(): readonly Waiting<D>[] {
    const taken: Waiting<D>[] = [];
    const left: Waiting<D>[] = [];
    const known = new Set<string>();
    let lines = 0;
    for (const entry of this.waiting) {
      const own = this.claimsOf(entry.job);
      const fits = taken.length === 0 || lines + entry.lines <= reservationLimits.groupLinesMax;
      if (!fits || own.some(each => known.has(each))) {
        left.push(entry);
        continue;
      }
      for (const each of own) known.add(each);
      lines += entry.lines;
      taken.push(entry);
    }
    this.waiting = left;
    this.lines -= lines;
    return taken;
  }

  private claimsOf(job: Job | DraftJob<D>): readonly string[] {
    const claim = "draft" in job ? this.options.attachment.claimOf(job.draft) : undefined;
    return [job.key?.id, claim].filter(each => each !== undefined);
  }

  /** Answers each. What fails together for a reason of its own is tried apart, so that one request fails no other. */
  private async settle(group: readonly Waiting<D>[]): Promise<void> {
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

  private async commit(jobs: readonly (Job | DraftJob<D>)[]): Promise<readonly Result<unknown>[]> {
    const { pool, committed } = this.options;
    const asks = jobs.flatMap(asksOf);
    const named = this.names.load(pool, asks);
    named.catch(() => undefined); // It is told where it is waited for.
    const done = await transaction(pool, client => this.decide(client, jobs, named), `begin; ${byIndexOnly}`);
    const itemIds = new Set(done.carried.decided.stock.map(({ row }) => row.itemId));
    committed({ ...done, skus: [...itemIds].map(itemId => this.names.directory.sku(itemId)) });
    return done.answers;
  }

  private async decide(client: Client, jobs: readonly (Job | DraftJob<D>)[], named: Promise<void>) {
    const ids = jobs.flatMap(job => job.key?.id ?? []);
    const { nowMs, kept } = await readAnswers(client, ids, reservationLimits.keptMs);
    await named;
    const isKept = ({ key }: Job | DraftJob<D>) => key !== undefined && kept.has(key.id);
    const open = await this.open(
      client,
      jobs.filter(job => !isKept(job)),
    );
    const commands = open.flatMap(each => each.commands);
    const carried = await carryOut(client, { commands: accepted(commands), names: this.names, nowMs });
    const decided = decidedOf(commands, carried);
    const answers: KeptAnswer[] = [];
    const writes: W[] = [];
    const openJobs = open.values();
    const answered = jobs.map(job => {
      const before = job.key && kept.get(job.key.id);
      if (before !== undefined) return before.requestHash === job.key?.requestHash ? again(before) : reused;
      const next = openJobs.next().value;
      if (next === undefined) throw new Error("a request was left without its commands");
      const answer = this.answer(next, decided, nowMs);
      if (answer.ok && answer.value.write !== undefined) writes.push(answer.value.write);
      if (answer.ok && job.key !== undefined)
        answers.push({ ...job.key, response: JSON.stringify(answer.value.answer) });
      return answer.ok ? ok(answer.value.answer) : answer;
    });
    const told = await this.options.attachment.write(client, writes);
    const decidedAsks = open.flatMap(({ job, commands }) =>
      asksOf(job).map((ask, index) => ({ ask, result: decidedAt(decided, commands[index]) })),
    );
    const changes = changesOf(decidedAsks, { before: carried.before, directory: this.names.directory });
    const all = { changes: [...told.changes, ...changes], events: told.events };
    await writeDown(client, carried, { names: this.names, answers, ...all });
    const results = commands.map(command => (command.ok ? (decided.get(command) ?? unanswered) : command));
    return { answers: answered, results, carried };
  }

  /** What is to be decided of jobs. A draft that is refused asks for nothing. */
  private async open(client: Client, jobs: readonly (Job | DraftJob<D>)[]): Promise<readonly Open<D>[]> {
    const drafts = jobs.flatMap(job => ("draft" in job ? [job.draft] : []));
    const prepared = drafts.length === 0 ? [] : await this.options.attachment.prepare(client, drafts);
    const next = prepared.values();
    return jobs.map(job => {
      const draft = "draft" in job ? next.next().value : undefined;
      const asks = draft?.ok === false ? [] : asksOf(job);
      return { job, prepared: draft, commands: asks.map(ask => this.names.command(ask)) };
    });
  }

  private answer(
    { job, prepared, commands }: Open<D>,
    decided: Decisions,
    nowMs: number,
  ): Result<{ readonly answer: object; readonly write?: W }> {
    if (!("draft" in job)) {
      const answer = job.answer(commands.map(command => this.shown(command, decided, nowMs)));
      return answer.ok ? ok({ answer: answer.value }) : answer;
    }
    if (prepared === undefined) throw new Error("a draft was left unprepared");
    if (!prepared.ok) return prepared;
    const [command] = commands;
    const reservation = command && decided.get(command);
    if (command?.ok === false) return command;
    if (command?.value.kind !== "reserve" || reservation === undefined) return unanswered;
    if (!reservation.ok) return reservation;
    const { lines } = command.value;
    return this.options.attachment.settle(prepared.value, { lines, reservation: reservation.value, nowMs });
  }

  private shown(command: Result<Command>, decided: Decisions, nowMs: number): AskResult {
    if (!command.ok) return command;
    const result = decided.get(command) ?? unanswered;
    return result.ok ? ok(viewOf(result.value, this.names.directory, nowMs)) : result;
  }
}

type Decisions = ReadonlyMap<Result<Command>, Result<Reservation>>;

function decidedOf(commands: readonly Result<Command>[], { decided }: Carried): Decisions {
  const results = decided.results.values();
  return new Map(
    commands
      .filter(command => command.ok)
      .map(command => {
        const result = results.next().value;
        if (result === undefined) throw new Error("a command was left without a result");
        return [command, result];
      }),
  );
}

function decidedAt(decided: Decisions, command: Result<Command> | undefined): Result<Reservation> | undefined {
  return command && decided.get(command);
}

function asksOf(job: Job | DraftJob<unknown>): readonly Ask[] {
  return "asks" in job ? job.asks : [job.ask];
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

const unanswered = refuse("internal", "A request was left without a result.");
