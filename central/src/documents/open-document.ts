import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { lockDocuments, readDocuments } from "../db/documents/read.ts";
import type { Client } from "../db/pool.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import type { DocumentKind } from "./kinds.ts";
import type { Document } from "./model.ts";
import { addressOf, viewOf } from "./view.ts";

/** Which document is to be changed, by whom, and the version that they have seen. */
export interface DocumentName {
  readonly kind: DocumentKind;
  readonly id: string;
  /** Of an `If-Match`; undefined where the caller takes it as it is. */
  readonly version: number | undefined;
  readonly actor: string;
  /** Refuses callers who may not work at the document's sites. */
  readonly allow: (document: Document) => void;
}

export interface DocumentWork {
  /** What is done, as `order.cancel`. */
  readonly action: string;
  readonly change: (document: Document, nowMs: number) => Promise<Result<Document>>;
}

/** Locks a document, changes it as long as it is what the caller has seen, and writes down who did what. */
export async function withDocument(
  client: Client,
  { kind, id, version, actor, allow }: DocumentName,
  { action, change }: DocumentWork,
): Promise<Result<Document>> {
  await lockDocuments(client, [id]);
  const before = await findDocument(client, kind, id);
  if (!before.ok) return before;
  allow(before.value);
  if (version !== undefined && version !== before.value.version) {
    const detail = `${addressOf(before.value)} has the version ${before.value.version}, not ${version}: read it again before you change it.`;
    return refuse("document.changed", detail, { at: "header.if-match" });
  }
  const after = await change(before.value, await readNowMs(client));
  if (!after.ok) return after;
  const views = { before: viewOf(before.value), after: viewOf(after.value) };
  const { siteId } = before.value;
  await recordChanges(client, [{ actor, action, resource: addressOf(before.value), siteId, ...views }]);
  return after;
}

export async function findDocument(
  db: Parameters<typeof readDocuments>[0],
  kind: DocumentKind,
  id: string,
): Promise<Result<Document>> {
  const [document] = await readDocuments(db, [id]);
  if (document !== undefined && document.kind === kind) return ok(document);
  return refuse("document.unknown", `There is no ${kind} ${id}.`, { at: "path.id" });
}

/** That what is asked for is not possible as the document stands. */
export function notNow(document: Document, what: string) {
  const { kind, number, state } = document;
  return refuse("document.state", `The ${kind} ${number} is ${state}: ${what}.`);
}
