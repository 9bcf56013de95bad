import { readDocuments } from "../db/documents/read.ts";
import { raiseListVersions, writeStates, writeUnitsOpen } from "../db/documents/states.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import type { Client } from "../db/pool.ts";
import { newReservationId } from "../reservations/id.ts";
import { isEnded, stateAfter } from "./kinds.ts";
import type { Document } from "./model.ts";
import { addressOf, viewOf } from "./view.ts";

/**
 * Takes locked documents, read after their lines were changed, to the states that their lines amount to, and tells of each that it
 * has changed.
 *
 * @param states other states than their lines amount to, by document: where a person has cancelled or closed one
 * @returns the documents as they are then
 */
export async function changeStates(
  client: Client,
  documents: readonly Document[],
  nowMs: number,
  states: ReadonlyMap<string, string> = new Map(),
): Promise<readonly Document[]> {
  if (documents.length === 0) return [];
  const ids = documents.map(({ id }) => id);
  const changes = documents.map(({ id, kind, state: before, lines }) => {
    const state = states.get(id) ?? stateAfter(kind, before, lines);
    return { id, state, ended: isEnded(kind, state) };
  });
  await writeStates(client, changes, nowMs);
  await writeUnitsOpen(client, ids);
  await raiseListVersions(client, ids);
  const changed = await readDocuments(client, ids);
  await tell(client, changed, nowMs);
  return changed;
}

/** Events are named after the state that a document is in: `order.picking` comes for each further pick, with its lines as they are. */
export async function tell(client: Client, documents: readonly Document[], nowMs: number): Promise<void> {
  await insertOutbox(
    client,
    documents.map(document => eventOf(document, document.state, nowMs)),
  );
}

export function eventOf(document: Document, state: string, nowMs: number) {
  return {
    id: newReservationId(nowMs),
    type: `${document.kind}.${state}`,
    key: addressOf(document),
    siteId: document.siteId,
    timeMs: nowMs,
    data: viewOf(document),
  };
}
