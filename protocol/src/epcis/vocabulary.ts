import { bizSteps as movementBizSteps } from "../movement.ts";

/** The words of the Core Business Vocabulary 2.0, as they stand bare in JSON. */

/** CBV 2.0, 7.1: the steps that movements may name, and those that only other systems' events have. */
export const bizSteps = [
  ...movementBizSteps,
  "accepting",
  "assembling",
  "collecting",
  "consigning",
  "creating_class_instance",
  "disassembling",
  "dispensing",
  "encoding",
  "holding",
  "installing",
  "killing",
  "removing",
  "repackaging",
  "repairing",
  "replacing",
  "reserving",
  "retail_selling",
  "sampling",
  "sensor_reporting",
  "stocking",
  "transporting",
  "void_shipping",
] as const;

/** CBV 2.0, 7.2. */
export const dispositions = [
  "active",
  "available",
  "completeness_inferred",
  "completeness_verified",
  "conformant",
  "container_closed",
  "container_open",
  "damaged",
  "destroyed",
  "dispensed",
  "disposed",
  "encoded",
  "expired",
  "in_progress",
  "in_transit",
  "inactive",
  "mismatch_class",
  "mismatch_instance",
  "mismatch_quantity",
  "needs_replacement",
  "no_pedigree_match",
  "non_conformant",
  "non_sellable_other",
  "partially_dispensed",
  "recalled",
  "reserved",
  "retail_sold",
  "returned",
  "sellable_accessible",
  "sellable_not_accessible",
  "stolen",
  "unavailable",
  "unknown",
] as const;
export type Disposition = (typeof dispositions)[number];

/** CBV 2.0, 7.3. */
export const bizTransactionTypes = [
  "bol",
  "cert",
  "desadv",
  "inv",
  "pedigree",
  "po",
  "poc",
  "prodorder",
  "recadv",
  "rma",
  "testprd",
  "testres",
  "upevt",
] as const;

/** CBV 2.0, 7.4. */
export const sourceDestinationTypes = ["owning_party", "possessing_party", "location"] as const;

/** CBV 2.0, 7.5: why an event is declared to be in error. */
export const errorReasons = ["did_not_occur", "incorrect_data"] as const;

/** EPCIS 2.0, 7.3.2. */
export const actions = ["ADD", "OBSERVE", "DELETE"] as const;

/** EPCIS 2.0, 7.4. */
export const eventTypes = [
  "ObjectEvent",
  "AggregationEvent",
  "TransactionEvent",
  "TransformationEvent",
  "AssociationEvent",
] as const;
export type EventType = (typeof eventTypes)[number];

/** The context that gives the fields of EPCIS their meaning. */
export const epcisContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/** Prefixes that {@link epcisContext} declares itself. */
export const contextPrefixes = ["epcis", "cbv", "cbvmda", "gs1", "rdfs", "owl", "xsd", "dcterms"] as const;
