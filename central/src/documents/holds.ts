import type { Result } from "@tallygate/protocol";
import type { Client } from "../db/pool.ts";
import type { Command, Reservation } from "../reservations/model.ts";
import type { Names } from "../reservations/names.ts";
import { carryOut, writeDown } from "../reservations/write.ts";
import type { Document } from "./model.ts";

export interface Holds {
  readonly names: Names;
  readonly nowMs: number;
}

/** Decides commands for documents that are locked, and writes what was decided. */
export async function changeHolds(
  client: Client,
  commands: readonly Command[],
  { names, nowMs }: Holds,
): Promise<readonly Result<Reservation>[]> {
  if (commands.length === 0) return [];
  const carried = await carryOut(client, { commands, names, nowMs });
  await writeDown(client, carried, { names, answers: [] });
  return carried.decided.results;
}

/** Lets go of all that is held for a document. A promise that has ended already holds nothing. */
export async function releaseHolds(client: Client, document: Document, holds: Holds): Promise<void> {
  await changeHolds(client, releaseOf(document), holds);
}

export function releaseOf({ id, reservationId }: Document): readonly Command[] {
  if (reservationId === undefined) return [];
  return [{ kind: "release", id: reservationId, documentId: id, lines: undefined }];
}
