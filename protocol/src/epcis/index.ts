export {
  EpcisDocument,
  EpcisQueryDocument,
  epcisDocument,
  type ParsedDocument,
  parseEpcisDocument,
} from "./document.ts";
export {
  AggregationEvent,
  AssociationEvent,
  BizTransaction,
  EpcisEvent,
  ErrorDeclaration,
  ObjectEvent,
  QuantityElement,
  TransactionEvent,
  TransformationEvent,
} from "./events.ts";
export { checkIdentifier, type Role } from "./identifiers.ts";
export { limits } from "./limits.ts";
export { EventSite, Location, type MovementContext, movementEvent } from "./movement-event.ts";
export type { Fault } from "./rules.ts";
export { offsetAt } from "./time-zone.ts";
export {
  actions,
  bizSteps,
  bizTransactionTypes,
  type Disposition,
  dispositions,
  type EventType,
  epcisContext,
  errorReasons,
  eventTypes,
  sourceDestinationTypes,
} from "./vocabulary.ts";
