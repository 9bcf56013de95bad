import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { backoff, sleep } from "@tallygate/kit";
import {
  type Batch,
  CatalogueChanged,
  contractVersion,
  type EdgeExceptions,
  EdgeExceptionsReply,
  HelloReply,
  ListsChanged,
  type Observations,
  ObservationsReply,
  Resend,
  SiteChange,
  subjects,
} from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { type Fork, makeHello, settleCursors } from "./greeting.ts";
import { Refresher } from "./refresher.ts";
import { RequestSender } from "./request-sender.ts";
import { Sender } from "./sender.ts";

export interface SessionDeps {
  readonly connection: NatsConnection;
  readonly store: Store;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Whether the site's lists count movements that the centre's count had not when it told them. */
  readonly listsAhead: () => boolean;
  readonly waits: Waits;
  readonly events: SessionEvents;
}

/** How long the centre has to confirm what it was sent, and to answer what it was asked. */
export interface Waits {
  readonly confirmMs: number;
  readonly requestMs: number;
}

export interface SessionEvents {
  greeting(): void;
  sending(): void;
  /** The centre has committed movements, or levels or the catalogue changed. */
  confirmed(): void;
  /** The centre has committed more movements. */
  progress(): void;
  trouble(error: unknown): void;
  forked(fork: Fork): void;
  refreshFailed(error: unknown): void;
  refreshed(): void;
  /** What was counted does not reach the centre. */
  countedFailed(error: unknown): void;
  countedSent(): void;
  /** What devices sent wrongly, and what was not decided here, does not reach the centre. */
  exceptionsFailed(error: unknown): void;
  exceptionsSent(): void;
}

