import { type MessageContext, nothingParsed, type Parsed } from "../drivers/driver.ts";
import type { MessageDevice } from "../drivers/index.ts";
import { linesOf } from "../drivers/json-message.ts";
import { limits as drivers } from "../drivers/limits.ts";

export interface Body {
  readonly bytes: Uint8Array;
  /** There was more; `bytes` is the beginning. */
  readonly cut: boolean;
}

/** Reads a body up to a limit, and no further: what comes after is not taken from the connection. */
export async function readBody(stream: ReadableStream<Uint8Array> | null, bytesMax: number): Promise<Body> {
  if (stream === null) return { bytes: new Uint8Array(), cut: false };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > bytesMax) return { bytes: Buffer.concat(chunks).subarray(0, bytesMax), cut: true };
  }
  return { bytes: Buffer.concat(chunks), cut: false };
}

/** Parses a body: one message in the device's format, or one on each line (NDJSON), with the limits of one message over all. */
export function parseBody(device: MessageDevice, bytes: Uint8Array, context: MessageContext): Parsed {
  const lines = linesOf(bytes);
  const [only] = lines;
  if (lines.length <= 1) return device.parse(only ?? bytes, context);
  const parsed = nothingParsed();
  for (const line of lines) {
    const { readings, refused, signals } = device.parse(line, context);
    const room = drivers.messageReadingsMax - parsed.readings.length;
    parsed.readings.push(...readings.slice(0, room));
    // What is too much of one body is refused with its line, so that nothing goes without a trace.
    const over = readings.length > room ? overOf(line) : [];
    parsed.refused.push(...[...refused, ...over].slice(0, drivers.messageRefusedMax - parsed.refused.length));
    parsed.signals.push(...signals.slice(0, drivers.messageSignalsMax - parsed.signals.length));
  }
  return parsed;
}

function overOf(line: Uint8Array): Parsed["refused"] {
  const detail = `There are more than ${drivers.messageReadingsMax} readings in one body; send less at once.`;
  const bytes = Uint8Array.prototype.slice.call(line, 0, drivers.refusedBytesMax);
  return [{ problem: { code: "message.too_large", detail }, bytes }];
}
