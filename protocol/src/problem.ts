import type { CodeProblem } from "./codes/problems.ts";

type ProblemEntry = { readonly status: number; readonly title: string };

/** What is wrong with a code. A code that a request names is a fault of the request, hence 422. */
const codeTitles: Record<CodeProblem, string> = {
  "code.empty": "There is no code",
  "code.not_hex": "The EPC is not hexadecimal",
  "code.symbology": "The symbology identifier is not known, or does not fit what follows it",
  "code.epc_header": "The EPC header names no scheme",
  "code.epc_length": "The EPC has the wrong number of bits for its scheme",
  "code.epc_partition": "The EPC's partition is not one of 0 to 6",
  "code.epc_range": "A part of the EPC is too large for its digits",
  "code.epc_padding": "Bits of the EPC that must be zero are not",
  "code.epc_uri": "The EPC URI does not have the form of its scheme",
  "code.digital_link": "The address is no GS1 Digital Link",
  "code.unknown_ai": "There is no such Application Identifier",
  "code.length": "The value is too short or too long",
  "code.charset": "The value has a character that is not allowed there",
  "code.check_digit": "The check digit is wrong",
  "code.date": "The date does not exist",
  "code.value": "The value is not allowed there",
  "code.repeated": "The same Application Identifier stands twice with different values",
  "code.companions": "An Application Identifier lacks, or excludes, another one",
};

/**
 * Every expected refusal, with the HTTP status it has where it is answered over HTTP and the sentence that documents it.
 * The union type, the OpenAPI document and `docs/problems.md` derive from this list.
 */
