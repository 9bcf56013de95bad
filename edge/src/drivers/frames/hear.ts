import type { DeviceId, Reading } from "@tallygate/protocol";
import { refuseInto, type Signal } from "../driver.ts";
import { normaliseEpc } from "../epc.ts";
import { limits } from "../limits.ts";
import type { Heard } from "./decoder.ts";

/** Adds a tag's reading, or refuses an EPC that is no whole number of words. Fields that are `undefined` are left out. */
export function hearTag(
  heard: Heard,
  frame: Buffer,
  epc: Buffer,
  fields: { readonly deviceId: DeviceId; readonly receivedTimeMs: number } & {
    readonly [Name in "antenna" | "rssiDbm" | "rssiRaw" | "frequencyMHz" | "readCount"]?: number | undefined;
  },
): void {
  const epcHex = normaliseEpc(epc.toString("hex"));
  if (epcHex === undefined) {
    const detail = `The EPC has ${epc.length} bytes; it must have whole words of 2 bytes, from 1 to 31 of them.`;
    refuseInto(heard, "reading.epc", detail, frame);
    return;
  }
  const { deviceId, receivedTimeMs, antenna, rssiDbm, rssiRaw, frequencyMHz, readCount } = fields;
  const reading: Reading = {
    deviceId,
    ...(antenna === undefined ? {} : { antenna }),
    epcHex,
    ...(rssiDbm === undefined ? {} : { rssiDbm }),
    ...(rssiRaw === undefined ? {} : { rssiRaw }),
    ...(readCount === undefined ? {} : { readCount }),
    ...(frequencyMHz === undefined ? {} : { frequencyMHz }),
    receivedTimeMs,
  };
  heard.readings.push(reading);
}

/** Adds a signal; those beyond the limit of one message are not looked at. */
export function say(heard: Heard, signal: Signal): void {
  if (heard.signals.length < limits.messageSignalsMax) heard.signals.push(signal);
}

/** Has the device told something at once. */
export function tell(heard: Heard, bytes: Uint8Array): void {
  heard.replies.push({ bytes, after: "now" });
}

/** Bytes of an EPC by its protocol control word: its five first bits count words (Gen2 6.3.2.1.2.2). */
export function epcBytesOf(protocolControl: number): number {
  return 2 * (protocolControl >> 11);
}

/** A byte as people write it in makers' tables: `0x15`. */
export function hexByte(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
