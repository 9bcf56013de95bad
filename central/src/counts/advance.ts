import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { lockCount, readCount, writeState } from "../db/counts/counts.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import type { Client } from "../db/pool.ts";
import { next } from "../documents/machine.ts";
import { newReservationId } from "../reservations/id.ts";
import { type CountStep, countMachine } from "./machine.ts";
import { addressOf, type Count } from "./model.ts";

/** Who asks, and when; and whether they may at a site, which throws where they may not. */
export interface Asking {
  readonly actor: string;
  readonly nowMs: number;
  readonly allow: (site: string) => void;
}

/** Locks a count that somebody wants to change. Refuses `count.unknown`. */
export async function openCount(client: Client, id: string, { allow }: Pick<Asking, "allow">): Promise<Result<Count>> {
  await lockCount(client, id);
  const count = await readCount(client, id);
  if (count === undefined) return refuse("count.unknown", `There is no count ${id}.`, { at: "path.id" });
  allow(count.site);
  return ok(count);
}

export interface Step {
  readonly step: CountStep;
  /** Null where it follows by itself. */
  readonly actor: string | null;
  readonly nowMs: number;
  readonly remark?: string | undefined;
  /** What the event tells besides. */
  readonly data?: object;
}

/** Takes a locked count a step further, tells of it and writes down who did it. Refuses `count.state`. */
export async function advance(
  client: Client,
  count: Count,
  { step, actor, nowMs, remark, data }: Step,
): Promise<Result<Count>> {
  const state = next(countMachine, count.state, step);
  if (state === undefined) {
    const possible = Object.keys(countMachine.states[count.state].on).join(", ");
    const can = possible === "" ? "nothing more can be done with it" : `what can be done: ${possible}`;
    return refuse("count.state", `The count is ${count.state}, so it cannot take: ${step}; ${can}.`);
  }
  await writeState(client, { id: count.id, state, actor, nowMs, remark });
  const changed = await readCount(client, count.id);
  if (changed === undefined) throw new Error(`the count ${count.id} is gone`);
  await tell(client, changed, {
    type: `count.${eventOf[step]}`,
    nowMs,
    data: { actor, remark: remark ?? null, ...data },
  });
  await note(client, changed, {
    actor,
    action: `count.${step}`,
    before: { state: count.state },
    after: { state, remark },
  });
  return ok(changed);
}

/** What each step is called once it is done. */
const eventOf: Readonly<Record<CountStep, string>> = {
  start: "started",
  submit: "submitted",
  recount: "recounted",
  approve: "approved",
  reject: "rejected",
  post: "posted",
  differ: "differs",
  cancel: "cancelled",
};

/** Tells other systems of a count. What should be at its places is in no event. */
export async function tell(
  client: Client,
  count: Count,
  { type, nowMs, data = {} }: { readonly type: string; readonly nowMs: number; readonly data?: object },
): Promise<void> {
  const { id, site, kind, state, name, blind, siteId } = count;
  const key = addressOf(id);
  const told = { id, site, kind, state, name, blind, ...data };
  await insertOutbox(client, [{ id: newReservationId(nowMs), type, key, siteId, timeMs: nowMs, data: told }]);
}

/** Writes down who changed a count. */
export async function note(
  client: Client,
  { id, siteId }: Count,
  {
    actor,
    ...change
  }: { readonly actor: string | null; readonly action: string; readonly before?: unknown; readonly after?: unknown },
): Promise<void> {
  if (actor !== null) await recordChanges(client, [{ actor, resource: addressOf(id), siteId, ...change }]);
}
