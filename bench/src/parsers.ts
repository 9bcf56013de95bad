import { limits } from "@tallygate/protocol";
import type { Bench } from "./bench.ts";
import { type Format, formats, openReader } from "./formats.ts";
import { median, type Report } from "./report.ts";

const rounds = 5;
/** Readings in one message or chunk: one by one, as from a quiet reader, up to what a replay brings at once. */
const batches = [1, 10, 100, 400, 1000];
/** What one chunk of a port or socket has at most. */
const chunkBytes = 4096;

/** Something that is done again and again, and how many readings each time brings. */
interface Work {
  readonly readings: number;
  run(): void;
}

/** Readings a second of one core, from bytes to readings, beside JSON.parse of the same bytes, or their copy where they are no JSON. */
export const parsers: Bench = {
  summary: "Readings out of each device format, against JSON.parse or a copy of the same bytes",
  run: async (report, { brief }) => {
    for (const format of formats()) {
      const isJson = format.good[0] === 0x7b;
      const fitting = batches.filter(batch => batch * (format.good.length + 1) < limits.deviceMessageBytesMax);
      for (const batch of isJson ? fitting : format.device.transport === "mqtt" ? [1] : [1, 0])
        measure(format, batch, report, brief);
    }
  },
};

/** `batch` 0: as many as fill a chunk. */
function measure(format: Format, batch: number, report: Report, brief: boolean): void {
  const isJson = format.good[0] === 0x7b;
  const bytes = bytesFor(format, batch, isJson);
  const ours = reading(format, bytes);
  const reference = isJson ? jsonParse(bytes, ours.readings) : copy(bytes, ours.readings);
  const durationMs = brief ? 10 : 200;
  perSecond(ours, durationMs);
  perSecond(reference, durationMs);
  const rates = Array.from({ length: brief ? 1 : rounds }, () => ({
    ours: perSecond(ours, durationMs),
    reference: perSecond(reference, durationMs),
  }));
  const what = isJson ? `${batch} a message` : `${bytes.length} bytes at a time`;
  report({
    bench: "parsers",
    metric: `${format.name}, ${what}`,
    value: median(rates.map(rate => rate.ours)),
    unit: "readings/s",
    reference: { name: isJson ? "JSON.parse" : "a copy", value: median(rates.map(rate => rate.reference)) },
  });
}

function bytesFor({ good }: Format, batch: number, isJson: boolean): Buffer {
  if (batch === 1) return good;
  if (isJson) return Buffer.from(`[${Array.from({ length: batch }, () => good.toString()).join()}]`);
  return Buffer.concat(Array.from({ length: Math.max(1, Math.floor(chunkBytes / good.length)) }, () => good));
}

function reading(format: Format, bytes: Buffer): Work {
  const read = openReader(format);
  const count = () => {
    let found = 0;
    for (const { readings, refused } of read(bytes)) found = refused.length > 0 ? Number.NaN : found + readings.length;
    return found;
  };
  const readings = count();
  const run = () => {
    const found = count();
    if (found !== readings || found === 0)
      throw new Error(`${format.name} made ${found} readings of ${bytes.length} bytes`);
  };
  return { readings, run };
}

function jsonParse(bytes: Buffer, readings: number): Work {
  return { readings, run: () => void JSON.parse(bytes.toString()) };
}

function copy(bytes: Buffer, readings: number): Work {
  return { readings, run: () => void Buffer.from(bytes) };
}

function perSecond({ readings, run }: Work, durationMs: number): number {
  const began = performance.now();
  let times = 0;
  let elapsedMs = 0;
  // The clock is looked at seldom: it costs more than a short frame.
  for (; elapsedMs < durationMs; elapsedMs = performance.now() - began) {
    for (let i = 0; i < 16; i++) run();
    times += 16;
  }
  return (times * readings * 1000) / elapsedMs;
}
