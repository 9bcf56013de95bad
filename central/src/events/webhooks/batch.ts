import type { LoggedEvent } from "@tallygate/protocol";
import type { Sent } from "./send.ts";

export type Failed = Extract<Sent, { ok: false }>;

/** What became of a pass over events, by their numbers. */
export interface BatchResult {
  readonly delivered: ReadonlySet<number>;
  /** Those that were tried and failed: of each key one at most, and nothing behind it was tried. */
  readonly failed: ReadonlyMap<number, Failed>;
  /** Whether the target showed that it lives: it took something, or refused something of its own accord. */
  readonly alive: boolean;
  readonly gone: Failed | undefined;
  readonly lastFailure: Failed | undefined;
}

export interface BatchOptions {
  readonly send: (event: LoggedEvent) => Promise<Sent>;
  readonly lanes: number;
  /** So many failures one behind the other, none of them a refusal, end the pass. */
  readonly failuresInRowMax: number;
  readonly signal: AbortSignal;
}

/** Sends events, those of one key in their order and one at a time, several keys at once. A key's first failure ends it for this pass. */
export async function sendBatch(
  events: readonly LoggedEvent[],
  { send, lanes, failuresInRowMax, signal }: BatchOptions,
): Promise<BatchResult> {
  const delivered = new Set<number>();
  const failed = new Map<number, Failed>();
  const state = {
    alive: false,
    inRow: 0,
    gone: undefined as Failed | undefined,
    last: undefined as Failed | undefined,
  };
  const groups = [...Map.groupBy(events, event => event.key).values()].values();
  const isOver = () => signal.aborted || state.inRow >= failuresInRowMax || state.gone !== undefined;

  async function sendGroup(group: readonly LoggedEvent[]): Promise<void> {
    for (const event of group) {
      if (isOver()) return;
      const sent = await send(event);
      if (sent.ok) {
        delivered.add(event.seq);
        Object.assign(state, { alive: true, inRow: 0 });
        continue;
      }
      failed.set(event.seq, sent);
      state.last = sent;
      if (sent.kind === "gone") state.gone = sent;
      if (sent.kind === "refused") Object.assign(state, { alive: true, inRow: 0 });
      else state.inRow += 1;
      return;
    }
  }

  async function lane(): Promise<void> {
    for (const group of groups) {
      if (isOver()) return;
      await sendGroup(group);
    }
  }

  await Promise.all(Array.from({ length: lanes }, lane));
  return { delivered, failed, alive: state.alive, gone: state.gone, lastFailure: state.last };
}
