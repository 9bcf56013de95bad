import { type BizStep, ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import {
  closeListRow,
  type HeldPart,
  insertList,
  type ListOutcome,
  type ListRow,
  lockList,
  raiseListVersion,
  readHeldParts,
  readList,
  readLists,
  readUnexpected,
} from "../db/documents/lists.ts";
import { lockDocuments, readDocuments } from "../db/documents/read.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import { readSites } from "../db/ledger/sites.ts";
import type { Client, Executor } from "../db/pool.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import { newReservationId } from "../reservations/id.ts";
import { differencesOf } from "./differences.ts";
import type { DocumentKind } from "./kinds.ts";
import type { Document, LineRow } from "./model.ts";
import { addressOf } from "./view.ts";

/** Which kinds of documents are worked on in a step, and how far it carries a line out. */
export const listSteps = {
  picking: { kinds: ["order", "transfer"], step: "picked" },
  packing: { kinds: ["order", "transfer"], step: "picked" },
  staging_outbound: { kinds: ["order", "transfer"], step: "picked" },
  loading: { kinds: ["order", "transfer"], step: "done" },
  shipping: { kinds: ["order"], step: "done" },
  departing: { kinds: ["transfer"], step: "picked" },
  unloading: { kinds: ["shipment", "transfer", "return"], step: "done" },
  receiving: { kinds: ["shipment", "transfer", "return"], step: "done" },
  arriving: { kinds: ["transfer"], step: "done" },
} as const satisfies Partial<
  Record<BizStep, { readonly kinds: readonly DocumentKind[]; readonly step: "picked" | "done" }>
>;
export type ListStep = keyof typeof listSteps;

export interface AskedList {
  readonly site: string;
  readonly readPoint: string | undefined;
  readonly step: ListStep;
  readonly documents: readonly string[];
  readonly actor: string;
}

/** Opens a list of documents at a read point, or as a wave that is worked on anywhere. */
export async function openList(client: Client, asked: AskedList): Promise<Result<ListView>> {
  const [site] = await readSites(client, [asked.site]);
  if (site === undefined) return refuse("site.unknown", `No site ${asked.site} has been heard.`, { at: "site" });
  await lockDocuments(client, asked.documents);
  const documents = await readDocuments(client, asked.documents);
  const misfit = misfitOf(asked, documents);
  if (misfit !== undefined) return misfit;
  const nowMs = await readNowMs(client);
  const id = newReservationId(nowMs);
  const { readPoint, step, actor } = asked;
  const opened = { id, siteId: site.id, readPoint, step, openedMs: nowMs, documentIds: asked.documents };
  if (!(await insertList(client, opened))) {
    const detail = `Another list is open at ${asked.site}/${readPoint ?? ""} for ${step}; close it first.`;
    return refuse("list.open", detail, { at: "read_point" });
  }
  return told(client, { id, siteId: site.id, actor, nowMs, what: "opened" });
}

/** Closes a list, and tells what it came to: what is missing, what is too much, and what was none of it. Its documents stay as they are. */
export async function closeList(
  client: Client,
  { id, actor, allow }: { readonly id: string; readonly actor: string; readonly allow: (site: string) => void },
): Promise<Result<ListView>> {
  await lockList(client, id);
  const list = await readList(client, id);
  if (list === undefined) return refuse("list.unknown", `There is no list ${id}.`, { at: "path.id" });
  allow(list.site);
  if (list.closed !== null) {
    return refuse("list.closed", `The list was closed at ${new Date(list.closed).toISOString()}; open another.`);
  }
  const documents = await readDocuments(client, list.document_ids);
  const outcome = outcomeOf(list, documents, await readUnexpected(client, id));
  const nowMs = await readNowMs(client);
  await closeListRow(client, { id, outcome, closedMs: nowMs });
  return told(client, { id, siteId: list.site_id, actor, nowMs, what: "closed" });
}

async function told(
  client: Client,
  done: {
    readonly id: string;
    readonly siteId: number;
    readonly actor: string;
    readonly nowMs: number;
    readonly what: "opened" | "closed";
  },
): Promise<Result<ListView>> {
  const { id, siteId, actor, nowMs, what } = done;
  await raiseListVersion(client, siteId);
  const row = await readList(client, id);
  if (row === undefined) throw new Error(`the list ${id} was there a moment ago`);
  const [view] = await viewLists(client, [row]);
  if (view === undefined) throw new Error(`the list ${id} was there a moment ago`);
  const key = `/v1/lists/${id}`;
  const action = what === "opened" ? "list.open" : "list.close";
  await recordChanges(client, [{ actor, action, resource: key, siteId, after: view }]);
  await insertOutbox(client, [
    { id: newReservationId(nowMs), type: `list.${what}`, key, siteId, timeMs: nowMs, data: view },
  ]);
  return ok(view);
}

function misfitOf(asked: AskedList, documents: readonly Document[]) {
  const known = new Map(documents.map(document => [document.id, document]));
  const kinds: readonly DocumentKind[] = listSteps[asked.step].kinds;
  for (const [index, id] of asked.documents.entries()) {
    const at = `documents[${index}]`;
    const document = known.get(id);
    if (document === undefined) return refuse("document.unknown", `There is no document ${id}.`, { at });
    const { kind, number, state, site, toSite, endedMs } = document;
    if (site !== asked.site && toSite !== asked.site) {
      return refuse("document.state", `The ${kind} ${number} is carried out at ${site}, not at ${asked.site}.`, { at });
    }
    if (!kinds.includes(kind)) {
      return refuse("document.state", `A ${kind} is not worked on in ${asked.step}; ${kinds.join(", ")} are.`, { at });
    }
    if (endedMs !== undefined)
      return refuse("document.state", `The ${kind} ${number} is ${state}: nothing is awaited of it.`, { at });
  }
  return undefined;
}

function outcomeOf(list: ListRow, documents: readonly Document[], unexpected: ListOutcome["unexpected"]): ListOutcome {
  const differences = documents.flatMap(document =>
    differencesOf(document, stepFor(document, list)).map(({ problem, ...rest }) => ({
      problem,
      document: addressOf(document),
      ...rest,
    })),
  );
  const of = (wanted: string) => differences.flatMap(({ problem, ...rest }) => (problem === wanted ? [rest] : []));
  return { short: of("document.short"), over: of("document.over"), unexpected };
}

/** How far a list carries a document's lines out. A transfer that is loaded has left; it is done where it arrives. */
function stepFor({ kind }: Pick<Document, "kind">, { step }: Pick<ListRow, "step">): "picked" | "done" {
  if (kind === "transfer" && step === "loading") return "picked";
  return Object.entries(listSteps).find(([name]) => name === step)?.[1].step ?? "done";
}

/** How much of a line a list's step was done to. */
function countOf({ picked, done }: Pick<LineRow, "picked" | "done">, step: "picked" | "done"): number {
  return step === "picked" ? Math.max(picked, done) : done;
}

/** What an item comes to on a list: all that its documents want, and how much was carried out, which may be more. */
export interface ListItem {
  readonly sku: string;
  readonly wanted: number;
  readonly done: number;
}

/** The items of a list's documents, by SKU. */
export function itemsOf(list: Pick<ListRow, "step">, documents: readonly Document[]): readonly ListItem[] {
  const items = new Map<string, ListItem>();
  for (const document of documents) {
    const step = stepFor(document, list);
    for (const line of document.lines) {
      const { wanted, done } = items.get(line.sku) ?? { wanted: 0, done: 0 };
      const count = Math.max(0, countOf(line, step));
      items.set(line.sku, { sku: line.sku, wanted: wanted + line.quantity, done: done + count });
    }
  }
  return [...items.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** A list in the words of the outside. Its lines are in walking order: by place. */
export interface ListView {
  readonly id: string;
  readonly site: string;
  readonly read_point: string | null;
  readonly step: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly version: number;
  readonly documents: {
    readonly id: string;
    readonly kind: DocumentKind;
    readonly number: string;
    readonly state: string;
  }[];
  readonly lines: ListLine[];
  readonly outcome: ListOutcome | null;
}

export interface ListLine {
  readonly document: string;
  readonly number: string;
  readonly line: number;
  readonly sku: string;
  /** Null where nothing is held for it, or it comes from outside. */
  readonly place: string | null;
  /** What is still to be done of it there. */
  readonly quantity: number;
}

export async function viewLists(db: Executor, rows: readonly ListRow[]): Promise<readonly ListView[]> {
  const ids = [...new Set(rows.flatMap(row => row.document_ids))];
  const documents = new Map((await readDocuments(db, ids)).map(document => [document.id, document]));
  const held = Map.groupBy(await readHeldParts(db, ids), part => `${part.document_id} ${part.line}`);
  return rows.map(row => {
    const own = row.document_ids.flatMap(id => documents.get(id) ?? []);
    return {
      id: row.id,
      site: row.site,
      read_point: row.read_point,
      step: row.step,
      opened_at: new Date(row.opened).toISOString(),
      closed_at: row.closed === null ? null : new Date(row.closed).toISOString(),
      version: row.version,
      documents: own.map(({ id, kind, number, state }) => ({ id, kind, number, state })),
      lines:
        row.closed === null
          ? own.flatMap(document => linesOf(document, stepFor(document, row), held)).sort(inWalkingOrder)
          : [],
      outcome: row.outcome,
    };
  });
}

/** The open lists of a site, the oldest first. */
export async function openListsOf(db: Executor, site: string, limit: number): Promise<readonly ListView[]> {
  const rows = await readLists(db, { site, open: true }, { before: undefined, limit });
  return viewLists(db, rows.toReversed());
}

function linesOf(
  document: Document,
  step: "picked" | "done",
  held: ReadonlyMap<string, readonly HeldPart[]>,
): ListLine[] {
  const { id, number } = document;
  return document.lines.flatMap(({ line, sku, quantity, ...counted }) => {
    let left = quantity - countOf(counted, step);
    const parts: ListLine[] = [];
    for (const part of step === "picked" ? (held.get(`${id} ${line}`) ?? []) : []) {
      const here = Math.min(left, part.quantity);
      if (here <= 0) continue;
      left -= here;
      parts.push({ document: id, number, line, sku, place: part.place, quantity: here });
    }
    if (left > 0) parts.push({ document: id, number, line, sku, place: null, quantity: left });
    return parts;
  });
}

/** As people walk: by place, and there by item. What has no place comes last. */
function inWalkingOrder(a: ListLine, b: ListLine): number {
  if (a.place !== b.place) {
    if (a.place === null) return 1;
    if (b.place === null) return -1;
    return a.place < b.place ? -1 : 1;
  }
  return a.sku === b.sku ? a.line - b.line : a.sku < b.sku ? -1 : 1;
}
