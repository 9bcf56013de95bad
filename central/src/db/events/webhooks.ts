import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339Ms } from "../queries/sql.ts";

/** Where other systems get events by HTTP. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[] | null;
  readonly sites: readonly string[] | null;
  readonly state: "active" | "paused";
  readonly paused_why: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

const columns = `id, url, description, types, sites, state, paused_why, ${rfc3339Ms("created_at")} as created_at,
  ${rfc3339Ms("updated_at")} as updated_at, version`;

export interface NewWebhook {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[] | null;
  readonly sites: readonly string[] | null;
  readonly secret: string;
}

/** Makes additions wait for each other, so that they can be counted. */
export async function lockWebhooks(client: Client): Promise<number> {
  await client.query("lock table webhook in share row exclusive mode");
  const { rows } = await client.query<{ count: number }>("select count(*) as count from webhook");
  return rows[0]?.count ?? 0;
}

/** Adds a webhook; it gets what happens from now on. */
export async function insertWebhook(client: Client, hook: NewWebhook): Promise<void> {
  await client.query(
    `insert into webhook (id, url, description, types, sites, secret, position)
     select $1, $2, $3, $4, $5, $6, seq from event_head`,
    [hook.id, hook.url, hook.description, hook.types, hook.sites, hook.secret],
  );
}

/** By id, behind one; those whose sites are all among `sites`, where these are given. */
export async function listWebhooks(
  db: Executor,
  filter: {
    readonly after?: string | undefined;
    readonly sites?: readonly string[] | undefined;
    readonly limit: number;
  },
): Promise<readonly WebhookRow[]> {
  const conditions = new Conditions()
    .when(filter.after, value => `id > ${value}`)
    .when(filter.sites, value => `sites <@ ${value}::text[]`);
  const limit = conditions.value(filter.limit);
  const { rows } = await db.query<WebhookRow>(
    `select ${columns} from webhook ${conditions.where()} order by id limit ${limit}`,
    conditions.values,
  );
  return rows;
}

export async function readWebhook(db: Executor, id: string): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>(`select ${columns} from webhook where id = $1`, [id]);
  return rows[0];
}

/** Locks a webhook against other changes, and gives it as it is then. */
export async function lockWebhook(client: Client, id: string): Promise<WebhookRow | undefined> {
  const { rows } = await client.query<WebhookRow>(`select ${columns} from webhook where id = $1 for update`, [id]);
  return rows[0];
}

/** Writes what a person or client may change of a webhook that is locked. One that goes on begins with a clean record. */
export async function updateWebhook(
  client: Client,
  hook: Pick<WebhookRow, "id" | "url" | "description" | "types" | "sites" | "state" | "paused_why">,
): Promise<void> {
  await client.query(
    `update webhook set url = $2, description = $3, types = $4, sites = $5, state = $6, paused_why = $7,
       failing_since = null, failures = 0, next_try_at = null, updated_at = now(), version = version + 1
     where id = $1`,
    [hook.id, hook.url, hook.description, hook.types, hook.sites, hook.state, hook.paused_why],
  );
}

export async function deleteWebhook(client: Client, id: string): Promise<void> {
  await client.query("delete from webhook where id = $1", [id]);
}

/** Gives a webhook a new secret; the one before it signs too for a while, so that the target can change over. */
export async function rotateSecret(
  client: Client,
  { id, secret, overlapMs }: { readonly id: string; readonly secret: string; readonly overlapMs: number },
): Promise<string> {
  const { rows } = await client.query<{ until: string }>(
    `update webhook set former_secret = secret, secret = $2, updated_at = now(), version = version + 1,
       former_secret_until = now() + $3 * interval '1 millisecond'
     where id = $1 returning ${rfc3339Ms("former_secret_until")} as until`,
    [id, secret, overlapMs],
  );
  return rows[0]?.until ?? "";
}

/** Lets a webhook get everything behind a number again: what waits or was put aside behind it comes with the rest. */
export async function rewindWebhook(client: Client, id: string, position: number): Promise<void> {
  await client.query("delete from webhook_delivery where webhook_id = $1 and seq > $2", [id, position]);
  await client.query(
    `update webhook set position = $2, failing_since = null, failures = 0, next_try_at = null, updated_at = now()
     where id = $1`,
    [id, position],
  );
}

export interface WebhookStatus {
  readonly position: number;
  readonly head: number;
  readonly waiting: number;
  readonly dead: number;
  readonly failing_since: string | null;
  readonly failures: number;
  readonly next_try_at: string | null;
  readonly last_failure: string | null;
  readonly last_success_at: string | null;
}

/** How far a webhook is. */
export async function readWebhookStatus(db: Executor, id: string): Promise<WebhookStatus | undefined> {
  const { rows } = await db.query<WebhookStatus>(
    `select position, event_head.seq as head,
       (select count(*) from webhook_delivery where webhook_id = $1 and state = 'waiting') as waiting,
       (select count(*) from webhook_delivery where webhook_id = $1 and state = 'dead') as dead,
       ${rfc3339Ms("failing_since")} as failing_since, failures, ${rfc3339Ms("next_try_at")} as next_try_at, last_failure,
       ${rfc3339Ms("last_success_at")} as last_success_at
     from webhook, event_head where id = $1`,
    [id],
  );
  return rows[0];
}
