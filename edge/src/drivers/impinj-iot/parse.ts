import type { ProblemCode, Reading } from "@tallygate/protocol";
import { type MessageContext, nothingParsed, type Parsed, refuseInto, signalInto } from "../driver.ts";
import { hexOfBase64Url, normaliseEpc, normaliseTid } from "../epc.ts";
import { bytesOf, isObject, type JsonObject, linesOf, readJsonElements, show } from "../json-message.ts";
import { parseTime } from "../time.ts";
import { signalOf } from "./events.ts";

/** The plain texts that a reader publishes to its will topic, unless set otherwise on it. */
export interface ImpinjTexts {
  readonly connected: string;
  readonly disconnected: string;
  readonly lost: string;
}

/**
 * Reads a message of Impinj's IoT device interface: one event, an array of events (webhook), or several on lines of their own
 * with blank lines as keep-alives (HTTP stream). The connection's own messages are plain text.
 */
export function parseImpinj(payload: Uint8Array, context: MessageContext, texts: ImpinjTexts): Parsed {
  const parsed = nothingParsed();
  if (takeConnectionText(payload, texts, parsed)) return parsed;
  for (const line of linesOf(payload)) {
    readJsonElements(line, parsed, (element, at) => {
      const fault = takeEvent(element, context, parsed);
      if (fault !== undefined) refuseInto(parsed, fault.code, fault.detail, bytesOf(element, at, line), at + fault.at);
    });
  }
  return parsed;
}

interface Fault {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly at: string;
}

function takeConnectionText(payload: Uint8Array, texts: ImpinjTexts, parsed: Parsed): boolean {
  if (payload.length === 0 || payload.length > 512 || payload[0] === 0x7b || payload[0] === 0x5b) return false;
  const text = Buffer.from(payload).toString("utf8").trim();
  const online = text === texts.connected;
  if (!online && text !== texts.disconnected && text !== texts.lost) return false;
  parsed.signals.push({ kind: "online", online });
  return true;
}

function takeEvent(element: unknown, context: MessageContext, parsed: Parsed): Fault | undefined {
  if (!isObject(element)) return { code: "message.shape", at: "", detail: "Expected an object with an event." };
  const { tagInventoryEvent: tag } = element;
  if (tag !== undefined) {
    if (!isObject(tag)) return { code: "message.shape", at: ".tagInventoryEvent", detail: "Expected an object." };
    const fault = takeTag(element, tag, context, parsed);
    return fault === undefined ? undefined : { ...fault, at: `.tagInventoryEvent${fault.at}` };
  }
  const signal = signalOf(element);
  if (signal === undefined) return { code: "message.shape", at: "", detail: "There is no event that is known." };
  signalInto(parsed, signal);
  return undefined;
}

function takeTag(event: JsonObject, tag: JsonObject, context: MessageContext, parsed: Parsed): Fault | undefined {
  const { epc: epc64, epcHex: epc16, tid: tid64, tidHex: tid16 } = tag;
  const epc = readBothForms(epc64, epc16);
  if (epc === "absent") return { code: "message.no_tag", at: "", detail: "There is neither epc nor epcHex." };
  if (epc === "disagree") {
    const detail = `epc ${show(epc64)} and epcHex ${show(epc16)} are not the same EPC.`;
    return { code: "reading.epc", at: ".epc", detail };
  }
  const epcHex = epc === "unreadable" ? undefined : normaliseEpc(epc);
  if (epcHex === undefined) {
    return { code: "reading.epc", at: ".epc", detail: `${show(epc64 ?? epc16)} is no EPC.` };
  }
  const reading: Reading = { deviceId: context.deviceId, epcHex, receivedTimeMs: context.receivedTimeMs };
  const fault = takeNumbers(tag, reading) ?? takeTime(event, tag, reading);
  if (fault !== undefined) return fault;
  const tidHex = normaliseTid(readBothForms(tid64, tid16));
  if (tidHex !== undefined) reading.tidHex = tidHex;
  parsed.readings.push(reading);
  return undefined;
}

/** EPC and TID come as base64url, as hexadecimal or as both, which then must agree. */
function readBothForms(base64: unknown, hex: unknown): string {
  if (base64 === undefined && hex === undefined) return "absent";
  const fromBase64 = typeof base64 === "string" ? hexOfBase64Url(base64) : undefined;
  const fromHex = typeof hex === "string" ? hex.toUpperCase() : undefined;
  if (base64 !== undefined && fromBase64 === undefined) return "unreadable";
  if (hex !== undefined && fromHex === undefined) return "unreadable";
  if (fromBase64 !== undefined && fromHex !== undefined && fromBase64 !== fromHex) return "disagree";
  return fromBase64 ?? fromHex ?? "absent";
}

/** The envelope's time; `lastSeenTime` is off by default and a few milliseconds before it. */
function takeTime(event: JsonObject, tag: JsonObject, reading: Reading): Fault | undefined {
  const { lastSeenTime } = tag;
  const { timestamp = lastSeenTime } = event;
  if (timestamp === undefined) return undefined;
  const time = typeof timestamp === "string" ? parseTime(timestamp) : undefined;
  if (time === undefined) {
    return { code: "message.shape", at: "", detail: `timestamp ${show(timestamp)} is no RFC 3339 time.` };
  }
  reading.readerTimeMs = time;
  return undefined;
}

/** `peakRssiCdbm` is in hundredths of a dBm, `frequency` in kHz. Divided, not multiplied: 921625 / 1000 is exact. */
function takeNumbers(tag: JsonObject, reading: Reading): Fault | undefined {
  const { antennaPort, peakRssiCdbm, frequency, phaseAngle } = tag;
  if (antennaPort !== undefined) {
    const isPort = isNumber(antennaPort) && Number.isInteger(antennaPort) && antennaPort >= 1 && antennaPort <= 1024;
    if (!isPort) return notNumber("antennaPort", antennaPort);
    reading.antenna = antennaPort;
  }
  if (peakRssiCdbm !== undefined) {
    if (!isNumber(peakRssiCdbm)) return notNumber("peakRssiCdbm", peakRssiCdbm);
    reading.rssiDbm = peakRssiCdbm / 100;
  }
  if (frequency !== undefined) {
    if (!isNumber(frequency)) return notNumber("frequency", frequency);
    reading.frequencyMHz = frequency / 1000;
  }
  if (phaseAngle !== undefined) {
    if (!isNumber(phaseAngle)) return notNumber("phaseAngle", phaseAngle);
    reading.phaseDeg = phaseAngle;
  }
  return undefined;
}

function notNumber(name: string, value: unknown): Fault {
  return { code: "message.shape", at: `.${name}`, detail: `${name} is ${show(value)}, which it cannot be.` };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
