import { z } from "zod";
import type { ProblemCode } from "../problem.ts";
import { isOffset, isTime, isUri, isWord } from "./text.ts";
import {
  actions,
  bizSteps,
  bizTransactionTypes,
  dispositions,
  errorReasons,
  sourceDestinationTypes,
} from "./vocabulary.ts";

/**
 * The five events of EPCIS 2.0 (clause 7.4) as JSON, in the standard's own spelling. Fields of one's own stay in them.
 * What the shapes cannot say is in `rules.ts`.
 */

/** A text that passes `test`, or a fault with this code. */
function text(code: ProblemCode, test: (text: string) => boolean, error: string) {
  return z.string({ error }).refine(test, { error, params: { code } });
}

function word(words: readonly string[], what: string) {
  const error = `${what} must be a bare word of the Core Business Vocabulary 2.0, or a URI of one's own for another`;
  return text("epcis.vocabulary", value => isWord(words, value), error);
}

const Uri = text("epcis.identifier", isUri, "must be an absolute URI, such as a GS1 Digital Link or an EPC URN");
const Time = text("epcis.time", isTime, "must be a time with its zone, such as 2026-11-02T07:15:30.125Z");
const Offset = text(
  "epcis.time_zone",
  isOffset,
  "the zone where it happened must be given as hours and minutes from UTC, such as +01:00; Z is none",
);

const quantity = "without uom a quantity is a count, a whole number above 0; with uom, any number above 0";

/** EPCIS 2.0, 7.3.3.3: goods of a class. Without `uom`, pieces; without `quantity`, it is not known how many. */
export const QuantityElement = z
  .strictObject({
    epcClass: Uri,
    quantity: z.number({ error: quantity }).optional(),
    uom: text(
      "epcis.quantity",
      uom => /^[A-Z0-9]{2,3}$/.test(uom),
      "uom must be a UN/ECE code of 2 or 3 characters, such as KGM",
    ).optional(),
  })
  .refine(element => isQuantity(element.quantity, element.uom), {
    error: quantity,
    params: { code: "epcis.quantity" },
  });
export type QuantityElement = z.infer<typeof QuantityElement>;

function isQuantity(amount: number | undefined, uom: string | undefined): boolean {
  if (amount === undefined) return uom === undefined;
  return amount > 0 && (uom !== undefined || Number.isInteger(amount));
}

export const BizTransaction = z.strictObject({
  type: word(bizTransactionTypes, "the type of a business transaction").optional(),
  bizTransaction: Uri,
});
export type BizTransaction = z.infer<typeof BizTransaction>;

const partyType = word(sourceDestinationTypes, "the type of a source or destination");
export const Source = z.strictObject({ type: partyType, source: Uri });
export const Destination = z.strictObject({ type: partyType, destination: Uri });

/** EPCIS 2.0, 7.4.1.4: the event with this `eventID` is wrong; the corrective events say what is right. */
export const ErrorDeclaration = z.looseObject({
  declarationTime: Time,
  reason: word(errorReasons, "the reason of an error declaration").optional(),
  correctiveEventIDs: z.array(Uri).optional(),
});

/** What sensors said is carried on as it is. */
export const SensorElement = z.looseObject({
  sensorMetadata: z.looseObject({}).optional(),
  sensorReport: z.array(z.looseObject({ type: z.string() })).min(1),
});

const Disposition = word(dispositions, "disposition");
const Place = z.looseObject({ id: Uri });
const Epcs = z
  .array(Uri)
  .refine(uris => new Set(uris).size === uris.length, { error: "the same EPC stands there twice" });
const Quantities = z.array(QuantityElement);
const Action = z.enum(actions);

const always = {
  "@context": z.unknown().optional(),
  eventTime: Time,
  eventTimeZoneOffset: Offset,
  recordTime: Time.optional(),
  eventID: Uri.optional(),
  certificationInfo: z.union([Uri, z.array(Uri)]).optional(),
  errorDeclaration: ErrorDeclaration.optional(),
  bizStep: word(bizSteps, "bizStep").optional(),
  disposition: Disposition.optional(),
  readPoint: Place.optional(),
  bizLocation: Place.optional(),
  bizTransactionList: z.array(BizTransaction).optional(),
  sourceList: z.array(Source).optional(),
  destinationList: z.array(Destination).optional(),
  sensorElementList: z.array(SensorElement).optional(),
};

const instances = {
  ilmd: z.looseObject({}).optional(),
  persistentDisposition: z
    .strictObject({
      set: z.array(Disposition).min(1).optional(),
      unset: z.array(Disposition).min(1).optional(),
    })
    .optional(),
};

const children = { childEPCs: Epcs.optional(), childQuantityList: Quantities.optional() };
const things = { epcList: Epcs.optional(), quantityList: Quantities.optional() };

/** EPCIS 2.0, 7.4.2: what happened to things. */
export const ObjectEvent = z.looseObject({
  type: z.literal("ObjectEvent"),
  action: Action,
  ...always,
  ...instances,
  ...things,
});
export type ObjectEvent = z.infer<typeof ObjectEvent>;

/** EPCIS 2.0, 7.4.3: things put into, or taken out of, another. */
export const AggregationEvent = z.looseObject({
  type: z.literal("AggregationEvent"),
  action: Action,
  ...always,
  parentID: Uri.optional(),
  ...children,
});
export type AggregationEvent = z.infer<typeof AggregationEvent>;

/** EPCIS 2.0, 7.4.4: things tied to an order or a delivery. */
export const TransactionEvent = z.looseObject({
  type: z.literal("TransactionEvent"),
  action: Action,
  ...always,
  bizTransactionList: z.array(BizTransaction).min(1),
  parentID: Uri.optional(),
  ...things,
});
export type TransactionEvent = z.infer<typeof TransactionEvent>;

/** EPCIS 2.0, 7.4.5: things made of others. It has no action. */
export const TransformationEvent = z.looseObject({
  type: z.literal("TransformationEvent"),
  ...always,
  ...instances,
  inputEPCList: Epcs.optional(),
  inputQuantityList: Quantities.optional(),
  outputEPCList: Epcs.optional(),
  outputQuantityList: Quantities.optional(),
  transformationID: Uri.optional(),
});
export type TransformationEvent = z.infer<typeof TransformationEvent>;

/** EPCIS 2.0, 7.4.6: a thing fixed to an asset. */
export const AssociationEvent = z.looseObject({
  type: z.literal("AssociationEvent"),
  action: Action,
  ...always,
  parentID: Uri,
  ...children,
});
export type AssociationEvent = z.infer<typeof AssociationEvent>;

export const EpcisEvent = z.discriminatedUnion("type", [
  ObjectEvent,
  AggregationEvent,
  TransactionEvent,
  TransformationEvent,
  AssociationEvent,
]);
export type EpcisEvent = z.infer<typeof EpcisEvent>;

/** The fields that each event has in the standard. Any other is somebody's own. */
export const eventFields: Readonly<Record<EpcisEvent["type"], ReadonlySet<string>>> = {
  ObjectEvent: new Set(Object.keys(ObjectEvent.shape)),
  AggregationEvent: new Set(Object.keys(AggregationEvent.shape)),
  TransactionEvent: new Set(Object.keys(TransactionEvent.shape)),
  TransformationEvent: new Set(Object.keys(TransformationEvent.shape)),
  AssociationEvent: new Set(Object.keys(AssociationEvent.shape)),
};
export const errorDeclarationFields: ReadonlySet<string> = new Set(Object.keys(ErrorDeclaration.shape));
