import type { BizStep } from "@tallygate/protocol";
import type { DocumentKind } from "./kinds.ts";
import type { Document } from "./model.ts";

/** What a person does with a document's lines, where no gate or scanner sees it. */
export interface Work {
  readonly kind: DocumentKind;
  /** What is done: the end of its route. */
  readonly name: "pick" | "ship" | "receive" | "leave" | "arrive";
  readonly summary: string;
  readonly bizStep: BizStep;
  /** How far it carries a line out. */
  readonly step: "picked" | "done";
  /** Where the goods come from and go to; undefined for a place of the site, which the request or the hold names. */
  readonly from: "supplier" | "customer" | "transit" | undefined;
  readonly to: "customer" | "transit" | undefined;
  /** Whether it is done where a transfer arrives. */
  readonly atDestination?: true;
}

/** THE table of what is done by hand. */
export const works: readonly Work[] = [
  {
    kind: "order",
    name: "pick",
    summary: "Takes goods from their shelf for the order; what is held for it goes with them",
    bizStep: "picking",
    step: "picked",
    from: undefined,
    to: undefined,
  },
  {
    kind: "order",
    name: "ship",
    summary: "Goods of the order leave the site",
    bizStep: "shipping",
    step: "done",
    from: undefined,
    to: "customer",
  },
  {
    kind: "shipment",
    name: "receive",
    summary: "Goods that were announced have come",
    bizStep: "receiving",
    step: "done",
    from: "supplier",
    to: undefined,
  },
  {
    kind: "return",
    name: "receive",
    summary: "Goods have come back, to a place where they can be inspected",
    bizStep: "receiving",
    step: "done",
    from: "customer",
    to: undefined,
  },
  {
    kind: "transfer",
    name: "leave",
    summary: "Goods of the transfer leave their place",
    bizStep: "departing",
    step: "picked",
    from: undefined,
    to: "transit",
  },
  {
    kind: "transfer",
    name: "arrive",
    summary: "Goods of the transfer arrive",
    bizStep: "arriving",
    step: "done",
    from: "transit",
    to: undefined,
    atDestination: true,
  },
];

export function workOf(kind: DocumentKind, name: Work["name"]): Work {
  const found = works.find(work => work.kind === kind && work.name === name);
  if (found === undefined) throw new Error(`nobody can ${name} a ${kind}`);
  return found;
}

/** A transfer within one site is in no transit: goods that leave one place have arrived at the other. */
export function isDirect(document: Document): boolean {
  return document.kind === "transfer" && document.toSiteId === document.siteId;
}

/** How much more of a line may leave by hand: what somebody types above it is a mistake. What comes in is never too much. */
export function leftOf(line: Document["lines"][number], { step, from }: Work): number {
  if (from !== undefined) return Number.MAX_SAFE_INTEGER;
  return line.quantity - (step === "picked" ? Math.max(line.picked, line.done) : line.done);
}
