import { centralEpoch, ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { insertInspections, raiseInspected } from "../db/documents/inspections.ts";
import { readDocuments } from "../db/documents/read.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import { readUnavailable } from "../db/places/unavailable.ts";
import type { Client } from "../db/pool.ts";
import { readUnitCodes } from "../db/record/items.ts";
import type { Directory } from "../ingest/directory.ts";
import { codeOf } from "../record/codes.ts";
import {
  type CentralMovement,
  lockForMovements,
  type RecordedMovements,
  recordMovements,
} from "../record/record-movements.ts";
import type { CarriedOut } from "./carry-out.ts";
import { changeStates } from "./change.ts";
import type { Document } from "./model.ts";
import { type DocumentName, findDocument, notNow, withDocument } from "./open-document.ts";
import { addressOf } from "./view.ts";

/** What becomes of goods that came back. */
export const results = {
  available: "it can be sold again, and goes to a place where it is available",
  quarantine: "it goes to a place where nothing is available, until it is known what to do",
  scrap: "it is destroyed, and leaves the stock",
} as const;
export type InspectionResult = keyof typeof results;

export interface InspectedLine {
  readonly line: number;
  readonly quantity: number;
  readonly result: InspectionResult;
  /** Where the goods are. */
  readonly from: string;
  /** Where they go; undefined for scrap. */
  readonly to: string | undefined;
  readonly serial?: string | undefined;
  readonly reason?: string | undefined;
}

export interface Inspection {
  readonly name: DocumentName;
  readonly lines: readonly InspectedLine[];
}

/** Decides what becomes of goods of a return, and moves them there. Never of more than has come back. */
export async function inspectReturn(
  client: Client,
  directory: Directory,
  { name, lines }: Inspection,
): Promise<Result<CarriedOut>> {
  const seen = await findDocument(client, "return", name.id);
  if (!seen.ok) return seen;
  const movements = await movementsOf(client, seen.value, lines);
  if (!movements.ok) return movements;
  await lockForMovements(client, movements.value);
  const misplaced = misplacedLine(lines, await readUnavailable(client, [seen.value.site]), seen.value.site);
  if (misplaced !== undefined) return { ok: false, problem: misplaced };
  let commits: CarriedOut["commits"] = [];
  const done = await withDocument(client, name, {
    action: "return.inspect",
    async change(document, nowMs) {
      if (!["receiving", "received", "inspecting", "inspected"].includes(document.state)) {
        return notNow(document, "there is nothing to inspect");
      }
      const tooMuch = tooMuchOf(document, lines);
      if (tooMuch !== undefined) return { ok: false, problem: tooMuch };
      const timed = movements.value.map(movement => ({ ...movement, eventTimeMs: nowMs }));
      const recorded = await recordMovements(client, timed, { actor: name.actor, document: addressOf(document) });
      if (!recorded.ok) return recorded;
      commits = recorded.value.commits;
      await write(client, directory, { document, name, lines, recorded: recorded.value });
      const [changed] = await changeStates(client, await readDocuments(client, [document.id]), nowMs);
      return changed === undefined ? notNow(document, "it is gone") : ok(changed);
    },
  });
  return done.ok ? ok({ document: done.value, commits }) : done;
}

async function movementsOf(
  client: Client,
  document: Document,
  lines: readonly InspectedLine[],
): Promise<Result<readonly CentralMovement[]>> {
  const unitCodes = await readUnitCodes(
    client,
    document.lines.map(({ sku }) => sku),
  );
  const movements: CentralMovement[] = [];
  for (const [index, { line, quantity, result, from, to, serial, reason }] of lines.entries()) {
    const at = `lines[${index}]`;
    const found = document.lines.find(each => each.line === line);
    if (found === undefined) {
      return refuse("document.line", `The return ${document.number} has no line ${line}.`, { at: `${at}.line` });
    }
    const goods = { sku: found.sku, lot: serial === undefined ? found.lot : undefined, serial };
    const code = codeOf(goods, sku => unitCodes.get(sku));
    if (!code.ok) return { ok: false, problem: { ...code.problem, at: `${at}.${code.problem.at ?? "line"}` } };
    const step = { bizStep: "inspecting", cause: "order", eventTimeMs: 0, reason } as const;
    const target = result === "scrap" ? "loss" : to;
    if (target === undefined)
      return refuse("document.line", "Name the place that the goods go to.", { at: `${at}.to` });
    movements.push({ site: document.site, code: code.value, quantity, from, to: target, ...step });
  }
  return ok(movements);
}

/** The first line that goes where its result does not belong. */
function misplacedLine(
  lines: readonly InspectedLine[],
  unavailable: ReadonlySet<string>,
  site: string,
): Problem | undefined {
  for (const [index, { result, to }] of lines.entries()) {
    if (result === "scrap" || to === undefined) continue;
    const isAvailable = !unavailable.has(`${site}/${to}`);
    if (isAvailable === (result === "available")) continue;
    const detail = isAvailable
      ? `What is at ${site}/${to} is available; goods in quarantine go to a place where nothing is.`
      : `Nothing at ${site}/${to} is available; name a place from which the goods can be sold.`;
    return { code: "document.line", detail, at: `lines[${index}].to` };
  }
  return undefined;
}

function tooMuchOf(document: Document, lines: readonly InspectedLine[]): Problem | undefined {
  const left = new Map(document.lines.map(({ line, done, inspected }) => [line, done - inspected]));
  for (const [index, { line, quantity }] of lines.entries()) {
    const rest = (left.get(line) ?? 0) - quantity;
    left.set(line, rest);
    if (rest >= 0) continue;
    const detail = `Of line ${line} of the return ${document.number}, ${rest + quantity} wait for inspection, not ${quantity}.`;
    return { code: "document.line", detail, at: `lines[${index}].quantity` };
  }
  return undefined;
}

async function write(
  client: Client,
  directory: Directory,
  {
    document,
    name,
    lines,
    recorded,
  }: {
    readonly document: Document;
    readonly name: DocumentName;
    readonly lines: readonly InspectedLine[];
    readonly recorded: RecordedMovements;
  },
): Promise<void> {
  await directory.ensureSites(client, [document.site]);
  const { epochs } = await readEpochs(client, [{ siteId: document.siteId, code: centralEpoch }]);
  const epochId = epochs[0]?.id ?? 0;
  await insertInspections(
    client,
    lines.map(({ line, quantity, result, reason }, index) => ({
      documentId: document.id,
      line,
      quantity,
      result,
      reason,
      actor: name.actor,
      epochId,
      seq: recorded.ids[index]?.seq ?? 0,
    })),
  );
  await raiseInspected(client, document.id, lines);
}
