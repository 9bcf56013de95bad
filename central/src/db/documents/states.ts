import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

export interface StateChange {
  readonly id: string;
  readonly state: string;
  readonly ended: boolean;
}

/**
 * Writes the states of locked documents, each of which has changed in something: its version rises. Its lines are open as long as
 * something is awaited of them.
 */
export async function writeStates(client: Client, changes: readonly StateChange[], nowMs: number): Promise<void> {
  if (changes.length === 0) return;
  await client.query({
    name: "documents-write-states",
    text: `with changed as (
        update document set state = change.state, version = version + 1,
          updated_at = greatest(updated_at, to_timestamp($4::float8 / 1000)),
          ended_at = case when change.ended = 1 then coalesce(ended_at, to_timestamp($4::float8 / 1000)) end
        from unnest($1::text[], $2::text[], $3::integer[]) as change (id, state, ended) where document.id = change.id::uuid
        returning document.id, change.ended
      )
      update document_line as line set open = changed.ended = 0 and done < quantity
      from changed where line.document_id = changed.id and open is distinct from (changed.ended = 0 and done < quantity)`,
    values: [
      binaryArray.text(changes.map(change => change.id)),
      binaryArray.text(changes.map(change => change.state)),
      binaryArray.integer(changes.map(change => (change.ended ? 1 : 0))),
      nowMs,
    ],
  });
}

/** A notice's logistic units may come as long as it awaits something. */
export async function writeUnitsOpen(client: Client, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  await client.query({
    name: "documents-write-units-open",
    text: `update document_unit as unit set open = false from document
      where document.id = any($1::text[]::uuid[]) and unit.document_id = document.id and unit.open
        and document.state in ('closed', 'cancelled')`,
    values: [binaryArray.text(documentIds)],
  });
}

/** Tells the edges of a document's sites, when they look next, that their open lists have changed. */
export async function raiseListVersions(client: Client, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  await client.query({
    name: "documents-raise-list-versions",
    text: `insert into document_list_version (site_id, version)
      select distinct site_id, 1 from document_list_member join document_list on document_list.id = list_id
      where document_id = any($1::text[]::uuid[]) and closed_at is null order by site_id
      on conflict (site_id) do update set version = document_list_version.version + 1`,
    values: [binaryArray.text(documentIds)],
  });
}
