import { isAscii } from "node:buffer";
import { type Parsed, refuseInto } from "./driver.ts";
import { limits } from "./limits.ts";

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Reads a payload as JSON and gives its elements one by one: those of an array, or the one object. What is no JSON, too large
 * or has too many elements is refused into `parsed`.
 */
export function readJsonElements(
  payload: Uint8Array,
  parsed: Parsed,
  take: (element: unknown, at: string) => void,
): void {
  const value = readJson(payload, parsed);
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    take(value, "");
    return;
  }
  for (let i = 0; i < value.length; i++) {
    if (parsed.readings.length >= limits.messageReadingsMax) {
      const detail = `The message has ${value.length} elements; those from ${i} on are above ${limits.messageReadingsMax} readings.`;
      refuseInto(parsed, "message.too_large", detail, payload, `[${i}]`);
      return;
    }
    take(value[i], `[${i}]`);
  }
}

/**
 * The lines of a payload that has a JSON text on each (NDJSON); blank ones are left out. Whole messages without a line end in them
 * are by far the most, so they are not copied.
 */
export function linesOf(payload: Uint8Array): readonly Uint8Array[] {
  if (!payload.includes(0x0a)) return [payload];
  const lines: Uint8Array[] = [];
  let from = 0;
  while (from < payload.length) {
    const end = payload.indexOf(0x0a, from);
    const line = payload.subarray(from, end === -1 ? payload.length : end);
    if (line.some(byte => byte > 0x20)) lines.push(line);
    from = end === -1 ? payload.length : end + 1;
  }
  // An event written over several lines is one JSON text all the same.
  return lines.length > 1 && !lines.every(line => line[0] === 0x7b || line[0] === 0x5b) ? [payload] : lines;
}

/** The payload's JSON value, or `undefined` when it was refused into `parsed`. */
export function readJson(payload: Uint8Array, parsed: Parsed): unknown {
  if (payload.length > limits.messageBytesMax) {
    const detail = `The message has ${payload.length} bytes; the limit is ${limits.messageBytesMax}.`;
    refuseInto(parsed, "message.too_large", detail, payload);
    return undefined;
  }
  try {
    return JSON.parse(decodeText(payload));
  } catch (error) {
    refuseInto(parsed, "message.not_json", error instanceof Error ? error.message : String(error), payload);
    return undefined;
  }
}

/** Most payloads are ASCII, for which latin1 is several times quicker than a checked UTF-8 decoder. */
function decodeText(payload: Uint8Array): string {
  return Buffer.isBuffer(payload) && isAscii(payload) ? payload.toString("latin1") : utf8.decode(payload);
}

/**
 * The bytes of one refused element for the exceptions: the payload when it is the only one, else the element as JSON again,
 * since its place in the payload is not known.
 */
export function bytesOf(element: unknown, at: string, payload: Uint8Array): Uint8Array {
  if (at === "") return payload;
  try {
    return Buffer.from(JSON.stringify(element));
  } catch {
    // Too deeply nested to be written again: all of the message then.
    return payload;
  }
}

/** A value for the text of a problem: short, and never a failure. */
export function show(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return value === undefined ? "absent" : JSON.stringify(value).slice(0, 140);
}
