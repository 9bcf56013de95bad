import { outsides } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

export interface SiteRow {
  readonly id: number;
  readonly code: string;
}

export async function readSites(db: Executor, codes: readonly string[]): Promise<readonly SiteRow[]> {
  const { rows } = await db.query<SiteRow>({
    name: "ledger-read-sites",
    text: "select id, code from site where code = any($1::text[])",
    values: [binaryArray.text(codes)],
  });
  return rows;
}

export async function readSitesById(db: Executor, ids: readonly number[]): Promise<readonly SiteRow[]> {
  const { rows } = await db.query<SiteRow>({
    name: "ledger-read-sites-by-id",
    text: "select id, code from site where id = any($1::integer[])",
    values: [binaryArray.integer(ids)],
  });
  return rows;
}

/** Sites that are heard for the first time, each with its outsides, so that an outside can be posted to without a look. */
export async function addSites(db: Executor, codes: readonly string[]): Promise<void> {
  await db.query({
    name: "ledger-add-sites",
    text: `with added as (
        insert into site (code) select * from unnest($1::text[]) order by 1 on conflict do nothing returning id
      )
      insert into place (site_id, code, outside) select id, outside, true from added, unnest($2::text[]) outside`,
    values: [binaryArray.text(codes), binaryArray.text(outsides)],
  });
}

/**
 * Locks the sites' rows in the order of their ids, so that two transactions never wait for each other in a circle. Whatever
 * the lock protects must be read by later statements: this one sees the state from before it waited.
 */
export async function lockSites(client: Client, ids: readonly number[]): Promise<void> {
  await client.query({
    name: "ledger-lock-sites",
    text: "select from site where id = any($1::integer[]) order by id for update",
    values: [binaryArray.integer(ids)],
  });
}

/** As {@link lockSites}, out of their order: a conflict instead of a wait, which might be a circle. */
export async function lockSitesNow(client: Client, ids: readonly number[]): Promise<void> {
  await client.query({
    name: "ledger-lock-sites-now",
    text: "select from site where id = any($1::integer[]) order by id for update nowait",
    values: [binaryArray.integer(ids)],
  });
}

/** Raises each site's version by its count of changes to tell, and gives the versions reached. */
export async function raiseVersions(
  client: Client,
  raises: readonly { readonly siteId: number; readonly by: number }[],
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ id: number; version: number }>({
    name: "ledger-raise-versions",
    text: `update site set version = version + raise.by
      from unnest($1::integer[], $2::integer[]) raise (id, by) where site.id = raise.id returning site.id, site.version`,
    values: [
      binaryArray.integer(raises.map(raise => raise.siteId)),
      binaryArray.integer(raises.map(raise => raise.by)),
    ],
  });
  return new Map(rows.map(row => [row.id, row.version]));
}
