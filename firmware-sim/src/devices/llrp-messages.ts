import { llrp } from "@tallygate/protocol";
import { epcCrcHex, protocolControlHex } from "./gen2.ts";
import type { RoSpec } from "./llrp-rospecs.ts";

const { statuses } = llrp;

/** What the reader heard of one tag in one round. */
export interface HeardTag {
  readonly epcHex: string;
  readonly antenna: number;
  readonly rssiDbm: number;
  readonly reads: number;
  /** By the reader's own clock, in milliseconds since 1970 UTC. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly channelIndex: number;
}

/** TagReportData with what the ROSpec asks for (LLRP 1.1, 14.2.3). */
export function tagReport(tag: HeardTag, contents: RoSpec["contents"]): llrp.Parameter {
  const { epcHex } = tag;
  const epc = new Uint8Array(Buffer.from(epcHex, "hex"));
  const has = contents ?? noContents;
  const memory = llrp.firstOf(contents?.parameters, "C1G2EPCMemorySelector");
  const parameters: llrp.Parameter[] = [
    epc.length === 12 ? { name: "EPC96", epc } : { name: "EPCData", epc: { bitCount: epc.length * 8, bytes: epc } },
  ];
  if (has.antenna) parameters.push({ name: "AntennaID", antennaId: tag.antenna });
  if (has.peakRssi) parameters.push({ name: "PeakRSSI", dbm: Math.max(-128, Math.round(tag.rssiDbm)) });
  if (has.channel) parameters.push({ name: "ChannelIndex", channelIndex: tag.channelIndex });
  if (has.firstSeen) parameters.push({ name: "FirstSeenTimestampUTC", micros: micros(tag.firstSeenMs) });
  if (has.lastSeen) parameters.push({ name: "LastSeenTimestampUTC", micros: micros(tag.lastSeenMs) });
  if (has.seenCount) parameters.push({ name: "TagSeenCount", count: tag.reads });
  if (memory?.pc) parameters.push({ name: "C1G2PC", pc: Number.parseInt(protocolControlHex(epcHex), 16) });
  if (memory?.crc) parameters.push({ name: "C1G2CRC", crc: Number.parseInt(epcCrcHex(epcHex), 16) });
  return { name: "TagReportData", parameters };
}

const noContents = {
  antenna: false,
  peakRssi: false,
  channel: false,
  firstSeen: false,
  lastSeen: false,
  seenCount: false,
};

export function micros(timeMs: number): bigint {
  return BigInt(Math.round(timeMs)) * 1000n;
}

export function statusOf(status: number): llrp.Parameter {
  return { name: "LLRPStatus", status, description: "", parameters: [] };
}

/** READER_EVENT_NOTIFICATION. */
export function notification(event: llrp.Parameter, readerMs: number): llrp.MessageBody {
  const time: llrp.Parameter = { name: "UTCTimestamp", micros: micros(readerMs) };
  return {
    name: "READER_EVENT_NOTIFICATION",
    parameters: [{ name: "ReaderEventNotificationData", parameters: [time, event] }],
  };
}

/** Channels of the lower ETSI band, kHz (EN 302 208). */
export const channelsKHz = [865_700, 866_300, 866_900, 867_500] as const;
/** From 10 to 30 dBm in steps of a quarter. */
const powerLevels = 81;

/** GET_READER_CAPABILITIES_RESPONSE of a fixed reader in Europe. */
export function capabilities(antennas: number, inputs: number): llrp.MessageBody {
  const powers = Array.from({ length: powerLevels }, (_, index): llrp.Parameter => {
    return { name: "TransmitPowerLevelTableEntry", index: index + 1, powerCdbm: 1000 + 25 * index };
  });
  const frequencies: llrp.Parameter = {
    name: "FrequencyInformation",
    hopping: false,
    parameters: [{ name: "FixedFrequencyTable", frequenciesKHz: channelsKHz }],
  };
  return {
    name: "GET_READER_CAPABILITIES_RESPONSE",
    parameters: [
      statusOf(statuses.success),
      {
        name: "GeneralDeviceCapabilities",
        antennasMax: antennas,
        canSetAntennaProperties: false,
        hasUtcClock: true,
        manufacturer: 0,
        model: 0,
        firmware: "tallygate-sim",
        parameters: [{ name: "GPIOCapabilities", inputs, outputs: 0 }],
      },
      {
        name: "LLRPCapabilities",
        canSurvey: false,
        canWarnOfFullBuffer: true,
        supportsClientRequests: false,
        supportsStateAwareSingulation: false,
        supportsHolding: true,
        priorityMax: 0,
        clientRequestTimeoutMs: 0,
        roSpecsMax: 8,
        specsMax: 1,
        inventorySpecsMax: 1,
        accessSpecsMax: 0,
        opSpecsMax: 0,
      },
      {
        name: "RegulatoryCapabilities",
        country: 276,
        standard: 2,
        parameters: [{ name: "UHFBandCapabilities", parameters: [...powers, frequencies] }],
      },
    ],
  };
}
