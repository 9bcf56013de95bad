import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { lockCatalogue } from "../db/catalogue/write-items.ts";
import { reviveDeliveries } from "../db/events/deliveries.ts";
import { lockWebhook } from "../db/events/webhooks.ts";
import { resolveExceptions } from "../db/exceptions/close.ts";
import { type ExceptionRow, lockExceptions, readException } from "../db/exceptions/read.ts";
import type { Client } from "../db/pool.ts";
import { matchByHand } from "../follow/match-by-hand.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { lockForMovements } from "../record/record-movements.ts";
import type { Deciding, Decision } from "./ask.ts";
import { bindCode } from "./bind.ts";
import { kindOf } from "./kinds.ts";
import { decideCrossing, mendHeld } from "./mend.ts";
import { tellExceptions } from "./open.ts";
import { refusalOf } from "./settled.ts";

/** An exception that was decided about, and what to tell once that is committed. */
export interface Resolved {
  readonly row: ExceptionRow;
  readonly commits: readonly SiteCommit[];
  /** Where the catalogue has changed. */
  readonly catalogueVersion: number | undefined;
}

/** What an action did besides. */
export type Done = Omit<Resolved, "row"> & { readonly what?: object };

const nothing: Done = { commits: [], catalogueVersion: undefined };

/**
 * Does what somebody decided about an exception, in the caller's transaction: of two who decide at once the second is refused
 * `exception.resolved`, and nothing of theirs is done. Locks are taken in the one order: catalogue, sites, tags, the exception, and what
 * the action itself needs. An exception of documents comes behind these, as it does for the follower that opens it.
 *
 * @param seen refuses what may not be decided about the exception as it is, such as another version than the one that was looked at
 */
export async function resolveException(
  client: Client,
  id: number,
  decision: Decision,
  deciding: Deciding,
  seen: (row: ExceptionRow) => Result<unknown> = () => ok(undefined),
): Promise<Result<Resolved>> {
  const before = await readException(client, id);
  if (before === undefined) return refuse("exception.unknown", `There is no exception ${id}.`, { at: "path.id" });
  const early = refusalOf(before, decision.action);
  if (early !== undefined) return early;
  if (decision.action === "match") {
    const matched = await matchByHand(client, before, decision, deciding);
    if (!matched.ok) return matched;
  }
  await lockBefore(client, before, decision);
  const [row] = await lockExceptions(client, [id]);
  if (row === undefined) throw new Error(`the exception ${id} is gone`);
  const refused = refusalOf(row, decision.action);
  if (refused !== undefined) return refused;
  const asSeen = seen(row);
  if (!asSeen.ok) return asSeen;
  // Written before what follows from it, which closes by itself what is still open then.
  await writeDown(client, [row], decision, deciding);
  const done = await carryOut(client, row, decision, deciding);
  if (!done.ok) return done;
  const after = await readException(client, id);
  if (after === undefined) throw new Error(`the exception ${id} is gone`);
  const { commits, catalogueVersion } = done.value;
  return ok({ row: after, commits, catalogueVersion });
}

/** What became of one exception of many. */
export interface Settled {
  readonly id: number;
  readonly result: Result<ExceptionRow>;
}

/** Ignores or ticks off many exceptions in one transaction; each has its own answer, and one that is refused keeps no other from it. */
export async function settleExceptions(
  client: Client,
  ids: readonly number[],
  decision: Extract<Decision, { readonly action: "ignore" | "done" }>,
  deciding: Deciding,
  mayDecide: (row: ExceptionRow) => boolean,
): Promise<readonly Settled[]> {
  const locked = new Map((await lockExceptions(client, ids)).map(row => [row.id, row]));
  const judged = ids.map((id): Settled => {
    const row = locked.get(id);
    if (row === undefined || !mayDecide(row)) {
      return { id, result: refuse("exception.unknown", `There is no exception ${id}.`) };
    }
    return { id, result: refusalOf(row, decision.action) ?? ok(row) };
  });
  const rows = judged.flatMap(({ result }) => (result.ok ? [result.value] : []));
  if (rows.length > 0) await writeDown(client, rows, decision, deciding);
  return judged;
}

async function lockBefore(client: Client, row: ExceptionRow, decision: Decision): Promise<void> {
  const { site } = row;
  if (decision.action === "bind") await lockCatalogue(client);
  if ((decision.action === "mend" || decision.action === "decide") && site !== null) {
    const movements = decision.action === "mend" ? decision.movements : [];
    const codes = [row.key, ...movements.flatMap(({ code }) => (code === undefined ? [] : [code]))];
    await lockForMovements(
      client,
      codes.map(code => ({ site, code })),
    );
  }
}

async function carryOut(
  client: Client,
  row: ExceptionRow,
  decision: Decision,
  deciding: Deciding,
): Promise<Result<Done>> {
  switch (decision.action) {
    case "ignore":
    case "done":
    case "match": // Done before the exception was locked.
      return ok(nothing);
    case "bind":
      return bindCode(client, row, decision, deciding);
    case "mend":
      return mendHeld(client, row, decision, deciding);
    case "decide":
      return decideCrossing(client, row, decision, deciding);
    case "resend":
      return row.problem === "webhook.dead_letter" ? redeliver(client, row) : ok(nothing);
  }
}

/** What was put aside is tried anew. Bytes of a batch were applied before; see `resend.ts`. */
async function redeliver(client: Client, { key }: ExceptionRow): Promise<Result<Done>> {
  if ((await lockWebhook(client, key)) === undefined) {
    return refuse("webhook.unknown", `There is no webhook ${key} any more.`);
  }
  await reviveDeliveries(client, key, undefined);
  return ok(nothing);
}

async function writeDown(
  client: Client,
  rows: readonly ExceptionRow[],
  decision: Decision,
  { actor }: Deciding,
): Promise<void> {
  const { action, reason, ...asked } = { reason: undefined, ...decision };
  const states = rows.map(({ id, problem }) => {
    const silences = action === "ignore" && kindOf(problem).ignoring === "silences";
    return { id, state: silences ? ("ignored" as const) : ("resolved" as const) };
  });
  const note = reason ?? null;
  const told = await resolveExceptions(client, states, { resolution: action, actor, note });
  await recordChanges(
    client,
    rows.map(({ id, site_id, problem, key, state }, index) => ({
      actor,
      action: `exception.${action}`,
      resource: `/v1/exceptions/${id}`,
      siteId: site_id ?? undefined,
      before: { state },
      after: { state: states[index]?.state, problem, key, reason: note, ...asked },
    })),
  );
  await tellExceptions(client, "exception.resolved", told, { resolution: action, by: actor });
}
