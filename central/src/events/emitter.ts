import { backoff, sleep } from "@tallygate/kit";
import type { Logger } from "pino";
import { purgeEvents } from "../db/events/log.ts";
import { purgeRefused } from "../db/events/refused.ts";
import { isAnythingWaiting } from "../db/events/take.ts";
import type { Pool } from "../db/pool.ts";
import { emit } from "./emit.ts";
import { eventLimits } from "./limits.ts";
import type { EventMetrics } from "./metrics.ts";

export interface EmitterOptions {
  readonly pool: Pool;
  readonly keptMs: number;
  readonly metrics: Pick<EventMetrics, "emitted" | "refused" | "emitLag">;
  readonly log: Pick<Logger, "warn">;
  /** Told the last number after each commit. */
  readonly emitted: (head: number) => void;
}

/** Gives numbers to what happens, and deletes what is past its time, until it is disposed of. Of all processes one does. */
export function openEmitter(options: EmitterOptions): AsyncDisposable {
  const stop = new AbortController();
  const parts = [
    patiently(() => look(options), { stop: stop.signal, everyMs: eventLimits.lookEveryMs, log: options.log }),
    patiently(() => purge(options), { stop: stop.signal, everyMs: eventLimits.purgeEveryMs, log: options.log }),
  ];
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(parts);
    },
  };
}

/** Gives whether there is more at once. */
async function look({ pool, metrics, emitted }: EmitterOptions): Promise<boolean> {
  if (!(await isAnythingWaiting(pool))) return false;
  const { head, events, refused, oldestMs, full } = await emit(pool);
  metrics.emitted.inc(events);
  metrics.refused.inc(refused);
  if (oldestMs !== undefined) metrics.emitLag.observe(Math.max(0, Date.now() - oldestMs) / 1000);
  emitted(head);
  return full;
}

async function purge({ pool, keptMs }: EmitterOptions): Promise<boolean> {
  const events = await purgeEvents(pool, keptMs, eventLimits.purgeMax);
  const refused = await purgeRefused(pool, keptMs, eventLimits.purgeMax);
  return Math.max(events, refused) === eventLimits.purgeMax;
}

/** Repeats a pass; while it fails it waits longer and longer, and says so once. */
async function patiently(
  pass: () => Promise<boolean>,
  { stop, everyMs, log }: { readonly stop: AbortSignal; readonly everyMs: number; readonly log: Pick<Logger, "warn"> },
): Promise<void> {
  let waits: Generator<number, never, void> | undefined;
  while (!stop.aborted) {
    try {
      const more = await pass();
      waits = undefined;
      if (!more) await sleep(everyMs, stop);
    } catch (error) {
      if (waits === undefined) log.warn({ err: error }, "events wait for their numbers; it is tried again");
      waits ??= backoff({ minMs: eventLimits.backoffMinMs, maxMs: eventLimits.backoffMaxMs });
      await sleep(waits.next().value, stop);
    }
  }
}
