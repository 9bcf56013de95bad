import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339Ms } from "../queries/sql.ts";

/** A webhook as who delivers to it sees it. */
export interface Target {
  readonly url: string;
  readonly types: readonly string[] | null;
  readonly sites: readonly string[] | null;
  readonly secrets: readonly string[];
  readonly active: boolean;
  readonly position: number;
  /** The number of the oldest event that is kept; null when there is none. */
  readonly oldest: number | null;
  readonly failures: number;
  /** How long the whole target has been failing, and how long until it may be tried again. */
  readonly failingMs: number | null;
  readonly waitMs: number;
  /** Deliveries that wait for a further try, or behind one that does. */
  readonly waiting: number;
}

/** Webhooks that are there. */
export async function readWebhookIds(db: Executor): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "webhooks-ids",
    text: "select id from webhook order by id",
  });
  return rows.map(row => row.id);
}

/** `waitingMax` bounds what is counted. */
export async function readTarget(db: Executor, id: string, waitingMax: number): Promise<Target | undefined> {
  const { rows } = await db.query<Target>({
    name: "webhooks-target",
    text: `select url, types, sites, state = 'active' as active, position, failures, (select min(seq) from event) as oldest,
        array_remove(array[secret, case when former_secret_until > now() then former_secret end], null) as secrets,
        floor(extract(epoch from now() - failing_since) * 1000)::bigint as "failingMs",
        greatest(0, ceil(extract(epoch from coalesce(next_try_at, now()) - now()) * 1000))::bigint as "waitMs",
        (select count(*) from (select from webhook_delivery where webhook_id = $1 and state = 'waiting' limit $2) as counted)
          as waiting
      from webhook where id = $1`,
    values: [id, waitingMax],
  });
  return rows[0];
}

/** Which of these keys have deliveries that wait. */
export async function readWaitingKeys(db: Executor, id: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ key: string }>({
    name: "webhooks-waiting-keys",
    text: `select distinct key from webhook_delivery
      where webhook_id = $1 and state = 'waiting' and key = any($2::text[])`,
    values: [id, binaryArray.text(keys)],
  });
  return new Set(rows.map(row => row.key));
}

export interface Due {
  readonly seq: number;
  readonly key: string;
  readonly tries: number;
  readonly triedForMs: number | null;
}

/** The first delivery of each key that waits, where its time has come. */
export async function readDue(db: Executor, id: string, limit: number): Promise<readonly Due[]> {
  const { rows } = await db.query<Due>({
    name: "webhooks-due",
    text: `select seq, key, tries, floor(extract(epoch from now() - first_tried_at) * 1000)::bigint as "triedForMs"
      from webhook_delivery as due
      where webhook_id = $1 and state = 'waiting' and next_try_at <= now() and not exists (
        select from webhook_delivery as before
        where before.webhook_id = $1 and before.state = 'waiting' and before.key = due.key and before.seq < due.seq
      )
      order by next_try_at, seq limit $2`,
    values: [id, limit],
  });
  return rows;
}

/** A delivery that waits from now on. */
export interface Parked {
  readonly seq: number;
  readonly key: string;
  /** 0 for one that waits behind another of its key. */
  readonly tries: number;
  readonly waitMs: number;
  readonly status: number | undefined;
  readonly failure: string | undefined;
}

export async function parkDeliveries(client: Client, id: string, parked: readonly Parked[]): Promise<void> {
  if (parked.length === 0) return;
  await client.query({
    name: "webhooks-park",
    text: `insert into webhook_delivery (webhook_id, seq, key, tries, first_tried_at, next_try_at, last_status, last_failure)
      select $1, seq, key, tries, case when tries > 0 then now() end, now() + wait_ms * interval '1 millisecond', status, failure
      from unnest($2::bigint[], $3::text[], $4::integer[], $5::bigint[], $6::integer[], $7::text[])
        as parked (seq, key, tries, wait_ms, status, failure)
      on conflict (webhook_id, seq) do nothing`,
    values: [
      id,
      binaryArray.bigint(parked.map(one => one.seq)),
      binaryArray.text(parked.map(one => one.key)),
      binaryArray.integer(parked.map(one => one.tries)),
      binaryArray.bigint(parked.map(one => one.waitMs)),
      binaryArray.integer(parked.map(one => one.status)),
      binaryArray.text(parked.map(one => one.failure)),
    ],
  });
}

/**
 * Moves a webhook on from where it was read, while its target answers; false when somebody has moved it elsewhere meanwhile, and then
 * nothing of the pass counts.
 */
