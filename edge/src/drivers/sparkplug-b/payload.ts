import { limits } from "./limits.ts";
import { ProtoReader, ProtoWriter, Unreadable } from "./protobuf.ts";

/** The types of metrics that need a conversion (Eclipse Sparkplug 3.0.0, 6.4.16). */
export const datatypes = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  boolean: 11,
  dateTime: 13,
} as const;

/** A value as it stands on the wire; {@link typed} makes of a whole number what its metric's type says. */
export type Raw = number | bigint | string | boolean | Buffer | DataSet | Template;

/** A table: a row per thing that was read, for instance. */
export interface DataSet {
  readonly kind: "table";
  readonly columns: readonly string[];
  readonly types: readonly number[];
  readonly rows: readonly (readonly (Raw | undefined)[])[];
}

/** A structure: metrics in a metric. */
export interface Template {
  readonly kind: "template";
  readonly metrics: readonly Metric[];
}

export interface Metric {
  /** Absent where the metric is named by its alias only. */
  readonly name?: string;
  readonly alias?: bigint;
  readonly timestampMs?: number;
  /** Births have it; data messages may leave it out. */
  readonly datatype?: number;
  /** Absent: null, or of a kind that is not read. */
  readonly raw?: Raw;
}

export interface Payload {
  readonly timestampMs?: number;
  readonly seq?: number;
  readonly metrics: readonly Metric[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads a Sparkplug B payload (Eclipse Sparkplug 3.0.0, 6.4; sparkplug_b.proto). Throws {@link Unreadable}. */
export function decodePayload(bytes: Uint8Array): Payload {
  const metrics: Metric[] = [];
  const payload: Writable<Payload> = { metrics };
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field === 1) payload.timestampMs = timeOf(reader.uint64());
    else if (field === 2) pushWithin(metrics, decodeMetric(reader.bytes(), 0), limits.metricsMax, "metrics");
    else if (field === 3) payload.seq = Number(reader.uint64());
    else reader.skip();
  }
  return payload;
}

function decodeMetric(bytes: Uint8Array, depth: number): Metric {
  const metric: Writable<Metric> = {};
  let isNull = false;
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field === 1) metric.name = reader.text();
    else if (field === 2) metric.alias = reader.uint64();
    else if (field === 3) metric.timestampMs = timeOf(reader.uint64());
    else if (field === 4) metric.datatype = reader.uint32();
    else if (field === 7) isNull = reader.bool();
    else {
      const raw = decodeValue(reader, field, depth);
      if (raw !== undefined) metric.raw = raw;
    }
  }
  if (isNull) delete metric.raw;
  return metric;
}

/** Fields 10 to 18 of a metric. */
function decodeValue(reader: ProtoReader, field: number, depth: number): Raw | undefined {
  if (field === 17) return decodeTable(reader.bytes());
  if (field === 18) return decodeTemplate(reader.bytes(), depth + 1);
  if (field === 16) return reader.bytes();
  return decodeScalar(reader, field - 9);
}

/** The scalar kinds have the same order in metrics (from 10) and in tables (from 1). */
function decodeScalar(reader: ProtoReader, kind: number): Raw | undefined {
  switch (kind) {
    case 1:
      return reader.uint32();
    case 2:
      return reader.uint64();
    case 3:
      return reader.float();
    case 4:
      return reader.double();
    case 5:
      return reader.bool();
    case 6:
      return reader.text();
    default:
      reader.skip();
      return undefined;
  }
}

function decodeTemplate(bytes: Uint8Array, depth: number): Template {
  if (depth > limits.templateDepthMax) throw new Unreadable("templates are nested too deeply");
  const metrics: Metric[] = [];
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field === 2) pushWithin(metrics, decodeMetric(reader.bytes(), depth), limits.metricsMax, "metrics");
    else reader.skip();
  }
  return { kind: "template", metrics };
}

function decodeTable(bytes: Uint8Array): DataSet {
  const columns: string[] = [];
  const types: number[] = [];
  const rows: (readonly (Raw | undefined)[])[] = [];
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field === 2) pushWithin(columns, reader.text(), limits.columnsMax, "columns");
    else if (field === 3) types.push(...reader.uint32s().slice(0, limits.columnsMax));
    else if (field === 4) pushWithin(rows, decodeRow(reader.bytes()), limits.rowsMax, "rows");
    else reader.skip();
  }
  return { kind: "table", columns, types, rows };
}

function decodeRow(bytes: Uint8Array): readonly (Raw | undefined)[] {
  const row: (Raw | undefined)[] = [];
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field === 1) pushWithin(row, decodeCell(reader.bytes()), limits.columnsMax, "elements in a row");
    else reader.skip();
  }
  return row;
}

function decodeCell(bytes: Uint8Array): Raw | undefined {
  let raw: Raw | undefined;
  const reader = new ProtoReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) raw = decodeScalar(reader, field);
  return raw;
}

function pushWithin<T>(list: T[], value: T, max: number, what: string): void {
  if (list.length >= max) throw new Unreadable(`there are more than ${max} ${what}`);
  list.push(value);
}

function timeOf(ms: bigint): number {
  return Number(ms);
}

/** A plain value of a metric or of a table's cell: bytes as upper-case hexadecimal, whole numbers with the sign of their type. */
export function typed(raw: Raw | undefined, datatype: number | undefined): string | number | boolean | undefined {
  if (typeof raw === "bigint") return Number(datatype === datatypes.int64 ? BigInt.asIntN(64, raw) : raw);
  if (typeof raw === "number") return signed(raw, datatype);
  if (Buffer.isBuffer(raw)) return raw.toString("hex").toUpperCase();
  return typeof raw === "object" ? undefined : raw;
}

/** Small signed numbers come as two's complement of 32 bits, or of their own size from some encoders. */
function signed(value: number, datatype: number | undefined): number {
  if (datatype === datatypes.int8) return (value << 24) >> 24;
  if (datatype === datatypes.int16) return (value << 16) >> 16;
  return datatype === datatypes.int32 ? value | 0 : value;
}

/** The command that makes a node send its births again (Eclipse Sparkplug 3.0.0, 6.4.23: Node Control/Rebirth). */
export function encodeRebirth(timestampMs: number): Buffer {
  const metric = new ProtoWriter()
    .bytes(1, "Node Control/Rebirth")
    .uint(3, timestampMs)
    .uint(4, datatypes.boolean)
    .bool(14, true)
    .finish();
  return new ProtoWriter().uint(1, timestampMs).bytes(2, metric).finish();
}