const ownProblems = {
  "request.invalid": { status: 400, title: "The request does not have the form that the document describes" },
  "request.too_large": { status: 413, title: "The request is larger than the limit" },
  "request.host": { status: 403, title: "The request was sent to a name that is not this machine's own" },
  "request.not_json": { status: 400, title: "The body is not readable JSON" },
  "route.unknown": { status: 404, title: "There is no such route" },
  "item.unknown": { status: 404, title: "There is no item with this SKU" },
  "item.exists": { status: 409, title: "There is another item with this SKU or code" },
  "place.unknown": { status: 404, title: "There is no such place" },
  "place.exists": { status: 409, title: "There is another place with this code at the site" },
  "site.unknown": { status: 404, title: "There is no such site" },
  "movement.unknown": { status: 404, title: "There is no such movement" },
  "reservation.unknown": { status: 404, title: "There is no such reservation" },
  "reservation.ended": { status: 409, title: "The reservation has ended: it was fulfilled, released, or has expired" },
  "reservation.insufficient": { status: 409, title: "Less is there than what was asked for" },
  "reservation.of_document": { status: 409, title: "The reservation is held for a document, which alone ends it" },
  "reservation.policy": { status: 422, title: "The policy does not fit the request" },
  "count.unknown": { status: 404, title: "There is no such count" },
  "count.state": { status: 409, title: "The count is in a state in which this cannot be done" },
  "count.empty": { status: 422, title: "The count would have no places" },
  "count.out_of_scope": { status: 422, title: "The place or item is none that this count is about" },
  "count.incomplete": { status: 409, title: "Places of the count have not been counted" },
  "count.serial_needed": { status: 422, title: "Only serial numbers can tell which of the things are there" },
  "count.no_code": { status: 422, title: "The item has no code of a single unit, so nothing can be posted for it" },
  "count.four_eyes": { status: 403, title: "Whoever counted may not approve what they counted" },
  "count.approval": { status: 409, title: "The variance of a count is above the limit and waits for approval" },
  "count.observation_late": { status: 409, title: "Something counted arrived after its count was closed" },
  "document.unknown": { status: 404, title: "There is no such order, shipment, transfer or return" },
  "document.exists": { status: 409, title: "There is another document of this kind with this number" },
  "document.state": { status: 409, title: "The document is in a state in which this is not possible" },
  "document.changed": { status: 412, title: "The document has changed since the version that the request names" },
  "document.line": { status: 422, title: "The document has no such line, or the line has not as much as this needs" },
  "document.item": { status: 422, title: "The item cannot be in a document: it is discontinued, a draft, or a family" },
  "document.unit": { status: 409, title: "The SSCC is announced already" },
  "document.contents": { status: 422, title: "What is in the logistic units is not what the lines say" },
  "document.not_shipped": { status: 409, title: "More is to come back than was shipped" },
  "document.short": { status: 409, title: "Less came or went than the document says" },
  "document.over": { status: 409, title: "More came or went than the document says" },
  "document.none": {
    status: 409,
    title: "Goods crossed the border of a site that works with documents, and no document awaited them",
  },
  "document.unexpected": { status: 409, title: "Something came or went that no line of the documents names" },
  "list.unknown": { status: 404, title: "There is no such list" },
  "list.open": { status: 409, title: "Another list is open at the read point for this step" },
  "list.closed": { status: 409, title: "The list is closed" },
  "epoch.unknown": { status: 404, title: "There is no such epoch" },
  "tag.unknown": { status: 404, title: "The ledger has not seen this thing" },
  "seal.unknown": { status: 404, title: "There is no such seal" },
  "audit.fault": { status: 500, title: "A row of the ledger is not what it was when it was written" },
  "event.gone": { status: 409, title: "The events behind this number are no longer kept" },
  "event.refused": {
    status: 422,
    title: "What happened does not fit the contract of events, and was not told to other systems",
  },
  "webhook.unknown": { status: 404, title: "There is no such webhook" },
  "webhook.url": { status: 422, title: "Webhooks may not be sent to this address" },
  "webhook.too_many": { status: 409, title: "There are as many webhooks as there may be" },
  "webhook.dead_letter": { status: 422, title: "A webhook's target did not take an event in time" },
  "webhook.paused": { status: 503, title: "A webhook was paused, since its target did not answer" },
  "access.missing": { status: 401, title: "The request does not say who sends it" },
  "access.invalid": { status: 401, title: "The token or session is not valid, or has ended" },
  "access.denied": { status: 403, title: "The caller may not do this, or not at this site" },
  "access.origin": { status: 403, title: "A page of another origin sent this in a signed-in person's name" },
  "client.unknown": { status: 404, title: "There is no such client" },
  "client.exists": { status: 409, title: "There is another client with this name" },
  "user.unknown": { status: 404, title: "There is no such user" },
  "user.exists": { status: 409, title: "There is another user with this name" },
  "rate.limited": { status: 429, title: "The caller sends more requests than its limit" },
  "idempotency.reused": { status: 422, title: "The idempotency key was used before with another body" },
  "metrics.unavailable": { status: 503, title: "The metrics database does not answer" },
  "stock.unavailable": { status: 503, title: "The ledger does not answer at the moment" },
  internal: { status: 500, title: "Something failed that should not" },
  "config.invalid": { status: 400, title: "The configuration has faults" },
  "message.not_json": { status: 400, title: "The message is not readable JSON" },
  "message.shape": { status: 400, title: "The message does not have the form that its device documents" },
  "message.too_large": { status: 413, title: "The message is larger than the limit" },
  "message.version": { status: 400, title: "The message has a version that is not known here" },
  "message.no_tag": { status: 400, title: "The message names no tag" },
  "message.no_birth": { status: 409, title: "The message names metrics by numbers that no birth message has named" },
  "device.unknown": { status: 404, title: "No device is configured for this source" },
  "store.unavailable": { status: 503, title: "The store of the site takes nothing at the moment" },
  "device.no_scanner": { status: 409, title: "The device is no scanner: it has no mode to set" },
  "command.unknown": { status: 422, title: "The barcode begins as a command, but is none" },
  "scan.place_first": { status: 422, title: "The goods came before the place that they leave" },
  "scan.too_many": { status: 422, title: "More goods wait for their place than one sequence of scans may hold" },
  "scan.forgotten": { status: 422, title: "A sequence of scans was not finished in time; nothing of it moved" },
  "undo.nothing": { status: 409, title: "The scanner has nothing to undo" },
  "undo.moved_on": { status: 409, title: "The thing has moved on since, so this movement cannot be undone" },
  "device.exists": { status: 409, title: "There is another device with this id" },
  "device.credentials": { status: 401, title: "The sender's user, password or token is missing or wrong" },
  "device.not_yours": { status: 403, title: "The sender may not send for this device" },
  "device.too_fast": { status: 429, title: "The device sends faster than its limit" },
  "inbox.full": { status: 503, title: "More is read than can be stored at the moment" },
  "frame.too_long": { status: 413, title: "A line came without an end within the limit" },
  "frame.rubbish": { status: 400, title: "Bytes that belong to no message" },
  "reading.epc": { status: 400, title: "The EPC is not hexadecimal, or is no whole number of words" },
  "movement.code_unknown": { status: 422, title: "No item has this code; the movement is held" },
  "movement.meaningless": { status: 422, title: "The movement cannot be posted as it stands; it is held" },
  "stock.shortage": { status: 409, title: "A movement took goods that were promised to someone else" },
  "crossing.doubtful": { status: 422, title: "Two places hear the tag equally well" },
  "batch.unreadable": { status: 400, title: "The batch is not what the contract describes" },
  "batch.chain": { status: 409, title: "The batch does not follow the chain of hashes" },
  "batch.epoch": { status: 403, title: "The batch claims the epoch that only the centre writes" },
  "batch.subject": { status: 403, title: "The batch names another site than its subject" },
  "epcis.document": { status: 400, title: "The document is no EPCIS 2.0 document in JSON" },
  "epcis.event_type": { status: 400, title: "The event is none of the five types of EPCIS 2.0" },
  "epcis.event_shape": { status: 400, title: "The event does not have the form of its type" },
  "epcis.time": { status: 400, title: "The time is not one with a zone, on a day that exists" },
  "epcis.time_zone": { status: 400, title: "The event does not say how many hours and minutes from UTC it happened" },
  "epcis.vocabulary": { status: 400, title: "The word is not one of the Core Business Vocabulary" },
  "epcis.identifier": { status: 400, title: "The identifier is no URI, or stands for another kind of thing" },
  "epcis.quantity": { status: 400, title: "The quantity or its unit of measure is not possible" },
  "epcis.what": { status: 400, title: "The event does not say what it is about" },
  "epcis.prefix": { status: 400, title: "The field is not in the standard, and has no declared prefix" },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof ownProblems | CodeProblem;

const codeEntries = Object.fromEntries(
  Object.entries(codeTitles).map(([code, title]) => [code, { status: 422, title }]),
) as Record<CodeProblem, ProblemEntry>;

export const problems: Readonly<Record<ProblemCode, ProblemEntry>> = { ...ownProblems, ...codeEntries };

/** A refusal as a value: what was refused (`code`), what exactly and what to do (`detail`), and where (`at`). */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Where in the input: a path such as `movements[3].quantity`, a line, or a byte position. */
  readonly at?: string;
  /** Field-level faults, where there are several. */
  readonly faults?: readonly { readonly at: string; readonly detail: string }[];
}
