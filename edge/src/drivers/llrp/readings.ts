import { type DeviceId, llrp, type ProblemCode, type Reading } from "@tallygate/protocol";
import { normaliseEpc } from "../epc.ts";

const { firstOf } = llrp;

export interface TagContext {
  readonly deviceId: DeviceId;
  readonly receivedTimeMs: number;
  /** Frequencies by channel index, from 1, in kHz. */
  readonly frequenciesKHz: readonly number[];
  /** When the reader started, for readers that have no clock on the wall. */
  readonly startedTimeMs: number | undefined;
}

/** Why a tag of a report is no reading. */
export interface TagFault {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** The end of the year 9999, where readings end. */
const timeMaxMs = 253_402_300_799_999;
const antennaMax = 1024;

/** One tag of a report (LLRP 1.1, 14.2.3). What the reader did not send is absent. */
export function readingOf(parameters: readonly llrp.Parameter[], context: TagContext): Reading | TagFault {
  const epcHex = epcOf(parameters);
  if (typeof epcHex !== "string") return epcHex;
  const reading: Reading = { deviceId: context.deviceId, epcHex, receivedTimeMs: context.receivedTimeMs };
  const antenna = firstOf(parameters, "AntennaID")?.antennaId ?? 0;
  if (antenna > antennaMax) return { code: "message.shape", detail: `${antenna} is no antenna.` };
  if (antenna > 0) reading.antenna = antenna;
  const rssiDbm = firstOf(parameters, "PeakRSSI")?.dbm;
  if (rssiDbm !== undefined) reading.rssiDbm = rssiDbm;
  const readCount = firstOf(parameters, "TagSeenCount")?.count ?? 0;
  if (readCount > 0) reading.readCount = readCount;
  const channel = firstOf(parameters, "ChannelIndex")?.channelIndex ?? 0;
  const frequencyKHz = channel > 0 ? context.frequenciesKHz[channel - 1] : undefined;
  if (frequencyKHz !== undefined) reading.frequencyMHz = frequencyKHz / 1000;
  const readerTimeMs = timeOf(parameters, context.startedTimeMs);
  if (readerTimeMs !== undefined) reading.readerTimeMs = readerTimeMs;
  return reading;
}

function epcOf(parameters: readonly llrp.Parameter[]): string | TagFault {
  const usual = firstOf(parameters, "EPC96");
  const other = firstOf(parameters, "EPCData")?.epc;
  const bytes = usual?.epc ?? other?.bytes;
  if (bytes === undefined) return { code: "message.no_tag", detail: "A tag of the report has no EPC." };
  const bitCount = other === undefined || usual !== undefined ? bytes.length * 8 : other.bitCount;
  const hex = Buffer.from(bytes).toString("hex");
  const epcHex = bitCount % 16 === 0 ? normaliseEpc(hex) : undefined;
  const detail = `${bitCount} bits, ${hex.slice(0, 64).toUpperCase()}, are no EPC of whole words.`;
  return epcHex ?? { code: "reading.epc", detail };
}

/** When the tag was seen first, or else last, in milliseconds; where the reader has no clock, by when it started. */
function timeOf(parameters: readonly llrp.Parameter[], startedTimeMs: number | undefined): number | undefined {
  const utc = firstOf(parameters, "FirstSeenTimestampUTC") ?? firstOf(parameters, "LastSeenTimestampUTC");
  // Zero is what readers send before their clock is set.
  if (utc !== undefined) return utc.micros === 0n ? undefined : believable(Number(utc.micros / 1000n));
  const uptime = firstOf(parameters, "FirstSeenTimestampUptime") ?? firstOf(parameters, "LastSeenTimestampUptime");
  if (uptime === undefined || startedTimeMs === undefined) return undefined;
  return believable(startedTimeMs + Number(uptime.micros / 1000n));
}

function believable(timeMs: number): number | undefined {
  return timeMs >= 0 && timeMs <= timeMaxMs ? timeMs : undefined;
}
