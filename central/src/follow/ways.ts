import type { DocumentKind } from "../documents/kinds.ts";
import type { DocumentLine, Moved, Step } from "./model.ts";

/** What a movement does as seen from its site. */
export type Stage = "leaving" | "entering" | "within";

/** Business steps in which goods are taken from the shelf for somebody, without leaving the site. */
export const pickingSteps: readonly string[] = ["picking", "packing", "staging_outbound"];

/** Undefined from one outside to another: nothing that a document asks of a site. */
export function stageOf({ from, to }: Pick<Moved, "from" | "to">): Stage | undefined {
  if (from.outside === undefined) return to.outside === undefined ? "within" : "leaving";
  return to.outside === undefined ? "entering" : undefined;
}

/** The stage that a list's business step stands for; undefined for a step that says nothing of the direction. */
export function stageOfList(step: string): Stage | undefined {
  if (pickingSteps.includes(step)) return "within";
  if (["loading", "shipping", "departing"].includes(step)) return "leaving";
  if (["receiving", "unloading", "arriving"].includes(step)) return "entering";
  return undefined;
}

/** Which documents a movement may carry out by what it is alone, and how far. */
export interface Way {
  readonly kind: DocumentKind;
  readonly step: Step;
  /** The document's side that the movement's site is: where it is carried out, or where a transfer arrives. */
  readonly side: "site" | "to_site";
}

const shipped: Way = { kind: "order", step: "done", side: "site" };
const picked: Way = { kind: "order", step: "picked", side: "site" };
const left: Way = { kind: "transfer", step: "picked", side: "site" };
const arrived: Way = { kind: "transfer", step: "done", side: "to_site" };
const received: Way = { kind: "shipment", step: "done", side: "site" };
const returned: Way = { kind: "return", step: "done", side: "site" };

const leavingTo: Readonly<Record<string, readonly Way[]>> = { customer: [shipped], transit: [left] };
const enteringFrom: Readonly<Record<string, readonly Way[]>> = {
  supplier: [received],
  customer: [returned],
  transit: [arrived],
};

/**
 * THE table of directions. Within a site, goods arrive where a transfer of the site wants them, whatever the business step; and in a
 * step of picking they are picked for an order.
 *
 * | from     | to       | business step                      | kind     | step   |
 * | -------- | -------- | ---------------------------------- | -------- | ------ |
 * | place    | customer | any                                | order    | done   |
 * | place    | transit  | any                                | transfer | picked |
 * | transit  | place    | any                                | transfer | done   |
 * | supplier | place    | any                                | shipment | done   |
 * | customer | place    | any                                | return   | done   |
 * | place    | place    | any, to the transfer's place       | transfer | done   |
 * | place    | place    | picking, packing, staging outbound | order    | picked |
 */
export function waysOf(moved: Moved): readonly Way[] {
  switch (stageOf(moved)) {
    case "leaving":
      return leavingTo[moved.to.outside ?? ""] ?? [];
    case "entering":
      return enteringFrom[moved.from.outside ?? ""] ?? [];
    case "within":
      return pickingSteps.includes(moved.bizStep) ? [arrived, picked] : [arrived];
    case undefined:
      return [];
  }
}

/**
 * How far a movement carries out a line; undefined where it is none of its business. A list binds a read point to documents, so with
 * one it does not matter which outside the gate names: what leaves, leaves for them.
 */
export function stepOf(moved: Moved, line: DocumentLine): Step | undefined {
  const stage = stageOf(moved);
  if (stage === undefined || line.itemId !== moved.itemId || !isSameLot(moved, line)) return undefined;
  switch (line.kind) {
    case "order":
      if (line.siteId !== moved.siteId || stage === "entering") return undefined;
      return stage === "leaving" ? "done" : "picked";
    case "shipment":
    case "return":
      return stage === "entering" && line.siteId === moved.siteId ? "done" : undefined;
    case "transfer":
      return transferStep(moved, line, stage);
  }
}

function transferStep(moved: Moved, line: DocumentLine, stage: Stage): Step | undefined {
  if (line.toSiteId === line.siteId) {
    if (stage !== "within" || line.siteId !== moved.siteId) return undefined;
    return line.toPlaceId === moved.to.placeId ? "done" : undefined;
  }
  if (stage === "leaving" && line.siteId === moved.siteId) return "picked";
  return stage === "entering" && line.toSiteId === moved.siteId ? "done" : undefined;
}

/** A movement that names no lot may be of any. */
function isSameLot(moved: Moved, line: DocumentLine): boolean {
  return line.lot === undefined || moved.lot === undefined || line.lot === moved.lot;
}
