import { z } from "zod";
import type { ProblemCode } from "../problem.ts";
import { problems } from "../problem.ts";
import { ok, type Result, refuse } from "../result.ts";
import { type Prefixes, readPrefixes, undeclaredFields } from "./context.ts";
import { EpcisEvent, errorDeclarationFields, eventFields } from "./events.ts";
import { limits } from "./limits.ts";
import { type Fault, faultsOf } from "./rules.ts";
import { isTime, isUri } from "./text.ts";
import { epcisContext, eventTypes } from "./vocabulary.ts";

const Context = z
  .unknown()
  .refine(value => isContext(value), { error: "@context must be there: it says what the fields mean" });
function isContext(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

const Time = z.string().refine(isTime, { error: "must be a time with its zone" });
const Version = z
  .string()
  .regex(/^2(?:\.\d+)*$/, { error: "schemaVersion must be 2.0: other versions of EPCIS are not read here" });
const EventList = z
  .array(z.unknown())
  .max(limits.eventsMax, { error: `a document may hold ${limits.eventsMax} events: split it` });

const shared = { "@context": Context, id: z.string().refine(isUri, { error: "must be a URI" }).optional() };

/** EPCIS 2.0, 10.1: what one party sends to another. Events are read one by one, so they have no shape here. */
export const EpcisDocument = z.looseObject({
  ...shared,
  type: z.literal("EPCISDocument"),
  schemaVersion: Version,
  creationDate: Time,
  epcisBody: z.looseObject({ eventList: EventList }),
});
export type EpcisDocument = z.infer<typeof EpcisDocument>;

/** EPCIS 2.0, 10.1: what a repository answers to a query. */
export const EpcisQueryDocument = z.looseObject({
  ...shared,
  type: z.literal("EPCISQueryDocument"),
  schemaVersion: Version.optional(),
  creationDate: Time.optional(),
  epcisBody: z.looseObject({
    queryResults: z.looseObject({ queryName: z.string(), resultsBody: z.looseObject({ eventList: EventList }) }),
  }),
});
export type EpcisQueryDocument = z.infer<typeof EpcisQueryDocument>;

const AnyDocument = z.discriminatedUnion("type", [EpcisDocument, EpcisQueryDocument]);

/** The good events of a document in their order, and what is wrong with the others. */
export interface ParsedDocument {
  readonly events: readonly EpcisEvent[];
  readonly faults: readonly Fault[];
}

/**
 * Reads an EPCIS 2.0 JSON document or query document. A bad event is left out and told of in `faults`; the good ones stay.
 * Refuses `epcis.document` when what surrounds the events is not as it should be.
 */
export function parseEpcisDocument(value: unknown): Result<ParsedDocument> {
  const document = AnyDocument.safeParse(value);
  if (!document.success) return refuseDocument(document.error.issues);
  const [path, list] = eventsOf(document.data);
  const prefixes = readPrefixes(document.data["@context"]);
  const events: EpcisEvent[] = [];
  const faults: Fault[] = [];
  for (const [index, item] of list.entries()) {
    const read = readEvent(item, prefixes);
    if (read.event) events.push(read.event);
    for (const fault of read.faults) faults.push({ ...fault, at: joinPath(`${path}[${index}]`, fault.at) });
  }
  return ok({ events, faults });
}

function eventsOf(document: EpcisDocument | EpcisQueryDocument): readonly [path: string, list: readonly unknown[]] {
  return document.type === "EPCISDocument"
    ? ["epcisBody.eventList", document.epcisBody.eventList]
    : ["epcisBody.queryResults.resultsBody.eventList", document.epcisBody.queryResults.resultsBody.eventList];
}

interface ReadEvent {
  readonly event?: EpcisEvent;
  readonly faults: readonly Fault[];
}

function readEvent(value: unknown, outer: Prefixes): ReadEvent {
  const read = EpcisEvent.safeParse(value);
  if (!read.success) return { faults: faultsOfShape(read.error.issues) };
  const event = read.data;
  const prefixes = event["@context"] === undefined ? outer : readPrefixes(event["@context"], outer);
  const faults = [...ownFieldFaults(event, prefixes), ...faultsOf(event)].slice(0, limits.eventFaultsMax);
  return faults.length === 0 ? { event, faults } : { faults };
}

function ownFieldFaults(event: EpcisEvent, prefixes: Prefixes): readonly Fault[] {
  const places = [
    { at: "", value: event, fields: eventFields[event.type] },
    { at: "errorDeclaration", value: event.errorDeclaration, fields: errorDeclarationFields },
    { at: "ilmd", value: event["ilmd"], fields: noFields },
  ];
  return places.flatMap(({ at, value, fields }) =>
    typeof value !== "object" || value === null
      ? []
      : undeclaredFields(value, fields, prefixes).map(field => ({
          code: "epcis.prefix" as const,
          at: joinPath(at, field),
          detail: `${JSON.stringify(field)} is no field of ${at || `an ${event.type}`}; one's own needs a prefix that @context declares`,
        })),
  );
}

const noFields: ReadonlySet<string> = new Set();

function faultsOfShape(issues: readonly z.core.$ZodIssue[]): readonly Fault[] {
  return issues
    .slice(0, limits.eventFaultsMax)
    .map(issue => ({ code: codeOf(issue), at: pathOf(issue.path), detail: detailOf(issue) }));
}

function codeOf(issue: z.core.$ZodIssue): ProblemCode {
  if (issue.code === "invalid_union" && issue.path.at(-1) === "type") return "epcis.event_type";
  const code: unknown = issue.code === "custom" ? issue.params?.["code"] : undefined;
  if (isProblemCode(code)) return code;
  const field = issue.path.at(-1);
  if (field === "eventTimeZoneOffset") return "epcis.time_zone";
  return field === "quantity" || field === "uom" ? "epcis.quantity" : "epcis.event_shape";
}

function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === "string" && Object.hasOwn(problems, code);
}

function detailOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_union" && issue.path.at(-1) === "type"
    ? `type must be one of ${eventTypes.join(", ")}`
    : issue.message;
}

function refuseDocument(issues: readonly z.core.$ZodIssue[]) {
  const faults = issues
    .slice(0, limits.eventFaultsMax)
    .map(issue => ({ at: pathOf(issue.path), detail: issue.message }));
  const detail = faults.map(fault => `${fault.at || "the document"}: ${fault.detail}`).join("; ");
  return refuse("epcis.document", detail, { faults });
}

/** `epcList[3]`, as people write it. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : joinPath(text, String(part))),
    "",
  );
}

function joinPath(outer: string, inner: string): string {
  return outer === "" || inner === "" ? outer + inner : `${outer}.${inner}`;
}

/** The document that carries events to another system, ready for `JSON.stringify`. */
export function epcisDocument(events: readonly EpcisEvent[], creationTimeMs: number) {
  return {
    "@context": [epcisContext],
    type: "EPCISDocument" as const,
    schemaVersion: "2.0",
    creationDate: new Date(creationTimeMs).toISOString(),
    epcisBody: { eventList: events },
  };
}
