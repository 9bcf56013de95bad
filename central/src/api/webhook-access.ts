import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import { recordChanges } from "../db/audit/changes.ts";
import { lockWebhook, readWebhook, type WebhookRow } from "../db/events/webhooks.ts";
import type { Client, Pool } from "../db/pool.ts";
import { callerOf, sitesOf } from "./access.ts";
import { isExpected } from "./etag.ts";
import { refusable } from "./once.ts";

/** Runs a change of a webhook that the caller may change, with its row locked, and writes down who did it. */
export function changing<T>(
  pool: Pool,
  c: Context,
  { id, action }: { readonly id: string; readonly action: string },
  work: (client: Client, hook: WebhookRow) => Promise<Result<T>>,
): Promise<Result<T>> {
  return refusable(pool, async client => {
    const hook = mayHave(c, id, await lockWebhook(client, id));
    if (!hook.ok) return hook;
    if (!isExpected(c, etagOfHook(hook.value))) {
      const detail = `The webhook ${id} has changed since the version that if-match names; read it again and decide anew.`;
      return refuse("webhook.changed", detail, { at: "header.if-match" });
    }
    const done = await work(client, hook.value);
    if (!done.ok) return done;
    const after = await readWebhook(client, id);
    await recordChanges(client, [{ actor: callerOf(c), action, resource: addressOf(id), before: hook.value, after }]);
    return done;
  });
}

export function addressOf(id: string): string {
  return `/v1/webhooks/${id}`;
}

export function viewOf({ types, sites, ...hook }: WebhookRow) {
  return { ...hook, types: types === null ? null : [...types], sites: sites === null ? null : [...sites] };
}

/** The version stands for all that can be changed; how far deliveries are is told apart. */
export function etagOfHook({ version }: WebhookRow): string {
  return `"${version}"`;
}

/** A webhook whose sites are not all the caller's is as if it were not there: it has an address and a secret. */
export function mayHave(c: Context, id: string, hook: WebhookRow | undefined): Result<WebhookRow> {
  const own = sitesOf(c);
  const isTheirs = own === undefined || (hook?.sites?.every(site => own.includes(site)) ?? false);
  return hook === undefined || !isTheirs ? unknown(id) : ok(hook);
}

export function unknown(id: string) {
  return refuse("webhook.unknown", `There is no webhook ${id}.`, { at: "path.id" });
}
