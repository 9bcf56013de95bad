import { backoff, sleep } from "@tallygate/kit";
import { eventTypes, type LoggedEvent, toCloudEvent } from "@tallygate/protocol";
import type { Logger } from "pino";
import {
  advance,
  type Due,
  noteFailure,
  type Parked,
  parkDeliveries,
  pauseWebhook,
  type Retried,
  readDue,
  readTarget,
  readWaitingKeys,
  settleRetried,
  type Target,
} from "../../db/events/deliveries.ts";
import { findEvents, likeOf, readEventsAt, readHead } from "../../db/events/log.ts";
import type { Client, Pool } from "../../db/pool.ts";
import { transaction } from "../../db/transaction.ts";
import { openExceptions } from "../../exceptions/open.ts";
import type { Head } from "../head.ts";
import type { EventMetrics } from "../metrics.ts";
import { type BatchResult, type Failed, sendBatch } from "./batch.ts";
import { webhookLimits } from "./limits.ts";
import type { Sender, Sent } from "./send.ts";
import { signatureHeaders } from "./sign.ts";

export interface DelivererOptions {
  readonly id: string;
  readonly pool: Pool;
  readonly head: Head;
  readonly source: string;
  readonly sender: Sender;
  readonly deadAfterMs: number;
  readonly triesMax: number;
  readonly metrics: Pick<EventMetrics, "deliveries" | "webhookBehind">;
  readonly log: Pick<Logger, "warn" | "info">;
  /** Waits between tries of one event, and of a target that does not answer. Given in tests. */
  readonly waits?: DelivererWaits | undefined;
}

export interface DelivererWaits {
  readonly retry: Waits;
  readonly down: Waits;
  readonly idleMs: number;
}

export interface Waits {
  readonly minMs: number;
  readonly maxMs: number;
}

const usualWaits: DelivererWaits = {
  retry: { minMs: webhookLimits.retryMinMs, maxMs: webhookLimits.retryMaxMs },
  down: { minMs: webhookLimits.downMinMs, maxMs: webhookLimits.downMaxMs },
  idleMs: webhookLimits.idleMs,
};

const everywhere = Object.entries(eventTypes).flatMap(([type, { everywhere }]) => (everywhere === true ? [type] : []));

interface Next {
  readonly events: readonly LoggedEvent[];
  /** Up to here, these are all that concern the webhook. */
  readonly to: number;
}

/**
 * Delivers the log to one webhook. Nothing of it is in memory but the pass under way; all that must last is in the database.
 *
 * - *Going along*: a pass takes the next events behind the position and sends them, several keys at once, each key in order. What a
 *   target refuses while it takes or refuses other things waits in `webhook_delivery`, with all that comes of its key; the position goes on.
 * - *Trying again*: beside that, the first that waits of each key is sent again when its time has come, until it is taken, or too
 *   old; then it is put aside for a person, and the next of its key is tried.
 * - *Down*: nothing of a pass was answered. The position stays, and only a few keys are tried, at growing intervals. After the same
 *   time as above the webhook is paused, for a person.
 */
