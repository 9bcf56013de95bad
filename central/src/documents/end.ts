import { ok, type Result } from "@tallygate/protocol";
import { stopWaiting } from "../db/documents/lines.ts";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import type { Client } from "../db/pool.ts";
import { openExceptions } from "../exceptions/open.ts";
import type { Names } from "../reservations/names.ts";
import { changeStates } from "./change.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { releaseHolds } from "./holds.ts";
import { kindOf } from "./kinds.ts";
import { next } from "./machine.ts";
import type { Document } from "./model.ts";
import { type DocumentName, notNow, withDocument } from "./open-document.ts";
import { addressOf } from "./view.ts";

/** Nothing of a document is wanted any more: what is held for it is free again. Refused once something has been done for good. */
export function cancelDocument(client: Client, names: Names, name: DocumentName): Promise<Result<Document>> {
  return withDocument(client, name, {
    action: `${name.kind}.cancel`,
    change: (document, nowMs) => end(client, { document, event: "cancel", names, nowMs }),
  });
}

/**
 * No more is expected of a document. What is held for it is free again; what is missing or too much of it becomes exceptions, since
 * somebody paid for it or has it on a shelf. An order's rest is only not wanted any more, and no exception.
 */
export function closeDocument(client: Client, names: Names, name: DocumentName): Promise<Result<Document>> {
  return withDocument(client, name, {
    action: `${name.kind}.close`,
    async change(document, nowMs) {
      const closed = await end(client, { document, event: "close", names, nowMs });
      if (closed.ok) await openExceptions(client, exceptionsOf(closed.value));
      return closed;
    },
  });
}

interface Ending {
  readonly document: Document;
  readonly event: "cancel" | "close";
  readonly names: Names;
  readonly nowMs: number;
}

async function end(client: Client, { document, event, names, nowMs }: Ending): Promise<Result<Document>> {
  const state = next(kindOf(document.kind).machine, document.state, event);
  if (state === undefined) return notNow(document, `it cannot be ${event === "cancel" ? "cancelled" : "closed"} then`);
  await releaseHolds(client, document, { names, nowMs });
  await stopWaiting(client, document.id);
  const [ended] = await changeStates(client, [document], nowMs, new Map([[document.id, state]]));
  if (ended === undefined) throw new Error(`the document ${document.id} was there a moment ago`);
  return ok(ended);
}

function exceptionsOf(document: Document): readonly ExceptionCase[] {
  if (document.kind === "order") return [];
  const siteId = document.toSiteId ?? document.siteId;
  return differencesOf(document).map((difference): ExceptionCase => {
    const { problem, line } = difference;
    const key = `${addressOf(document)} ${line}`;
    return { siteId, problem, key, detail: detailOf(document, difference), count: 1 };
  });
}

function detailOf({ kind, number }: Document, { line, sku, problem, expected, found }: Difference): string {
  const by = Math.abs(expected - found);
  const what =
    problem === "document.short" ? `${by} of ${sku} did not come` : `${by} of ${sku} came beyond what was expected`;
  return `Line ${line} of the ${kind} ${number}: ${what} (${expected} expected, ${found} came).`;
}
