import type { ProblemCode, Reading } from "@tallygate/protocol";
import { type MessageContext, nothingParsed, type Parsed, refuseInto, signalInto } from "../driver.ts";
import { normaliseEpc } from "../epc.ts";
import { bytesOf, isObject, type JsonObject, readJsonElements, show } from "../json-message.ts";

interface Fault {
  readonly code: ProblemCode;
  readonly at: string;
  readonly detail: string;
}

/** Reads a message of a Dockside reader: a tag, a sign of life, or a list of them. */
export function parseDockside(payload: Uint8Array, context: MessageContext, ports: readonly string[]): Parsed {
  const parsed = nothingParsed();
  readJsonElements(payload, parsed, (element, at) => {
    const fault = takeElement(element, context, ports, parsed);
    if (fault !== undefined) refuseInto(parsed, fault.code, fault.detail, bytesOf(element, at, payload), at + fault.at);
  });
  return parsed;
}

function takeElement(
  element: unknown,
  context: MessageContext,
  ports: readonly string[],
  parsed: Parsed,
): Fault | undefined {
  if (!isObject(element)) return { code: "message.shape", at: "", detail: "Expected an object with tag or alive." };
  const { alive } = element;
  if (!Array.isArray(alive)) return takeTag(element, context, ports, parsed);
  const antennasConnected = ports.flatMap((port, index) => (alive.includes(port) ? [index + 1] : []));
  signalInto(parsed, { kind: "heartbeat", antennasConnected });
  return undefined;
}

function takeTag(
  { tag, port, level, at }: JsonObject,
  context: MessageContext,
  ports: readonly string[],
  parsed: Parsed,
): Fault | undefined {
  if (tag === undefined) return { code: "message.no_tag", at: ".tag", detail: "There is neither tag nor alive." };
  const epcHex = typeof tag === "string" ? normaliseEpc(tag.replaceAll(" ", "")) : undefined;
  if (epcHex === undefined) return { code: "reading.epc", at: ".tag", detail: `${show(tag)} is no EPC.` };
  const reading: Reading = { deviceId: context.deviceId, epcHex, receivedTimeMs: context.receivedTimeMs };
  if (port !== undefined) {
    const index = typeof port === "string" ? ports.indexOf(port) : -1;
    if (index === -1) return { code: "message.shape", at: ".port", detail: `${show(port)} is none of its ports.` };
    reading.antenna = index + 1;
  }
  if (level !== undefined) {
    const rssiDbm = levelOf(level);
    if (rssiDbm === undefined) return { code: "message.shape", at: ".level", detail: `${show(level)} is no level.` };
    reading.rssiDbm = rssiDbm;
  }
  if (at !== undefined) {
    const readerTimeMs = timeOf(at);
    if (readerTimeMs === undefined) return { code: "message.shape", at: ".at", detail: `${show(at)} is no time.` };
    reading.readerTimeMs = readerTimeMs;
  }
  parsed.readings.push(reading);
  return undefined;
}

/** `-61.5 dBm` */
function levelOf(level: unknown): number | undefined {
  const match = typeof level === "string" ? /^(-?\d{1,3}(?:\.\d{1,2})?) dBm$/.exec(level) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Seconds since 1970 UTC, with a fraction. The end of 9999 is where readings end. */
function timeOf(seconds: unknown): number | undefined {
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds < 253_402_300_800)) return undefined;
  return Math.floor(seconds * 1000);
}