export async function advance(
  client: Client,
  { id, from, to, delivered }: { id: string; from: number; to: number; delivered: boolean },
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "webhooks-advance",
    text: `update webhook set position = $3, failing_since = case when $4 then null else failing_since end,
        failures = case when $4 then 0 else failures end, next_try_at = case when $4 then null else next_try_at end,
        last_success_at = case when $4 then now() else last_success_at end
      where id = $1 and position = $2`,
    values: [id, from, to, delivered],
  });
  return rowCount === 1;
}

/** The whole target has failed once more. */
export async function noteFailure(
  db: Executor,
  { id, waitMs, failure }: { readonly id: string; readonly waitMs: number; readonly failure: string },
): Promise<void> {
  await db.query({
    name: "webhooks-note-failure",
    text: `update webhook set failures = failures + 1, failing_since = coalesce(failing_since, now()), last_failure = $3,
        next_try_at = now() + $2 * interval '1 millisecond' where id = $1`,
    values: [id, waitMs, failure],
  });
}

/** Pauses an active webhook; false when it is none. */
export async function pauseWebhook(client: Client, id: string, why: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "webhooks-pause",
    text: `update webhook set state = 'paused', paused_why = $2, updated_at = now(), version = version + 1
      where id = $1 and state = 'active'`,
    values: [id, why],
  });
  return rowCount === 1;
}

/** What became of deliveries that had waited. */
export interface Retried {
  readonly seq: number;
  readonly outcome: "delivered" | "waiting" | "dead";
  readonly waitMs: number;
  readonly status: number | undefined;
  readonly failure: string | undefined;
}

/** Deletes what was delivered or whose event is no longer kept, and notes the tries of the others. */
export async function settleRetried(client: Client, id: string, retried: readonly Retried[]): Promise<void> {
  const done = retried.filter(one => one.outcome === "delivered");
  const left = retried.filter(one => one.outcome !== "delivered");
  await client.query({
    name: "webhooks-settle-delivered",
    text: "delete from webhook_delivery where webhook_id = $1 and seq = any($2::bigint[])",
    values: [id, binaryArray.bigint(done.map(one => one.seq))],
  });
  await client.query({
    name: "webhooks-settle-failed",
    text: `update webhook_delivery as delivery set tries = tries + 1, first_tried_at = coalesce(first_tried_at, now()),
        state = failed.state, next_try_at = now() + failed.wait_ms * interval '1 millisecond', last_status = failed.status,
        last_failure = failed.failure
      from unnest($2::bigint[], $3::text[], $4::bigint[], $5::integer[], $6::text[])
        as failed (seq, state, wait_ms, status, failure)
      where delivery.webhook_id = $1 and delivery.seq = failed.seq`,
    values: [
      id,
      binaryArray.bigint(left.map(one => one.seq)),
      binaryArray.text(left.map(one => one.outcome)),
      binaryArray.bigint(left.map(one => one.waitMs)),
      binaryArray.integer(left.map(one => one.status)),
      binaryArray.text(left.map(one => one.failure)),
    ],
  });
}

export interface DeliveryRow {
  readonly seq: number;
  readonly key: string;
  readonly type: string | null;
  readonly event_id: string | null;
  readonly state: "waiting" | "dead";
  readonly tries: number;
  readonly first_tried_at: string | null;
  readonly next_try_at: string;
  readonly last_status: number | null;
  readonly last_failure: string | null;
}

/** Deliveries that wait or were put aside, by number. */
export async function listDeliveries(
  db: Executor,
  filter: {
    readonly id: string;
    readonly state: "waiting" | "dead" | undefined;
    readonly after: number | undefined;
    readonly limit: number;
  },
): Promise<readonly DeliveryRow[]> {
  const conditions = new Conditions()
    .when(filter.id, value => `webhook_id = ${value}`)
    .when(filter.state, value => `state = ${value}`)
    .when(filter.after, value => `delivery.seq > ${value}`);
  const limit = conditions.value(filter.limit);
  const { rows } = await db.query<DeliveryRow>(
    `select delivery.seq, delivery.key, event.type, event.id as event_id, state, tries,
       ${rfc3339Ms("first_tried_at")} as first_tried_at, ${rfc3339Ms("next_try_at")} as next_try_at, last_status, last_failure
     from webhook_delivery as delivery left join event on event.seq = delivery.seq
     ${conditions.where()} order by delivery.seq limit ${limit}`,
    conditions.values,
  );
  return rows;
}

/** Lets deliveries that were put aside be tried anew, all or these; gives how many. */
export async function reviveDeliveries(
  client: Client,
  id: string,
  seqs: readonly number[] | undefined,
): Promise<number> {
  const { rowCount } = await client.query(
    `update webhook_delivery set state = 'waiting', tries = 0, first_tried_at = null, next_try_at = now()
     where webhook_id = $1 and state = 'dead' and ($2::bigint[] is null or seq = any($2))`,
    [id, seqs ?? null],
  );
  return rowCount ?? 0;
}
