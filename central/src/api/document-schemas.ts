import { z } from "@tallygate/kit";
import { limits, PlaceCode, SiteId, Sku } from "@tallygate/protocol";
import { whenShort } from "../documents/draft.ts";
import { type DocumentKind, documentKinds, kindOf } from "../documents/kinds.ts";
import { documentLimits } from "../documents/limits.ts";
import { exactText, fields, text } from "./fields.ts";
import { Instant } from "./instant.ts";

export const exampleNumbers = { order: "SO-4711", shipment: "ASN-815", transfer: "TO-7", return: "RMA-12" } as const;

/** What documents are asked with. */
export const asked = {
  number: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, "use 1 to 64 printable ASCII characters without spaces")
    .optional()
    .meta({ description: "Your own number, which no other of the kind has; without it, one of ours." }),
  partner: exactText(documentLimits.partnerCharsMax)
    .optional()
    .meta({
      description: "Who it is with: a customer's or supplier's own short name.",
      examples: ["acme"],
    }),
  reference: exactText(documentLimits.referenceCharsMax)
    .optional()
    .meta({
      description: "A further word for it, such as the customer's own number. It need not be unique.",
      examples: ["PO-99"],
    }),
  due: Instant.optional().meta({
    description: "When it is to be done. Among those that wait, the earlier come first.",
    examples: ["2026-11-30T12:00:00Z"],
  }),
  sku: Sku.meta({ examples: ["OAT-1L"] }),
  quantity: z
    .int()
    .min(1)
    .max(limits.quantityMax)
    .meta({ description: "In the item's smallest unit.", examples: [1] }),
  lot: exactText(documentLimits.lotCharsMax)
    .optional()
    .meta({ description: "Only of this lot.", examples: ["L-24"] }),
  place: PlaceCode.optional().meta({ description: "Only from this place of the site.", examples: ["dock-2"] }),
  site: SiteId,
  reason: text(documentLimits.reasonCharsMax)
    .optional()
    .meta({ examples: ["the customer called"] }),
  whenShort: z
    .enum(Object.keys(whenShort) as [keyof typeof whenShort, ...(keyof typeof whenShort)[]])
    .default("refuse")
    .meta({
      description: `Where there is less than a line asks for. ${Object.entries(whenShort)
        .map(([name, means]) => `\`${name}\`: ${means}`)
        .join("; ")}.`,
      examples: ["backorder"],
    }),
} as const;

/** `ETag` of a document: its version. */
export const DocumentHeaders = z.object({
  "if-match": z
    .string()
    .regex(/^"[1-9][0-9]{0,8}"$/, "give the ETag of a document as it was answered")
    .optional()
    .meta({
      description: "The ETag of the document as you have seen it; refused when it has changed since.",
      examples: ['"1"'],
    }),
});

const count = (description: string) => z.int().meta({ description });
const common = {
  line: z.int().meta({ description: "Its number, from 1.", examples: [1] }),
  sku: fields.sku,
  asked: count("What was asked for first."),
  quantity: count("What is expected now."),
  lot: z.string().nullable(),
};
const held = {
  held: count("What is promised to it and has not left its shelf."),
  backordered: count("What waits for stock."),
  place: z.string().nullable().meta({ description: "The only place that it is taken from, where there is one." }),
};

export const OrderLine = z.object({
  ...common,
  ...held,
  picked: count("What has left its shelf."),
  shipped: count("What has left the site."),
});
export const ShipmentLine = z.object({ ...common, received: count("What has come.") });
export const TransferLine = z.object({
  ...common,
  ...held,
  to_place: z.string().nullable(),
  left: count("What has left."),
  received: count("What has arrived."),
});
export const ReturnLine = z.object({
  ...common,
  received: count("What has come back."),
  inspected: count("What was decided of."),
});

export function statesOf(kind: DocumentKind) {
  const { machine } = kindOf(kind);
  const [first = "", ...rest] = Object.keys(machine.states);
  const meanings = Object.entries(machine.states).map(([name, { means }]) => `\`${name}\`: ${means}`);
  return z.enum([first, ...rest]).meta({ description: meanings.join(" ") });
}

export function documentOf<K extends DocumentKind, L extends z.ZodType>(kind: K, line: L) {
  return z.object({
    id: documentId(kind, "read"),
    number: z.string().meta({ examples: [exampleNumbers[kind]] }),
    state: statesOf(kind),
    site: fields.site,
    partner: z.string().nullable(),
    reference: z.string().nullable(),
    due_at: fields.time.nullable(),
    created_at: fields.time,
    updated_at: fields.time,
    ended_at: fields.time.nullable().meta({ description: "Since when nothing more is awaited." }),
    version: z.int().meta({ description: "One more with each change." }),
    lines: z.array(line),
  });
}

/** What is done with a document once; the examples have a document for each. */
export const exampleActions = [
  "read",
  "cancel",
  "close",
  "change",
  "pick",
  "ship",
  "receive",
  "leave",
  "arrive",
  "inspect",
] as const;
export type ExampleAction = (typeof exampleActions)[number];

/** The id of the document that an example is about. */
export function exampleDocument(kind: DocumentKind, action: ExampleAction): string {
  const number = 100 * (documentKinds.indexOf(kind) + 1) + exampleActions.indexOf(action);
  return `019c3f1e-7a54-7bd1-9c7e-${String(number).padStart(12, "0")}`;
}

export function documentId(kind: DocumentKind, action: ExampleAction) {
  return z.uuid().meta({ description: "The document's id.", examples: [exampleDocument(kind, action)] });
}