export class Deliverer implements AsyncDisposable {
  readonly #options: DelivererOptions;
  readonly #waits: DelivererWaits;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#waits = options.waits ?? usualWaits;
    this.#running = Promise.all([this.#repeat(() => this.#goAlong()), this.#repeat(() => this.#tryAgain())]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#options.metrics.webhookBehind.remove({ webhook: this.#options.id });
  }

  /** Runs passes; a pass says how long to wait before the next. */
  async #repeat(pass: () => Promise<number>): Promise<void> {
    const { signal } = this.#stop;
    let failing = false;
    while (!signal.aborted) {
      try {
        await sleep(await pass(), signal);
        failing = false;
      } catch (error) {
        const { log, id } = this.#options;
        if (!failing) log.warn({ err: error, webhook: id }, "a webhook waits; it is tried again");
        failing = true;
        await sleep(this.#waits.idleMs, signal);
      }
    }
  }

  async #goAlong(): Promise<number> {
    const { pool, id, head, metrics } = this.#options;
    const target = await readTarget(pool, id, webhookLimits.waitingMax);
    if (target === undefined || !target.active) return this.#waits.idleMs;
    if (target.waitMs > 0) return Math.min(target.waitMs, this.#waits.idleMs);
    if (target.waiting >= webhookLimits.waitingMax) return this.#waits.idleMs;
    if (target.oldest !== null && target.oldest > target.position + 1) return this.#skipGone(target, target.oldest);
    const next = await this.#next(target);
    const { events, to } = target.failures > 0 ? probesOf(next) : next;
    metrics.webhookBehind.set({ webhook: id }, Math.max(0, head.seq - target.position));
    if (to === target.position) {
      await head.waitBehind(to, this.#waits.idleMs, this.#stop.signal);
      return 0;
    }
    const waitingKeys = await readWaitingKeys(pool, id, [...new Set(events.map(event => event.key))]);
    const free = events.filter(event => !waitingKeys.has(event.key));
    const result = await this.#send(free, target, webhookLimits.lanes);
    if (result.gone !== undefined) return this.#pause(result.gone.reason);
    // With nothing that may be sent, everything waits behind something that is tried again anyway.
    if (result.alive || free.length === 0) {
      await this.#settle(target, { events, to, result });
      return 0;
    }
    return result.lastFailure === undefined ? 0 : this.#noteDown(target, result.lastFailure);
  }

  /** What is no longer kept can never be delivered; a person hears of it, and it goes on behind. */
  async #skipGone({ position }: Target, oldest: number): Promise<number> {
    const { pool, id } = this.#options;
    const detail = `Events ${position + 1} to ${oldest - 1} were no longer kept when the webhook ${id} came to them. Let its target read the state anew.`;
    await transaction(pool, async client => {
      const moved = await advance(client, { id, from: position, to: oldest - 1, delivered: false });
      const missed = { siteId: undefined, problem: "event.gone" as const, key: id, detail, count: 1 };
      if (moved) await openExceptions(client, [missed]);
    });
    return 0;
  }

  /** The next events that concern the webhook, and up to which number that is all of them. */
  async #next({ position, types, sites }: Target): Promise<Next> {
    const { pool, head } = this.#options;
    const last = Math.max(head.seq, await readHead(pool));
    head.reached(last);
    const upTo = Math.min(last, position + webhookLimits.scanMax);
    if (upTo <= position) return { events: [], to: position };
    const events = await findEvents(pool, {
      after: position,
      upTo,
      types: types?.map(likeOf),
      sites: sites ?? undefined,
      everywhere,
      limit: webhookLimits.batchMax,
    });
    const isCut = events.length === webhookLimits.batchMax;
    return { events, to: (isCut ? events.at(-1)?.seq : undefined) ?? upTo };
  }

  async #send(events: readonly LoggedEvent[], target: Target, lanes: number): Promise<BatchResult> {
    const { metrics } = this.#options;
    const result = await sendBatch(events, {
      send: event => this.#sendOne(event, target),
      lanes,
      failuresInRowMax: webhookLimits.failuresInRowMax,
      signal: this.#stop.signal,
    });
    metrics.deliveries.inc({ outcome: "delivered" }, result.delivered.size);
    metrics.deliveries.inc({ outcome: "failed" }, result.failed.size);
    return result;
  }

  #sendOne(event: LoggedEvent, { url, secrets }: Target): Promise<Sent> {
    const { sender, source } = this.#options;
    const body = JSON.stringify(toCloudEvent(event, source));
    const timestamp = Math.floor(Date.now() / 1000);
    return sender.send({ url, body, headers: signatureHeaders(secrets, { id: event.id, timestamp, body }) });
  }

  /** Moves on behind a pass; what was not delivered of it waits. */
  async #settle(
    target: Target,
    pass: { readonly events: readonly LoggedEvent[]; readonly to: number; readonly result: BatchResult },
  ): Promise<void> {
    const { pool, id } = this.#options;
    const { delivered, failed, alive } = pass.result;
    const parked = pass.events
      .filter(event => !delivered.has(event.seq))
      .map(({ seq, key }): Parked => {
        const failure = failed.get(seq);
        if (failure === undefined) return { seq, key, tries: 0, waitMs: 0, status: undefined, failure: undefined };
        return { seq, key, tries: 1, waitMs: this.#waitAfter(1), status: failure.status, failure: failure.reason };
      });
    await transaction(pool, async client => {
      const moved = await advance(client, { id, from: target.position, to: pass.to, delivered: alive });
      if (moved) await parkDeliveries(client, id, parked);
    });
  }

  /** Gives how long to wait. */
  async #noteDown({ failures, failingMs }: Target, failed: Failed): Promise<number> {
    const { pool, id, deadAfterMs, log } = this.#options;
    if (failingMs !== null && failingMs >= deadAfterMs)
      return this.#pause(`it has not answered for ${hours(failingMs)}; the last try: ${failed.reason}`);
    const waitMs = nthWait(this.#waits.down, failures + 1);
    await noteFailure(pool, { id, waitMs, failure: failed.reason });
    if (failures === 0)
      log.warn({ webhook: id, reason: failed.reason }, "a webhook's target does not answer; its events wait");
    return waitMs;
  }

  async #pause(why: string): Promise<number> {
    const { pool, id } = this.#options;
    await transaction(pool, async client => {
      if (!(await pauseWebhook(client, id, why))) return;
      const detail = `The webhook ${id} was paused: ${why}. Its events are kept; set its state to active to go on, or replay from a time.`;
      await openExceptions(client, [{ siteId: undefined, problem: "webhook.paused", key: id, detail, count: 1 }]);
    });
    return this.#waits.idleMs;
  }

  async #tryAgain(): Promise<number> {
    const { pool, id } = this.#options;
    const target = await readTarget(pool, id, 1);
    // While the whole target fails, going along finds out when it is back.
    if (target === undefined || !target.active || target.failures > 0 || target.waiting === 0)
      return this.#waits.idleMs;
    const due = await readDue(pool, id, webhookLimits.retryMax);
    if (due.length === 0) return Math.min(this.#waits.retry.minMs, this.#waits.idleMs);
    const events = await readEventsAt(
      pool,
      due.map(({ seq }) => seq),
    );
    const result = await this.#send(events, target, webhookLimits.retryLanes);
    if (result.gone !== undefined) return this.#pause(result.gone.reason);
    const kept = new Set(events.map(({ seq }) => seq));
    const retried = due.flatMap(one => this.#judge(one, result, kept) ?? []);
    await transaction(pool, async client => {
      await settleRetried(client, id, retried);
      await this.#tellDead(client, due, retried);
    });
    return 0;
  }

  /** Undefined for what was not tried. An event that is no longer kept can never be delivered, and gives way. */
  #judge(
    { seq, tries, triedForMs }: Due,
    { delivered, failed }: BatchResult,
    kept: ReadonlySet<number>,
  ): Retried | undefined {
    const { deadAfterMs, triesMax } = this.#options;
    const failure = failed.get(seq);
    if (delivered.has(seq) || !kept.has(seq))
      return { seq, outcome: "delivered", waitMs: 0, status: undefined, failure: undefined };
    if (failure === undefined) return undefined;
    const isDead = tries + 1 >= triesMax || (triedForMs !== null && triedForMs >= deadAfterMs);
    const { status, reason } = failure;
    const outcome = isDead ? "dead" : "waiting";
    return { seq, outcome, waitMs: this.#waitAfter(tries + 1), status, failure: reason };
  }

  async #tellDead(client: Client, due: readonly Due[], retried: readonly Retried[]): Promise<void> {
    const { id, metrics } = this.#options;
    const dead = retried.filter(({ outcome }) => outcome === "dead");
    const [first] = dead;
    if (first === undefined) return;
    metrics.deliveries.inc({ outcome: "dead" }, dead.length);
    const key = due.find(({ seq }) => seq === first.seq)?.key;
    const detail = `The target of the webhook ${id} did not take event ${first.seq} about ${key}: ${first.failure}. GET /v1/webhooks/${id}/deliveries?state=dead lists what was put aside, POST /v1/webhooks/${id}/redeliver tries it anew.`;
    const found = { siteId: undefined, problem: "webhook.dead_letter" as const, key: id, detail, count: dead.length };
    await openExceptions(client, [found]);
  }

  #waitAfter(tries: number): number {
    return nthWait(this.#waits.retry, tries);
  }
}

/** The beginning of a pass, with a few keys: one of them alone may fail for a reason of its own. */
function probesOf({ events, to }: Next): Next {
  const keys = new Set<string>();
  for (const [index, { key, seq }] of events.entries()) {
    keys.add(key);
    if (keys.size === webhookLimits.probesMax) return { events: events.slice(0, index + 1), to: seq };
  }
  return { events, to };
}

/** The wait behind the n-th failure. */
function nthWait(waits: Waits, n: number): number {
  const series = backoff(waits);
  for (let past = 1; past < Math.min(n, 64); past++) series.next();
  return series.next().value;
}

function hours(ms: number): string {
  return `${Math.round(ms / 3_600_000)} hours`;
}
