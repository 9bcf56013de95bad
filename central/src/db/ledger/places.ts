import { isOutside, outsides } from "@tallygate/protocol";
import type { Place } from "../../stock/model.ts";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

interface PlaceRow {
  readonly id: number;
  readonly site_id: number;
  readonly code: string;
  readonly outside: boolean;
}

export interface AccountName {
  readonly siteId: number;
  readonly code: string;
}

export async function readPlacesOfSites(db: Executor, siteIds: readonly number[]): Promise<readonly Place[]> {
  const { rows } = await db.query<PlaceRow>({
    name: "ledger-read-places-of-sites",
    text: "select id, site_id, code, outside from place where site_id = any($1::integer[])",
    values: [binaryArray.integer(siteIds)],
  });
  return rows.map(toPlace);
}

export async function readPlaces(db: Executor, ids: readonly number[]): Promise<readonly Place[]> {
  const { rows } = await db.query<PlaceRow>({
    name: "ledger-read-places",
    text: "select id, site_id, code, outside from place where id = any($1::integer[])",
    values: [binaryArray.integer(ids)],
  });
  return rows.map(toPlace);
}

/** Those of the named accounts that exist, and the outsides of their sites. */
export async function readAccounts(db: Executor, names: readonly AccountName[]): Promise<readonly Place[]> {
  const { rows } = await db.query<PlaceRow>({
    name: "ledger-read-accounts",
    text: `select id, site_id, code, outside from place join unnest($1::integer[], $2::text[]) named (site_id, code)
        using (site_id, code) where not outside
      union all select id, site_id, code, outside from place
        where site_id = any($1::integer[]) and outside and code = any($3::text[])`,
    values: [
      binaryArray.integer(names.map(name => name.siteId)),
      binaryArray.text(names.map(name => name.code)),
      binaryArray.text(outsides),
    ],
  });
  return rows.map(toPlace);
}

/** Adds the accounts that are not there; others may add the same at the same time. */
export async function addPlaces(db: Executor, names: readonly AccountName[]): Promise<void> {
  await db.query({
    name: "ledger-add-places",
    text: `insert into place (site_id, code, outside)
      select * from unnest($1::integer[], $2::text[], $3::boolean[]) order by 1, 2 on conflict do nothing`,
    values: [
      binaryArray.integer(names.map(name => name.siteId)),
      binaryArray.text(names.map(name => name.code)),
      names.map(name => isOutside(name.code)),
    ],
  });
}

function toPlace({ id, site_id, code, outside }: PlaceRow): Place {
  return { id, siteId: site_id, code, outside };
}
