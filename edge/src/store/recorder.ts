import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Reading } from "@tallygate/protocol";
import { z } from "zod";
import type { TimedReading } from "../core/types.ts";
import { bytes, int, only } from "./rows.ts";

/**
 * The flight recorder: every reading as it came, one row a tick. A chunk is JSON: the devices' names once, and an array for each
 * reading with times relative to the chunk's first, without what is absent at the end.
 */
export interface RecorderLimits {
  readonly ageMaxMs: number;
  readonly bytesMax: number;
}

export interface ReadingQuery {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly deviceId?: string;
  /** Part of the EPC or of the scan. */
  readonly code?: string;
  readonly limit: number;
}

/** Chunks dropped at once, so that a tick stays short. */
const pruneChunks = 200;
const pruneEveryMs = 10_000;

export class Recorder {
  readonly #limits: RecorderLimits;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #prune: StatementSync;
  readonly #sums: StatementSync;
  #bytes: number;
  #nextPruneMs = 0;

  constructor(db: DatabaseSync, limits: RecorderLimits) {
    this.#limits = limits;
    this.#insert = db.prepare("insert into chunk (from_ms, to_ms, readings, bytes, body) values (?, ?, ?, ?, ?)");
    this.#select = db.prepare(
      "select id, from_ms, body from chunk where to_ms >= ? and from_ms <= ? order by to_ms desc, id desc",
    );
    this.#prune = db.prepare(
      `delete from chunk where id in (select id from chunk order by to_ms limit ${pruneChunks}) and (to_ms < ? or ?)`,
    );
    this.#sums = db.prepare(
      "select coalesce(sum(bytes), 0) as bytes, coalesce(sum(readings), 0) as readings from chunk",
    );
    this.#bytes = int(only(this.#sums), "bytes");
  }

  /** Part of the tick's transaction. Drops the oldest chunks when they are too old or too many. */
  append(readings: readonly TimedReading[], nowMs: number): void {
    if (readings.length > 0) {
      const { fromMs, toMs, body } = encodeChunk(readings);
      this.#insert.run(fromMs, toMs, readings.length, body.length, body);
      this.#bytes += body.length;
    }
    if (nowMs < this.#nextPruneMs && this.#bytes <= this.#limits.bytesMax) return;
    this.#nextPruneMs = nowMs + pruneEveryMs;
    const { changes } = this.#prune.run(nowMs - this.#limits.ageMaxMs, this.#bytes > this.#limits.bytesMax ? 1 : 0);
    if (Number(changes) > 0) this.#bytes = int(only(this.#sums), "bytes");
  }

  /** After a rolled back transaction. */
  reload(): void {
    this.#bytes = int(only(this.#sums), "bytes");
  }

  /** The newest readings first, by when they were received. */
  query({ fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, deviceId, code, limit }: ReadingQuery): TimedReading[] {
    const found: TimedReading[] = [];
    for (const row of this.#select.iterate(fromMs, toMs)) {
      for (const timed of decodeChunk(int(row, "from_ms"), bytes(row, "body")).reverse()) {
        const { reading } = timed;
        if (reading.receivedTimeMs < fromMs || reading.receivedTimeMs > toMs) continue;
        if (deviceId !== undefined && reading.deviceId !== deviceId) continue;
        if (code !== undefined && !(reading.epcHex ?? reading.scan ?? "").includes(code)) continue;
        found.push(timed);
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  sums(): { readonly readings: number; readonly bytes: number } {
    const row = only(this.#sums);
    return { readings: int(row, "readings"), bytes: int(row, "bytes") };
  }
}

/** Fields that few devices send stand by name at the end of a reading. */
const rare = ["scan", "tidHex", "rssiRaw", "frequencyMHz", "phaseDeg"] as const;
const ReadingRest = z.object({
  scan: z.string().optional(),
  tidHex: z.string().optional(),
  rssiRaw: z.number().optional(),
  frequencyMHz: z.number().optional(),
  phaseDeg: z.number().optional(),
});

const number = z.number().nullable().optional();
const ChunkRow = z.tuple([
  z.number(),
  z.number(),
  z.number(),
  z.string().nullable().optional(),
  number,
  number,
  number,
  number,
  number,
  ReadingRest.optional(),
]);
const Chunk = z.object({ devices: z.array(z.string()), readings: z.array(ChunkRow) });

function encodeChunk(readings: readonly TimedReading[]): { fromMs: number; toMs: number; body: Uint8Array } {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = 0;
  for (const { reading } of readings) {
    fromMs = Math.min(fromMs, reading.receivedTimeMs);
    toMs = Math.max(toMs, reading.receivedTimeMs);
  }
  const devices = new Map<string, number>();
  const rows = readings.map(timed => encodeReading(timed, fromMs, devices));
  return { fromMs, toMs, body: Buffer.from(JSON.stringify({ devices: [...devices.keys()], readings: rows })) };
}

function encodeReading(
  { reading, eventTimeMs }: TimedReading,
  fromMs: number,
  devices: Map<string, number>,
): unknown[] {
  let device = devices.get(reading.deviceId);
  if (device === undefined) {
    device = devices.size;
    devices.set(reading.deviceId, device);
  }
  const { readerTimeMs } = reading;
  const row: unknown[] = [
    device,
    reading.receivedTimeMs - fromMs,
    eventTimeMs - fromMs,
    reading.epcHex,
    reading.antenna,
    reading.rssiDbm,
    readerTimeMs === undefined ? undefined : readerTimeMs - fromMs,
    reading.readCount,
    reading.sequence,
    encodeRest(reading),
  ];
  while (row.at(-1) === undefined) row.pop();
  return row;
}

function encodeRest(reading: Reading): object | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const name of rare) {
    if (reading[name] === undefined) continue;
    rest ??= {};
    rest[name] = reading[name];
  }
  return rest;
}

function decodeChunk(fromMs: number, body: Uint8Array): TimedReading[] {
  const { devices, readings } = Chunk.parse(JSON.parse(Buffer.from(body).toString()));
  return readings.map(row => decodeReading(row, fromMs, devices));
}

function decodeReading(row: z.infer<typeof ChunkRow>, fromMs: number, devices: readonly string[]): TimedReading {
  const [device, received, event, epcHex, antenna, rssiDbm, readerTime, readCount, sequence, rest] = row;
  const present = {
    epcHex,
    antenna,
    rssiDbm,
    readerTimeMs: readerTime == null ? undefined : readerTime + fromMs,
    readCount,
    sequence,
    ...rest,
  };
  const fields = Object.fromEntries(Object.entries(present).filter(([, value]) => value != null));
  const reading = Reading.parse({ deviceId: devices[device], receivedTimeMs: fromMs + received, ...fields });
  return { reading, eventTimeMs: fromMs + event };
}
