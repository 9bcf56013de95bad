import type { Client } from "../db/pool.ts";
import { closeExceptions, openExceptions } from "../exceptions/open.ts";
import { addressOf, type Count } from "./model.ts";

/** Somebody is to approve a count. */
export async function askForApproval(client: Client, { id, siteId, name, kind }: Count, why: string): Promise<void> {
  const detail = `The ${kind} count ${name ?? id} waits for approval by somebody who did not count: ${why}.`;
  await openExceptions(client, [{ siteId, problem: "count.approval", key: addressOf(id), detail, count: 1 }]);
}

/** Nobody needs to approve the count any more. */
export async function approvalSettled(client: Client, { id }: Count): Promise<void> {
  await closeExceptions(client, "count.approval", [addressOf(id)]);
}
