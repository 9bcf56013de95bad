import { insertMatches, type MatchRow } from "../db/documents/matches.ts";
import { lockDocuments, readDocuments } from "../db/documents/read.ts";
import type { Client } from "../db/pool.ts";
import { changeStates } from "./change.ts";

/** That a movement, or a part of it, carried out a line of a document. */
export type LineProgress = MatchRow;

/**
 * Carries documents on by what movements did to their lines, in the caller's transaction: writes the matches down, raises the lines,
 * takes each document to the state that its lines amount to, and tells of it. Harmless when repeated: a match that is there already
 * raises nothing. Nothing is refused here (I8): more than was wanted is kept as it was, and a document that has ended stays so.
 *
 * Documents are locked by id, so whoever locks reservations or levels in the same transaction does it afterwards. Goods that were held
 * for what has left are the caller's to let go.
 */
export async function recordProgress(client: Client, progress: readonly LineProgress[], nowMs: number): Promise<void> {
  if (progress.length === 0) return;
  const ids = [...new Set(progress.map(({ documentId }) => documentId))].sort();
  await lockDocuments(client, ids);
  const raised = await insertMatches(client, progress);
  await changeStates(client, await readDocuments(client, raised), nowMs);
}
