import type { Client } from "../pool.ts";

/** One change that somebody asked for. */
export interface Change {
  /** As `callerOf` names them. */
  readonly actor: string;
  /** What was done, as `item.add`. */
  readonly action: string;
  /** The address of what was changed, as `/v1/items/OAT-1L`. */
  readonly resource: string;
  readonly siteId?: number | undefined;
  /** What it was and what it is now, as far as the change touched it; absent where there was or is nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Writes down who did what, in the transaction that does it. */
export async function recordChanges(client: Client, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await client.query({
    name: "audit-record-changes",
    text: `insert into api_change (actor, action, resource, site_id, before, after)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::jsonb[], $6::jsonb[])`,
    values: [
      changes.map(change => change.actor),
      changes.map(change => change.action),
      changes.map(change => change.resource),
      changes.map(change => change.siteId ?? null),
      changes.map(change => jsonOf(change.before)),
      changes.map(change => jsonOf(change.after)),
    ],
  });
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
