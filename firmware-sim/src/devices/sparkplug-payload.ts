/** Types of metrics (Eclipse Sparkplug 3.0.0, 6.4.16) with the field of the metric that holds the value. */
const kinds = {
  int32: { datatype: 3, field: 10 },
  uint64: { datatype: 8, field: 11 },
  boolean: { datatype: 11, field: 14 },
  string: { datatype: 12, field: 15 },
} as const;

export interface Metric {
  /** Births have a name; data has the alias alone, which its birth gave. */
  readonly name?: string;
  readonly alias?: number;
  readonly timestampMs: number;
  readonly kind: keyof typeof kinds;
  readonly value: number | boolean | string;
}

/** A payload of Sparkplug B (sparkplug_b.proto of Eclipse Tahu). A last will has no `seq`. */
export function encodePayload(timestampMs: number, metrics: readonly Metric[], seq?: number): Buffer {
  return Buffer.concat([
    numberField(1, timestampMs),
    ...metrics.map(metric => bytesField(2, encodeMetric(metric))),
    ...(seq === undefined ? [] : [numberField(3, seq)]),
  ]);
}

function encodeMetric({ name, alias, timestampMs, kind, value }: Metric): Buffer {
  const { datatype, field } = kinds[kind];
  return Buffer.concat([
    ...(name === undefined ? [] : [bytesField(1, Buffer.from(name))]),
    ...(alias === undefined ? [] : [numberField(2, alias)]),
    numberField(3, timestampMs),
    numberField(4, datatype),
    typeof value === "string"
      ? bytesField(field, Buffer.from(value))
      : numberField(field, kind === "int32" ? Number(value) >>> 0 : Number(value)),
  ]);
}

function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
