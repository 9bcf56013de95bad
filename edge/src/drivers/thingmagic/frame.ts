import { crc16ThingMagic } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

const head = 0xff;

export const opcodes = {
  readTags: 0x22,
  multiProtocol: 0x2f,
  boot: 0x04,
  antenna: 0x91,
  power: 0x92,
  protocol: 0x93,
  region: 0x97,
  configuration: 0x9a,
} as const;

/**
 * `FF length opcode [status(2)] data crc(2)`; the length counts the data, the CRC is over all behind FF. A module sends answers, which
 * have the status; a host sends commands, which have none, and nothing else tells one from the other.
 */
export function thingmagicFormat(kind: "command" | "answer"): FrameFormat {
  const around = kind === "answer" ? 7 : 5;
  return {
    name: "ThingMagic",
    bytesMax: 255 + around,
    sizeAt(bytes, from, to) {
      if (bytes[from] !== head) return 0;
      if (to - from < 2) return undefined;
      const size = (bytes[from + 1] ?? 0) + around;
      if (to - from < size) return undefined;
      const crcAt = from + size - 2;
      return crc16ThingMagic(bytes, from + 1, crcAt) === bytes.readUInt16BE(crcAt) ? size : 0;
    },
  };
}

export interface ThingmagicAnswer {
  readonly opcode: number;
  readonly status: number;
  readonly data: Buffer;
}

export function readThingmagic(frame: Buffer): ThingmagicAnswer {
  return { opcode: frame[2] ?? 0, status: frame.readUInt16BE(3), data: frame.subarray(5, -2) };
}

export function writeThingmagic(opcode: number, data: readonly number[], status?: number): Buffer {
  const said = status === undefined ? [] : [status >> 8, status & 0xff];
  const frame = Buffer.from([head, data.length, opcode, ...said, ...data, 0, 0]);
  frame.writeUInt16BE(crc16ThingMagic(frame, 1, frame.length - 2), frame.length - 2);
  return frame;
}

/** What a continuous read tells of one tag. */
export interface ThingmagicTag {
  readonly readCount: number | undefined;
  readonly rssiDbm: number | undefined;
  /** Antenna that sent in the upper half, antenna that heard in the lower one. */
  readonly antennas: number | undefined;
  readonly frequencyKHz: number | undefined;
  /** Milliseconds since the read began. */
  readonly sinceMs: number | undefined;
  readonly protocolControl: number;
  readonly epc: Buffer;
  readonly epcCrc: number;
}

/** What may stand before the EPC, by its bit in the metadata flags, in this order (Mercury API, TMR_TRD_METADATA_FLAG). */
const parts = [
  { name: "readCount", bit: 0x001, bytes: 1 },
  { name: "rssi", bit: 0x002, bytes: 1 },
  { name: "antennas", bit: 0x004, bytes: 1 },
  { name: "frequency", bit: 0x008, bytes: 3 },
  { name: "since", bit: 0x010, bytes: 4 },
  { name: "phase", bit: 0x020, bytes: 2 },
  { name: "protocol", bit: 0x040, bytes: 1 },
  { name: "dataBits", bit: 0x080, bytes: 2 },
  { name: "gpio", bit: 0x100, bytes: 1 },
] as const;
const knownFlags = 0x1ff;

/** Options, search flags (2), metadata flags (2), kind of report; 1 is a tag. */
const headBytes = 6;
export const tagReport = 1;

/** The tag of a report; `undefined` when its parts do not fit its length. */
export function readTag(data: Buffer): ThingmagicTag | undefined {
  if (data.length < headBytes) return undefined;
  const flags = data.readUInt16BE(3);
  if ((flags & ~knownFlags) !== 0) return undefined;
  const values = new Map<(typeof parts)[number]["name"], number>();
  let at = headBytes;
  for (const { name, bit, bytes } of parts) {
    if ((flags & bit) === 0) continue;
    if (at + bytes > data.length) return undefined;
    const value = data.readUIntBE(at, bytes);
    values.set(name, value);
    at += bytes + (name === "dataBits" ? Math.ceil(value / 8) : 0);
  }
  // Bits of the EPC with its protocol control word and CRC.
  if (at + 6 > data.length) return undefined;
  const bits = data.readUInt16BE(at);
  if (bits % 8 !== 0 || bits < 32 || at + 2 + bits / 8 !== data.length) return undefined;
  const rssi = values.get("rssi");
  return {
    readCount: values.get("readCount"),
    rssiDbm: rssi === undefined ? undefined : (rssi << 24) >> 24,
    antennas: values.get("antennas"),
    frequencyKHz: values.get("frequency"),
    sinceMs: values.get("since"),
    protocolControl: data.readUInt16BE(at + 2),
    epc: data.subarray(at + 4, -2),
    epcCrc: data.readUInt16BE(data.length - 2),
  };
}
