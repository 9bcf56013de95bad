import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";

export interface Publication {
  readonly subject: string;
  readonly body: string;
  readonly headers: MsgHdrs;
}

interface Batch {
  /** What each acknowledgement comes to. */
  readonly reply: string;
  /** Acknowledgements that have yet to come. */
  left: number;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Publishes to JetStream, a batch at a time. The client library makes a request of each publication, with a timer, a promise and an error
 * that is mostly thrown away: that cost more than everything else about an event. Here the acknowledgements of a batch are counted.
 */
export class AcknowledgedPublisher implements Disposable {
  private readonly nc: NatsConnection;
  private readonly inbox = createInbox();
  private readonly subscription: Disposable;
  private batches = 0;
  private batch: Batch | undefined;

  constructor(nc: NatsConnection) {
    this.nc = nc;
    const subscription = nc.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => (error === null ? this.hear(message) : this.batch?.done.reject(error)),
    });
    this.subscription = { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  /** Sends all, one behind the other, and returns once each is acknowledged. Throws when one is refused, or not all are in time. */
  async publish(publications: readonly Publication[], timeoutMs: number): Promise<void> {
    if (publications.length === 0) return;
    const reply = `${this.inbox}.${this.batches++}`;
    const batch = { reply, left: publications.length, done: Promise.withResolvers<void>() };
    this.batch = batch;
    const late = () =>
      batch.done.reject(new Error(`${batch.left} events were not acknowledged within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    try {
      for (const { subject, body, headers } of publications) this.nc.publish(subject, body, { reply, headers });
      await batch.done.promise;
    } finally {
      clearTimeout(timer);
      this.batch = undefined;
    }
  }

  [Symbol.dispose](): void {
    if (!this.nc.isClosed()) this.subscription[Symbol.dispose]();
  }

  private hear(message: Msg): void {
    const { batch } = this;
    // What comes late belongs to a batch that is published again.
    if (batch === undefined || message.subject !== batch.reply) return;
    const refusal = refusalOf(message);
    if (refusal !== undefined) batch.done.reject(new Error(refusal));
    else if (--batch.left === 0) batch.done.resolve();
  }
}

/** Why a publication was not taken; undefined when it was. */
function refusalOf(message: Msg): string | undefined {
  if (message.headers?.code === 503) return "no stream of NATS takes events";
  const answer = message.json<{ readonly stream?: string; readonly error?: { readonly description?: string } }>();
  if (answer.error !== undefined) return `NATS refused an event: ${answer.error.description}`;
  return answer.stream ? undefined : "NATS answered without a stream";
}
