import { ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { readDocuments } from "../db/documents/read.ts";
import type { ExceptionRow } from "../db/exceptions/read.ts";
import { readFollowed, readUnexpectedAt } from "../db/follow/by-hand.ts";
import { queueLevels } from "../db/follow/levels.ts";
import { type KnownLine, readLinesOf } from "../db/follow/lines.ts";
import { readMoved } from "../db/follow/moved.ts";
import { readUnavailable } from "../db/follow/places.ts";
import { insertCounted, readCounted, readMatchesOf } from "../db/follow/traces.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import { lockSites } from "../db/ledger/sites.ts";
import type { Client } from "../db/pool.ts";
import { readReversed } from "../db/record/reversals.ts";
import type { Document } from "../documents/model.ts";
import { notNow, withDocument } from "../documents/open-document.ts";
import { recordProgress } from "../documents/progress.ts";
import type { Names } from "../reservations/names.ts";
import { takeHolds } from "../reservations/take-holds.ts";
import { listOfUnexpected, noneKey } from "./misfits.ts";
import { keyOf, type Moved, type Step, thingKey } from "./model.ts";
import { holdTaken } from "./rule.ts";
import { stepOf } from "./ways.ts";

/** Which line of which document movements carried out, by the word of a person. */
export interface MatchedByHand {
  readonly document: string;
  readonly line: number;
  readonly movements: readonly { readonly epoch: string; readonly seq: number }[];
}

type Excepted = Pick<ExceptionRow, "id" | "problem" | "key" | "site" | "site_id">;

/**
 * Matches movements that no document awaited to a line of one, in the caller's transaction: with all that the follower does when it finds
 * one itself, and taken back by their reversal like any other match. A movement has one match, by whomever: the site's lock keeps away
 * another person and any reversal, and what the follower has not passed yet is refused. Locks are the follower's: documents, reservations,
 * levels; so the exception's comes after this.
 */
export async function matchByHand(
  client: Client,
  exception: Excepted,
  given: MatchedByHand,
  { actor, names }: { readonly actor: string; readonly names: Names },
): Promise<Result<void>> {
  const { site_id: siteId, site } = exception;
  if (siteId === null || site === null) throw new Error(`the exception ${exception.id} is of no site`);
  await lockSites(client, [siteId]);
  const found = await findMoved(client, { ...exception, site_id: siteId, site }, given, names);
  if (!found.ok) return found;
  const moved = found.value;
  const [document] = await readDocuments(client, [given.document]);
  if (document === undefined) {
    return refuse("document.unknown", `There is no document ${given.document}.`, { at: "body.document" });
  }
  const { kind, id } = document;
  const name = { kind, id, version: undefined, actor, allow: () => undefined };
  const done = await withDocument(client, name, {
    action: `${kind}.match`,
    change: (locked, nowMs) => carryOut(client, { document: locked, line: given.line, moved, names, nowMs }),
  });
  return done.ok ? ok(undefined) : done;
}

/** What the named movements moved; refused unless each is what the exception is about and has no document. */
async function findMoved(
  client: Client,
  exception: Excepted & { readonly site_id: number; readonly site: string },
  { movements }: MatchedByHand,
  names: Names,
): Promise<Result<readonly Moved[]>> {
  const { site_id: siteId, site } = exception;
  const codes = [...new Set(movements.map(({ epoch }) => epoch))];
  const { epochs } = await readEpochs(
    client,
    codes.map(code => ({ siteId, code })),
  );
  const idOf = new Map(epochs.map(({ id, code }) => [code, id]));
  const asked = movements.map(({ epoch, seq }) => ({ epochId: idOf.get(epoch) ?? 0, seq }));
  const stretches = asked.map(({ epochId, seq }) => ({ epochId, siteId, after: seq - 1, upto: seq }));
  const read = await readMoved(client, { stretches, later: [], siteIds: [siteId] });
  const moved = new Map(read.map(each => [keyOf(each), each]));
  // In this order: what was followed after it was read here has its match by now.
  const followed = await readFollowed(client, asked);
  const matched = await readMatchesOf(client, asked);
  const reversed = await readReversed(
    client,
    movements.map(movement => ({ site, ...movement })),
  );
  const isMeant = await meantBy(client, exception, read, names);
  for (const [index, key] of asked.map(keyOf).entries()) {
    const one = moved.get(key);
    const fault =
      one === undefined || matched.has(key) || one.reverses !== undefined
        ? "is not there, is not posted, takes another one back, or has its document already"
        : reversed.has(index + 1)
          ? "was reversed"
          : !followed.has(key)
            ? "was recorded just now, and its document is still being looked for; ask again in a moment"
            : !isMeant(one)
              ? `is not what the exception ${exception.id} is about`
              : undefined;
    if (fault === undefined) continue;
    const { epoch, seq } = movements[index] ?? { epoch: "", seq: 0 };
    const detail = `The movement ${site}/${epoch}/${seq} ${fault}.`;
    return refuse("movement.not_matchable", detail, { at: `body.movements[${index}]` });
  }
  return ok(read);
}

async function meantBy(
  client: Client,
  { problem, key }: Excepted,
  moved: readonly Moved[],
  { directory }: Names,
): Promise<(one: Moved) => boolean> {
  if (problem === "document.unexpected") {
    const passed = await readUnexpectedAt(client, listOfUnexpected(key), moved);
    return one => passed.has(keyOf(one));
  }
  await directory.ensureSkus(client, new Set(moved.map(({ itemId }) => itemId)));
  return one => noneKey(directory.sku(one.itemId), one) === key;
}

interface CarriedOut {
  readonly document: Document;
  readonly line: number;
  readonly moved: readonly Moved[];
  readonly names: Names;
  readonly nowMs: number;
}

/** The document is locked. */
async function carryOut(client: Client, carried: CarriedOut): Promise<Result<Document>> {
  const { document, moved, names, nowMs } = carried;
  if (document.endedMs !== undefined) return notNow(document, "nothing of it is wanted");
  const itemIds = [...new Set(moved.map(({ itemId }) => itemId))];
  const line = (await readLinesOf(client, [document.id], itemIds)).find(each => each.line === carried.line);
  if (line === undefined) return noLine(document, carried.line, "is not there, or is of another item");
  const steps = stepsOf(document, line, moved);
  if (!steps.ok) return steps;
  const things = steps.value
    .filter(({ one }) => one.serialised)
    .map(({ one, step }) => ({ code: one.code, documentId: document.id, step, line: line.line }));
  const counted = new Set(
    (
      await readCounted(
        client,
        things.map(({ code }) => code),
      )
    ).map(thingKey),
  );
  const again = things.find(thing => counted.has(thingKey(thing)));
  if (again !== undefined) return noLine(document, line.line, `has counted ${again.code} already`);
  await recordProgress(
    client,
    steps.value.map(({ one, step }) => {
      const { epochId, seq, quantity, eventTimeMs } = one;
      return { documentId: document.id, line: line.line, step, quantity, epochId, seq, why: "person", eventTimeMs };
    }),
    nowMs,
  );
  await insertCounted(client, things);
  await letGo(client, line, steps.value, { names, nowMs });
  const [after] = await readDocuments(client, [document.id]);
  return after === undefined ? notNow(document, "it is gone") : ok(after);
}

interface Stepped {
  readonly one: Moved;
  readonly step: Step;
}

/** How far each movement carries the line out; refused where it does not, or where all of them are more than the line wants. */
function stepsOf(document: Document, line: KnownLine, moved: readonly Moved[]): Result<readonly Stepped[]> {
  const steps: Stepped[] = [];
  for (const one of moved) {
    const step = stepOf(one, line);
    if (step === undefined) return noLine(document, line.line, "is not carried out by goods that went this way");
    steps.push({ one, step });
  }
  const sum = (which: Step) => steps.reduce((all, { one, step }) => all + (step === which ? one.quantity : 0), 0);
  const picked = line.picked + sum("picked");
  const done = line.done + sum("done");
  if (Math.max(picked, done) <= line.quantity) return ok(steps);
  const wanted = Math.max(0, line.quantity - Math.max(line.picked, line.done));
  return noLine(document, line.line, `wants ${wanted} more; change the document first where more belongs to it`);
}

async function letGo(
  client: Client,
  line: KnownLine,
  steps: readonly Stepped[],
  { names, nowMs }: { readonly names: Names; readonly nowMs: number },
): Promise<void> {
  const unavailable = await readUnavailable(
    client,
    steps.flatMap(({ one }) => [one.from.placeId, one.to.placeId]),
  );
  const takes = steps.flatMap(({ one, step }) => {
    const { quantity } = one;
    return holdTaken(one, line, { step, quantity }, placeId => !unavailable.has(placeId)) ?? [];
  });
  await takeHolds(client, takes, { names, nowMs });
  await queueLevels(
    client,
    takes.flatMap(({ itemId, toPlaceId }) => (toPlaceId === undefined ? [] : [{ itemId, placeId: toPlaceId }])),
  );
}

function noLine(
  { kind, number }: Document,
  line: number,
  what: string,
): { readonly ok: false; readonly problem: Problem } {
  return refuse("document.line", `Line ${line} of the ${kind} ${number} ${what}.`, { at: "body.line" });
}
