import type { ProblemCode, Reading } from "@tallygate/protocol";
import { type MessageContext, nothingParsed, type Parsed, refuseInto } from "../driver.ts";
import { normaliseEpc, normaliseTid } from "../epc.ts";
import { bytesOf, isObject, type JsonObject, readJsonElements, show } from "../json-message.ts";
import { parseTime } from "../time.ts";
import { takeManagementEvent } from "./management.ts";

/** With FastID the TID of 96 bits follows the EPC in `idHex`. */
const fastIdTidDigits = 24;

/**
 * Reads a message of Zebra's IoT Connector: a tag data event, an array of them, a management event, a command's response, or a
 * handheld's `tagData` (Zebra IoT Connector API reference, "Tag data events", "Management events").
 */
export function parseZebra(payload: Uint8Array, context: MessageContext): Parsed {
  const parsed = nothingParsed();
  readJsonElements(payload, parsed, (element, at) => {
    const fault = takeElement(element, context, parsed);
    if (fault !== undefined) refuseInto(parsed, fault.code, fault.detail, bytesOf(element, at, payload), at + fault.at);
  });
  return parsed;
}

interface Fault {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly at: string;
}

function shape(at: string, detail: string): Fault {
  return { code: "message.shape", at, detail };
}

function takeElement(element: unknown, context: MessageContext, parsed: Parsed): Fault | undefined {
  if (!isObject(element)) return shape("", "Expected an object with type, timestamp and data.");
  const { data } = element;
  if (isObject(data) && hasTag(data)) return takeTag(element, data, context, parsed);
  if (takeManagementEvent(element, parsed)) return undefined;
  if (!isObject(data)) return shape(".data", "data is missing or no object.");
  const { tagData } = data;
  if (Array.isArray(tagData)) return takeHandheldTags(element, tagData, context, parsed);
  return { code: "message.no_tag", at: ".data", detail: "data has neither idHex nor tagData." };
}

function hasTag({ idHex }: JsonObject): boolean {
  return idHex !== undefined;
}

function takeTag(event: JsonObject, data: JsonObject, context: MessageContext, parsed: Parsed): Fault | undefined {
  const { idHex, format, TID } = data;
  if (typeof idHex !== "string") return shape(".data.idHex", `idHex is ${show(idHex)}, no text.`);
  const fastId = format === "fastID";
  const epcDigits = fastId ? idHex.length - fastIdTidDigits : idHex.length;
  const epcHex = epcDigits > 0 ? normaliseEpc(fastId ? idHex.slice(0, epcDigits) : idHex) : undefined;
  if (epcHex === undefined) {
    return { code: "reading.epc", at: ".data.idHex", detail: `${show(idHex)} is no EPC.` };
  }
  const reading: Reading = { deviceId: context.deviceId, epcHex, receivedTimeMs: context.receivedTimeMs };
  const fault = takeTime(event, reading) ?? takeNumbers(data, reading, "reads");
  if (fault !== undefined) return fault;
  const tidHex = normaliseTid(fastId ? idHex.slice(epcDigits) : TID);
  if (tidHex !== undefined) reading.tidHex = tidHex;
  parsed.readings.push(reading);
  return undefined;
}

/** RFD40 and RFD90: `data.tagData[]` with `EPCid`, `peakRssi`, `seenCount`, `eventNum`. */
function takeHandheldTags(
  event: JsonObject,
  tags: readonly unknown[],
  context: MessageContext,
  parsed: Parsed,
): Fault | undefined {
  let first: Fault | undefined;
  for (const [index, tag] of tags.entries()) {
    const at = `.data.tagData[${index}]`;
    const fault = isObject(tag)
      ? takeHandheldTag(event, tag, context, parsed)
      : shape("", "Expected an object with EPCid.");
    if (fault === undefined) continue;
    const here = { ...fault, at: at + fault.at };
    // The first fault is reported with the whole message by the caller; the others beside it.
    if (first === undefined) first = here;
    else refuseInto(parsed, here.code, here.detail, bytesOf(tag, at, new Uint8Array()), here.at);
  }
  return first;
}

function takeHandheldTag(
  event: JsonObject,
  tag: JsonObject,
  context: MessageContext,
  parsed: Parsed,
): Fault | undefined {
  const { EPCid, EPC } = tag;
  const id = EPCid ?? EPC;
  const epcHex = typeof id === "string" ? normaliseEpc(id) : undefined;
  if (epcHex === undefined) return { code: "reading.epc", at: ".EPCid", detail: `${show(id)} is no EPC.` };
  const reading: Reading = { deviceId: context.deviceId, epcHex, receivedTimeMs: context.receivedTimeMs };
  const fault = takeTime(event, reading) ?? takeNumbers(tag, reading, "seenCount");
  if (fault === undefined) parsed.readings.push(reading);
  return fault;
}

function takeTime(event: JsonObject, reading: Reading): Fault | undefined {
  const { timestamp } = event;
  if (timestamp === undefined) return undefined;
  const time = typeof timestamp === "string" ? parseTime(timestamp) : undefined;
  if (time === undefined) return shape(".timestamp", `${show(timestamp)} is no ISO 8601 time with an offset.`);
  reading.readerTimeMs = time;
  return undefined;
}

/** A number that the reader did not send stays absent; one that is no number makes the event unreadable. */
function takeNumbers(data: JsonObject, reading: Reading, readsName: "reads" | "seenCount"): Fault | undefined {
  const { antenna, peakRssi, eventNum, channel, phase } = data;
  if (antenna !== undefined) {
    if (!isWhole(antenna) || antenna < 1 || antenna > 1024) return notNumber("antenna", antenna);
    reading.antenna = antenna;
  }
  if (peakRssi !== undefined) {
    if (!isNumber(peakRssi)) return notNumber("peakRssi", peakRssi);
    reading.rssiDbm = peakRssi;
  }
  const reads = data[readsName];
  if (reads !== undefined) {
    if (!isWhole(reads) || reads < 0) return notNumber(readsName, reads);
    if (reads >= 1) reading.readCount = reads;
  }
  if (eventNum !== undefined) {
    if (!isWhole(eventNum) || eventNum < 0) return notNumber("eventNum", eventNum);
    reading.sequence = eventNum;
  }
  if (channel !== undefined) {
    if (!isNumber(channel)) return notNumber("channel", channel);
    reading.frequencyMHz = channel;
  }
  if (phase !== undefined) {
    if (!isNumber(phase)) return notNumber("phase", phase);
    reading.phaseDeg = phase;
  }
  return undefined;
}

function notNumber(name: string, value: unknown): Fault {
  return shape(`.data.${name}`, `${name} is ${show(value)}, which it cannot be.`);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
