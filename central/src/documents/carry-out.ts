import { centralEpoch, ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { readDocuments } from "../db/documents/read.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import type { Client } from "../db/pool.ts";
import { readUnitCodes } from "../db/record/items.ts";
import { readPlaceIds } from "../db/reservations/names.ts";
import { lockReservations } from "../db/reservations/reservations.ts";
import { lockStock } from "../db/reservations/stock.ts";
import type { Directory } from "../ingest/directory.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { codeOf } from "../record/codes.ts";
import { type CentralMovement, lockForMovements, recordMovements } from "../record/record-movements.ts";
import { type Reservation, remaining } from "../reservations/model.ts";
import type { Names } from "../reservations/names.ts";
import { takeHolds } from "../reservations/take-holds.ts";
import type { Document, LineRow } from "./model.ts";
import { type DocumentName, findDocument, notNow, withDocument } from "./open-document.ts";
import { recordProgress } from "./progress.ts";
import { addressOf } from "./view.ts";
import { isDirect, leftOf, type Work } from "./work.ts";

/** A part of a line that somebody has carried out by hand. */
export interface WorkedLine {
  readonly line: number;
  readonly quantity: number;
  /** Undefined: where it is held, or one of the outsides. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly lot?: string | undefined;
  readonly serial?: string | undefined;
}

export interface Worked {
  readonly name: DocumentName;
  readonly work: Work;
  readonly lines: readonly WorkedLine[];
  readonly reason: string | undefined;
}

export interface CarriedOut {
  readonly document: Document;
  /** To be published after the commit. */
  readonly commits: readonly SiteCommit[];
}

/**
 * Carries a document out by hand, where nothing saw the goods: their movements are recorded like any others, and are the document's by
 * the word of whoever did it. Locks are taken in the one order: sites and tags, the document, its reservation, levels.
 */
export async function carryOutByHand(client: Client, names: Names, worked: Worked): Promise<Result<CarriedOut>> {
  const { name, work, lines } = worked;
  const seen = await findDocument(client, name.kind, name.id);
  if (!seen.ok) return seen;
  const codes = await codesOf(client, seen.value, lines);
  if (!codes.ok) return codes;
  const site = siteOf(seen.value, work);
  await lockForMovements(
    client,
    codes.value.map(code => ({ site, code })),
  );
  let commits: readonly SiteCommit[] = [];
  const done = await withDocument(client, name, {
    action: `${name.kind}.${work.name}`,
    async change(document, nowMs) {
      const moved = await move(client, names, { ...worked, document, codes: codes.value, nowMs });
      if (!moved.ok) return moved;
      commits = moved.value;
      const [after] = await readDocuments(client, [document.id]);
      return after === undefined ? notNow(document, "it is gone") : ok(after);
    },
  });
  return done.ok ? ok({ document: done.value, commits }) : done;
}

/** The code that each line's goods move under. */
async function codesOf(
  client: Client,
  document: Document,
  lines: readonly WorkedLine[],
): Promise<Result<readonly string[]>> {
  const unitCodes = await readUnitCodes(
    client,
    document.lines.map(({ sku }) => sku),
  );
  const codes: string[] = [];
  for (const [index, { line, lot, serial }] of lines.entries()) {
    const found = document.lines.find(each => each.line === line);
    const at = `lines[${index}]`;
    if (found === undefined) {
      const detail = `The ${document.kind} ${document.number} has no line ${line}.`;
      return refuse("document.line", detail, { at: `${at}.line` });
    }
    const code = codeOf({ sku: found.sku, lot: lot ?? (serial === undefined ? found.lot : undefined), serial }, sku =>
      unitCodes.get(sku),
    );
    if (!code.ok) return { ok: false, problem: { ...code.problem, at: `${at}.${code.problem.at ?? "line"}` } };
    codes.push(code.value);
  }
  return ok(codes);
}

interface Moving extends Worked {
  readonly document: Document;
  readonly codes: readonly string[];
  readonly nowMs: number;
}

/** A movement of a part of a line. */
interface Part {
  readonly line: LineRow;
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

async function move(client: Client, names: Names, moving: Moving): Promise<Result<readonly SiteCommit[]>> {
  const { document, work, name, reason, nowMs } = moving;
  if (document.state === "closed" || document.state === "cancelled") return notNow(document, "nothing of it is wanted");
  const { directory } = names;
  const site = siteOf(document, work);
  await directory.ensureSites(client, [site]);
  const reservation = await lockedReservation(client, document, directory);
  const parts = partsOf(moving, reservation, directory);
  if (!parts.ok) return parts;
  const places = await placesOf(client, directory.siteId(site), parts.value);
  const short = await firstShort(client, { parts: parts.value, reservation, places, site });
  if (short !== undefined) return { ok: false, problem: short };
  const movements = parts.value.map(({ code, from, to, quantity }): CentralMovement => {
    return { site, code, from, to, quantity, bizStep: work.bizStep, cause: "order", eventTimeMs: nowMs };
  });
  const recorded = await recordMovements(client, movements, {
    actor: name.actor,
    reason,
    document: addressOf(document),
  });
  if (!recorded.ok) return recorded;
  await matchByHand(client, moving, {
    parts: parts.value,
    seqs: recorded.value.ids.map(({ seq }) => seq),
    directory,
    site,
  });
  await takeHolds(client, takesOf(moving, parts.value, places), { names, nowMs });
  return ok(recorded.value.commits);
}

function siteOf({ site, toSite }: Document, { atDestination }: Work): string {
  return atDestination === true ? (toSite ?? site) : site;
}

async function lockedReservation(client: Client, { reservationId }: Document, directory: Directory) {
  if (reservationId === undefined) return undefined;
  const reservation = (await lockReservations(client, [reservationId])).get(reservationId);
  await directory.ensurePlaces(
    client,
    (reservation?.holds ?? []).map(({ placeId }) => placeId),
  );
  return reservation;
}

/** What moves from where to where. Goods that are held, and for which nobody names a place, come from where they are held. */
function partsOf(
  { document, work, lines, codes }: Moving,
  reservation: Reservation | undefined,
  directory: Directory,
): Result<readonly Part[]> {
  const held = new Map((reservation?.state === "held" ? reservation.holds : []).map(hold => [hold, remaining(hold)]));
  const taken = new Map<number, number>();
  const parts: Part[] = [];
  for (const [index, asked] of lines.entries()) {
    const line = document.lines.find(each => each.line === asked.line);
    if (line === undefined)
      return refuse("document.line", `There is no line ${asked.line}.`, { at: `lines[${index}].line` });
    const left = leftOf(line, work) - (taken.get(line.line) ?? 0);
    if (asked.quantity > left) {
      const detail = `Line ${line.line} of the ${document.kind} ${document.number} wants ${Math.max(0, left)} more of ${line.sku}, not ${asked.quantity}.`;
      return refuse("document.line", detail, { at: `lines[${index}].quantity` });
    }
    taken.set(line.line, (taken.get(line.line) ?? 0) + asked.quantity);
    const to = work.to === "transit" && isDirect(document) ? line.toPlace : (work.to ?? asked.to ?? line.toPlace);
    if (to === undefined)
      return refuse("document.line", "Name the place that the goods go to.", { at: `lines[${index}].to` });
    const goods = { line, code: codes[index] ?? "", to };
    const from = work.from ?? asked.from;
    if (from !== undefined) {
      parts.push({ ...goods, from, quantity: asked.quantity });
      continue;
    }
    let missing = asked.quantity;
    for (const [hold, quantity] of held) {
      const { code } = directory.place(hold.placeId);
      const part = Math.min(missing, quantity);
      if (hold.line !== line.line - 1 || code === to || part === 0) continue;
      held.set(hold, quantity - part);
      missing -= part;
      parts.push({ ...goods, from: code, quantity: part });
    }
    if (missing > 0) {
      const detail = `${missing} of ${line.sku} are held nowhere for line ${line.line}; name the place that they leave.`;
      return refuse("document.line", detail, { at: `lines[${index}].from` });
    }
  }
  return ok(parts);
}

/** The ids of the places that goods leave and come to, read anew: one may have been added a moment ago. The outsides are none. */
async function placesOf(client: Client, siteId: number, parts: readonly Part[]): Promise<ReadonlyMap<string, number>> {
  const codes = [...new Set(parts.flatMap(({ from, to }) => [from, to]))];
  return new Map((await readPlaceIds(client, { siteIds: [siteId], codes })).map(([, code, id]) => [code, id]));
}

/** What is typed and takes more than is there is a mistake. Also locks every level that this touches, before any is written. */
async function firstShort(
  client: Client,
  touched: {
    readonly parts: readonly Part[];
    readonly reservation: Reservation | undefined;
    readonly places: ReadonlyMap<string, number>;
    readonly site: string;
  },
): Promise<Problem | undefined> {
  const { parts, reservation, places, site } = touched;
  const known = parts.flatMap(({ line, from, to }) =>
    [from, to].flatMap(code => {
      const placeId = places.get(code);
      return placeId === undefined ? [] : [{ itemId: line.itemId, placeId }];
    }),
  );
  const levels = await lockStock(client, { exact: [...known, ...(reservation?.holds ?? [])], open: [], placesMax: 0 });
  const onHand = new Map(levels.map(level => [`${level.itemId} ${level.placeId}`, level.onHand]));
  for (const { line, from, quantity } of parts) {
    const placeId = places.get(from);
    // What comes from outside is never short; a place that does not exist is refused when it is recorded.
    if (placeId === undefined) continue;
    const key = `${line.itemId} ${placeId}`;
    const left = (onHand.get(key) ?? 0) - quantity;
    onHand.set(key, left);
    if (left < 0) {
      const detail = `${quantity} of ${line.sku} are to leave ${site}/${from}, where ${left + quantity} are. Count the place, or name another.`;
      return { code: "stock.insufficient", detail, at: "lines" };
    }
  }
  return undefined;
}

async function matchByHand(
  client: Client,
  { document, work, nowMs }: Moving,
  recorded: {
    readonly parts: readonly Part[];
    readonly seqs: readonly number[];
    readonly directory: Directory;
    readonly site: string;
  },
): Promise<void> {
  const { parts, seqs, directory, site } = recorded;
  const { epochs } = await readEpochs(client, [{ siteId: directory.siteId(site), code: centralEpoch }]);
  const epochId = epochs[0]?.id ?? 0;
  const steps = isDirect(document) ? (["picked", "done"] as const) : [work.step];
  const progress = parts.flatMap(({ line, quantity }, index) =>
    steps.map(step => ({
      documentId: document.id,
      line: line.line,
      step,
      quantity,
      epochId,
      seq: seqs[index] ?? 0,
      why: "person",
      eventTimeMs: nowMs,
    })),
  );
  await recordProgress(client, progress, nowMs);
}

/** What was held goes with the goods to another place of the site, and ends when they leave it. */
function takesOf({ document, work }: Moving, parts: readonly Part[], places: ReadonlyMap<string, number>) {
  const { reservationId, siteId } = document;
  if (reservationId === undefined || work.atDestination === true) return [];
  return parts.map(({ line, from, to, quantity }) => {
    const ends = work.to !== undefined || isDirect(document);
    const toPlaceId = ends ? undefined : places.get(to);
    const fromPlaceId = places.get(from) ?? 0;
    return { reservationId, siteId, itemId: line.itemId, fromPlaceId, toPlaceId, quantity };
  });
}
