import { resolveExceptionsOf } from "../db/counts/exceptions.ts";
import { keepExceptions } from "../db/ledger/exceptions.ts";
import type { Client } from "../db/pool.ts";
import { addressOf, type Count } from "./model.ts";

/** Somebody is to approve a count. */
export async function askForApproval(client: Client, { id, siteId, name, kind }: Count, why: string): Promise<void> {
  const detail = `The ${kind} count ${name ?? id} waits for approval by somebody who did not count: ${why}.`;
  await keepExceptions(client, [{ siteId, problem: "count.approval", key: addressOf(id), detail, count: 1 }]);
}

/** Nobody needs to approve the count any more. */
export async function approvalSettled(client: Client, { id }: Count): Promise<void> {
  await resolveExceptionsOf(client, "count.approval", addressOf(id));
}
