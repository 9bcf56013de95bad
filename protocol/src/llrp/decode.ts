import { ByteReader, Malformed } from "./byte-reader.ts";
import type { Fields, Shape } from "./fields.ts";
import { limits } from "./limits.ts";
import { messageTable } from "./messages.ts";
import { parameterTable } from "./parameters.ts";
import type { Fault, Header, MessageBody, Parameter } from "./types.ts";

export const headerBytes = 10;

/** What came of one message. A part that is broken is a fault and takes no other part with it. */
export interface Decoded {
  readonly header: Header;
  /** Absent when the type is not known, or the message's own fields are broken. */
  readonly body: MessageBody | undefined;
  readonly faults: readonly Fault[];
}

type Row = Shape & { readonly name: string };
const messages = byType(messageTable);
const parameters = byType(parameterTable);

function byType(table: Readonly<Record<string, Shape>>): ReadonlyMap<number, Row> {
  return new Map(Object.entries(table).map(([name, shape]) => [shape.type, { ...shape, name }]));
}

/** Reads the header of a message from its first ten bytes (LLRP 1.1, 7.1.1). */
export function decodeHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const head = view.getUint16(0);
  return { version: (head >> 10) & 7, type: head & 0x3ff, length: view.getUint32(2), id: view.getUint32(6) };
}

/** Reads one whole message, header and all, as a framer gives it. Never throws, whatever the bytes are. */
export function decodeMessage(bytes: Uint8Array): Decoded {
  if (bytes.length < headerBytes) {
    const header = { version: 0, type: 0, length: bytes.length, id: 0 };
    return { header, body: undefined, faults: [wholeFault(bytes, `a message of ${bytes.length} bytes has no header`)] };
  }
  const header = decodeHeader(bytes);
  const end = Math.min(bytes.length, header.length);
  if (header.length !== bytes.length) {
    const detail = `the header says ${header.length} bytes, the message has ${bytes.length}`;
    return { header, body: undefined, faults: [wholeFault(bytes, detail)] };
  }
  return decodeBody(header, new ByteReader(bytes, headerBytes, end));
}

/** Reads a message without its header, as some captures keep them. Never throws. */
export function decodeBareBody(type: number, body: Uint8Array): Decoded {
  return decodeBody({ version: 1, type, length: headerBytes + body.length, id: 0 }, new ByteReader(body));
}

function decodeBody(header: Header, reader: ByteReader): Decoded {
  const row = messages.get(header.type);
  if (row === undefined) return { header, body: undefined, faults: [] };
  const faults: Fault[] = [];
  try {
    const values = readFields(reader, row.fields);
    if (row.nests) values["parameters"] = readOuterParameters(reader, faults);
    // The table that the values were read by is the one that the type is made of.
    return { header, body: { name: row.name, ...values } as MessageBody, faults };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { header, body: undefined, faults: [wholeFault(reader.bytes, `${row.name} ${error.message}`)] };
  }
}

function wholeFault(bytes: Uint8Array, detail: string): Fault {
  return { offset: 0, length: bytes.length, detail };
}

function readFields(reader: ByteReader, fields: Fields): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in fields) {
    const kind = fields[name] ?? 0;
    if (typeof kind === "number") reader.bits(kind);
    else values[name] = reader.field(kind);
  }
  return values;
}

/**
 * The parameters right under a message. One that is broken inside is left out and the next one is read; where the length
 * of one cannot be believed, nothing behind it can be found.
 */
function readOuterParameters(reader: ByteReader, faults: Fault[]): Parameter[] {
  const found: Parameter[] = [];
  while (reader.left > 0) {
    const from = reader.at;
    try {
      const parameter = readParameter(reader, 1);
      if (parameter !== undefined) found.push(parameter);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const isLost = reader.at === from;
      const length = (isLost ? reader.end : reader.at) - from;
      addFault(faults, { offset: from, length, detail: error.message });
      if (isLost) break;
    }
  }
  return found;
}

function addFault(faults: Fault[], fault: Fault): void {
  const last = faults[limits.faultsMax - 1];
  if (last === undefined) faults.push(fault);
  else faults[limits.faultsMax - 1] = { ...last, detail: "this and others behind it could not be read" };
}

function readInnerParameters(reader: ByteReader, depth: number): Parameter[] {
  const found: Parameter[] = [];
  while (reader.left > 0) {
    const parameter = readParameter(reader, depth);
    if (parameter !== undefined) found.push(parameter);
  }
  return found;
}

/** Leaves the reader behind the parameter, also when it throws because of what is in it; at its start when the length is wrong. */
function readParameter(reader: ByteReader, depth: number): Parameter | undefined {
  const first = reader.bytes[reader.at] ?? 0;
  return (first & 0x80) === 0 ? readTlv(reader, depth) : readTv(reader, first & 0x7f);
}

/** TV: one byte of type, no length. One that is not known has no end. */
function readTv(reader: ByteReader, type: number): Parameter {
  const row = parameters.get(type);
  if (row === undefined) throw new Malformed(`TV parameter ${type} at ${reader.at} is not known, so its end is not`);
  const from = reader.at;
  reader.at++;
  try {
    return { name: row.name, ...readFields(reader, row.fields) } as Parameter;
  } catch (error) {
    reader.at = from;
    throw error;
  }
}

/** TLV: 6 reserved bits, 10 of type, 16 of the length that counts these four bytes. */
function readTlv(reader: ByteReader, depth: number): Parameter | undefined {
  const { bytes, at: from, left } = reader;
  if (left < 4) throw new Malformed(`${left} bytes at ${from} are no parameter`);
  const type = (((bytes[from] ?? 0) & 3) << 8) | (bytes[from + 1] ?? 0);
  const length = ((bytes[from + 2] ?? 0) << 8) | (bytes[from + 3] ?? 0);
  if (length < 4) throw new Malformed(`parameter ${type} at ${from} has the length ${length}, below its own head`);
  if (length > left) throw new Malformed(`parameter ${type} at ${from} has ${length} bytes where ${left} are left`);
  const inside = reader.part(from + 4, from + length);
  const row = parameters.get(type);
  if (row === undefined || type < 128) return undefined;
  if (depth > limits.depthMax) throw new Malformed(`parameter ${type} at ${from} is nested too deeply`);
  const values = readFields(inside, row.fields);
  if (row.nests) values["parameters"] = readInnerParameters(inside, depth + 1);
  return { name: row.name, ...values } as Parameter;
}
