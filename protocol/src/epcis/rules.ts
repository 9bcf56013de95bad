import type { ProblemCode } from "../problem.ts";
import type { EpcisEvent, QuantityElement } from "./events.ts";
import { checkIdentifier, type Role } from "./identifiers.ts";

/** What is wrong with one event: `at` is the path from the root of the document. */
export interface Fault {
  readonly code: ProblemCode;
  readonly at: string;
  readonly detail: string;
}

/** {@link Fault} with its path inside the event. */
type Found = readonly [at: string, code: ProblemCode, detail: string];

/** What an event of the right shape must keep besides (EPCIS 2.0, clause 7.4). Each rule finds one kind of fault. */
const rules: readonly ((event: EpcisEvent) => readonly Found[])[] = [
  missingThings,
  missingParent,
  missingState,
  badIlmd,
];

/** Everything that is wrong with an event whose shape is right. Paths are inside the event. */
export function faultsOf(event: EpcisEvent): readonly Fault[] {
  const found = [...rules.flatMap(rule => rule(event)), ...identifierFaults(event)];
  return found.map(([at, code, detail]) => ({ at, code, detail }));
}

function some(...lists: readonly (readonly unknown[] | undefined)[]): boolean {
  return lists.some(list => list !== undefined && list.length > 0);
}

function missingThings(event: EpcisEvent): readonly Found[] {
  switch (event.type) {
    case "ObjectEvent":
      return some(event.epcList, event.quantityList) || (some(event.sensorElementList) && event.readPoint)
        ? []
        : [["epcList", "epcis.what", "an ObjectEvent needs an epcList, a quantityList, or sensors at a read point"]];
    case "TransactionEvent":
      return event.action === "DELETE" || some(event.epcList, event.quantityList) || (event.parentID && event.epcList)
        ? []
        : [["epcList", "epcis.what", "a TransactionEvent needs an epcList or a quantityList, except to DELETE all"]];
    case "AggregationEvent":
    case "AssociationEvent":
      return event.action === "DELETE" || some(event.childEPCs, event.childQuantityList)
        ? []
        : [["childEPCs", "epcis.what", "children must be named, except to DELETE all"]];
    case "TransformationEvent": {
      const inputs = some(event.inputEPCList, event.inputQuantityList);
      const outputs = some(event.outputEPCList, event.outputQuantityList);
      const enough = event.transformationID === undefined ? inputs && outputs : inputs || outputs;
      const detail = "a TransformationEvent needs inputs and outputs; with a transformationID, one of the two";
      return enough ? [] : [[inputs ? "outputEPCList" : "inputEPCList", "epcis.what", detail]];
    }
  }
}

function missingParent(event: EpcisEvent): readonly Found[] {
  if (event.type !== "AggregationEvent" || event.action === "OBSERVE" || event.parentID !== undefined) return [];
  return [["parentID", "epcis.what", "what the children are put into, or taken out of, must be named"]];
}

function missingState(event: EpcisEvent): readonly Found[] {
  if (event.type !== "ObjectEvent" && event.type !== "TransformationEvent") return [];
  const persistent = event.persistentDisposition;
  if (persistent === undefined || persistent.set || persistent.unset) return [];
  return [["persistentDisposition", "epcis.event_shape", "it must set or unset something"]];
}

function badIlmd(event: EpcisEvent): readonly Found[] {
  if (event.type !== "ObjectEvent" || event.ilmd === undefined || event.action === "ADD") return [];
  return [["ilmd", "epcis.event_shape", "master data of an instance or lot is given when it begins, with action ADD"]];
}

function identifierFaults(event: EpcisEvent): readonly Found[] {
  return [...identifiers(event)].flatMap(([at, uri, role]) => {
    const checked = checkIdentifier(uri, role);
    return checked.ok ? [] : [[at, checked.problem.code, checked.problem.detail] as const];
  });
}

type Named = readonly [at: string, uri: string, role: Role];

/** Every URI of an event that may hold a GS1 key. */
function* identifiers(event: EpcisEvent): Generator<Named> {
  if (event.readPoint) yield ["readPoint.id", event.readPoint.id, "place"];
  if (event.bizLocation) yield ["bizLocation.id", event.bizLocation.id, "place"];
  for (const [index, { bizTransaction }] of event.bizTransactionList?.entries() ?? []) {
    yield [`bizTransactionList[${index}].bizTransaction`, bizTransaction, "any"];
  }
  for (const [index, { source }] of event.sourceList?.entries() ?? [])
    yield [`sourceList[${index}].source`, source, "any"];
  for (const [index, { destination }] of event.destinationList?.entries() ?? []) {
    yield [`destinationList[${index}].destination`, destination, "any"];
  }
  if (event.type === "TransformationEvent") {
    yield* things("inputEPCList", event.inputEPCList);
    yield* classes("inputQuantityList", event.inputQuantityList);
    yield* things("outputEPCList", event.outputEPCList);
    yield* classes("outputQuantityList", event.outputQuantityList);
    return;
  }
  if (event.type !== "ObjectEvent" && event.parentID !== undefined) yield ["parentID", event.parentID, "thing"];
  if (event.type === "ObjectEvent" || event.type === "TransactionEvent") {
    yield* things("epcList", event.epcList);
    yield* classes("quantityList", event.quantityList);
    return;
  }
  yield* things("childEPCs", event.childEPCs);
  yield* classes("childQuantityList", event.childQuantityList);
}

function* things(field: string, uris: readonly string[] | undefined): Generator<Named> {
  for (const [index, uri] of uris?.entries() ?? []) yield [`${field}[${index}]`, uri, "thing"];
}

function* classes(field: string, elements: readonly QuantityElement[] | undefined): Generator<Named> {
  for (const [index, { epcClass }] of elements?.entries() ?? [])
    yield [`${field}[${index}].epcClass`, epcClass, "class"];
}