/**
 * One connection to NATS, until it closes: *greeting* (asks the centre where it stands, again and again until it answers) → *sending* →
 * *greeting* again when confirmations stay out or publishing fails. Only `#run` changes it.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #stream: JetStreamClient;
  readonly #sender: Sender;
  readonly #refresher: Refresher;
  readonly #counted: RequestSender<Observations>;
  readonly #exceptions: RequestSender<EdgeExceptions>;
  readonly #end = new AbortController();
  #greetAgain: (() => void) | undefined;
  #progress = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    const { connection, store, events } = deps;
    this.#end.signal.addEventListener("abort", () => this.#greetAgain?.());
    this.#stream = jetstream(connection);
    this.#sender = new Sender({
      store,
      publish: batch => this.#publish(batch),
      trouble: error => this.#trouble(error),
      confirmMs: deps.waits.confirmMs,
    });
    this.#refresher = new Refresher({
      store,
      ask: (what, request) => this.#ask(subjects[what](store.site), request),
      signal: this.#end.signal,
      now: deps.now,
      onRefreshed: () => {
        events.refreshed();
        events.confirmed();
      },
      onFailure: events.refreshFailed,
    });
    const { site } = store;
    this.#counted = new RequestSender({
      next() {
        const waiting = store.observationsWaiting === 0 ? undefined : store.observations();
        return waiting === undefined ? undefined : { v: contractVersion, site, ...waiting };
      },
      confirm: reply => store.confirmObservations(ObservationsReply.parse(reply)),
      ask: request => this.#ask(subjects.observations(store.site), request),
      signal: this.#end.signal,
      onConfirmed: () => {
        events.countedSent();
        events.confirmed();
      },
      onFailure: events.countedFailed,
    });
    this.#exceptions = new RequestSender({
      next() {
        const exceptions = store.mayHaveUntold ? [...store.untoldExceptions()] : [];
        return exceptions.length === 0 ? undefined : { v: contractVersion, site, exceptions };
      },
      confirm: reply => store.confirmExceptions(EdgeExceptionsReply.parse(reply)),
      ask: request => this.#ask(subjects.exceptions(site), request),
      signal: this.#end.signal,
      onConfirmed: events.exceptionsSent,
      onFailure: events.exceptionsFailed,
    });
  }

  /** Movements were committed, something was counted, or is an exception. */
  wake(): void {
    this.#sender.pump();
    this.#counted.wake();
    this.#exceptions.wake();
  }

  /** Runs until the connection is closed or the signal aborts. */
  async run(): Promise<void> {
    const { connection, signal } = this.#deps;
    const end = () => this.#end.abort();
    const closed = connection.closed().then(end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    this.#listen();
    // The centre tells that a list changed. What it counted for none is heard of only by asking.
    const lists = setInterval(() => {
      if (this.#deps.listsAhead()) this.#refresher.want({ lists: true });
    }, limits.uplink.listsAgainMs);
    try {
      await this.#run();
    } finally {
      clearInterval(lists);
      signal.removeEventListener("abort", end);
      this.#sender.stop();
      this.#end.abort();
      await this.#refresher.ended();
      await this.#counted.ended();
      await this.#exceptions.ended();
      await connection.close();
      await closed;
    }
  }

  async #run(): Promise<void> {
    const { events } = this.#deps;
    const ended = this.#end.signal;
    let waits = backoff(limits.uplink.retry);
    while (!ended.aborted) {
      events.greeting();
      try {
        await this.#greet();
        const again = this.#untilGreetingAgain();
        this.#progress = false;
        events.sending();
        this.#sender.start();
        this.#counted.wake();
        this.#exceptions.wake();
        await again;
      } catch (error) {
        if (!ended.aborted) events.trouble(error);
      }
      if (this.#progress) waits = backoff(limits.uplink.retry);
      await sleep(waits.next().value, ended);
    }
  }

  async #greet(): Promise<void> {
    const { store, now, events } = this.#deps;
    const reply = HelloReply.parse(await this.#ask(subjects.hello(store.site), makeHello(store, now())));
    const fork = settleCursors(store, reply, now());
    if (fork !== undefined) events.forked(fork);
    if (reply.version < store.version) store.forgetLevels();
    if (reply.catalogueVersion < store.catalogueVersion) store.forgetCatalogue();
    this.#refresher.want({
      snapshot: reply.version !== store.version,
      catalogue: reply.catalogueVersion !== store.catalogueVersion,
      lists: true,
    });
    events.confirmed();
  }

  #untilGreetingAgain(): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      this.#greetAgain = resolve;
    });
  }

  #trouble(error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#deps.events.trouble(error);
    this.#greetAgain?.();
  }

  #listen(): void {
    const { site } = this.#deps.store;
    this.#subscribe(subjects.change(site), text => this.#takeChange(SiteChange.parse(text)));
    this.#subscribe(subjects.resend(site), text => {
      const { site: named, epoch, from } = Resend.parse(text);
      if (named === site) this.#sender.goBack(epoch, from);
    });
    this.#subscribe(subjects.catalogueChanged, text => {
      const { version } = CatalogueChanged.parse(text);
      if (version > this.#deps.store.catalogueVersion) this.#refresher.want({ catalogue: true });
    });
    this.#subscribe(subjects.listsChanged(site), text => {
      const { version } = ListsChanged.parse(text);
      if (version !== this.#deps.store.listsVersion) this.#refresher.want({ lists: true });
    });
  }

  #takeChange(change: SiteChange): void {
    const { store, events } = this.#deps;
    if (change.site !== store.site) return;
    const { gap } = store.confirm(change);
    if (gap) this.#refresher.want({ snapshot: true });
    if (change.cursors.length > 0) {
      this.#progress = true;
      events.progress();
    }
    this.#sender.confirmed(change.cursors);
    events.confirmed();
  }

  /** A message that cannot be taken (it is not what the contract says, or the disk is full) is made good by greeting again. */
  #subscribe(subject: string, take: (message: unknown) => void): void {
    const callback = (error: Error | null, message: Msg) => {
      if (this.#end.signal.aborted) return;
      try {
        if (error !== null) throw error;
        take(message.json());
      } catch (failure) {
        this.#sender.stop();
        this.#trouble(failure);
      }
    };
    this.#deps.connection.subscribe(subject, { callback });
  }

  /** No message id: the server would take a batch that is sent again for a copy, and swallow it. */
  async #publish(batch: Batch): Promise<void> {
    const subject = subjects.movements(batch.site);
    await this.#stream.publish(subject, JSON.stringify(batch), { timeout: this.#deps.waits.requestMs });
  }

  async #ask(subject: string, request: unknown): Promise<unknown> {
    const answer = await this.#deps.connection.request(subject, JSON.stringify(request), {
      timeout: this.#deps.waits.requestMs,
    });
    return answer.json();
  }
}
