import { llrp } from "@tallygate/protocol";

const { allOf, firstOf } = llrp;

/** What of a reader's capabilities decides what it is told. Where it did not say, the fields are empty. */
export interface Capabilities {
  readonly supportsHolding: boolean;
  readonly canWarnOfFullBuffer: boolean;
  readonly inputs: number;
  readonly powers: readonly { readonly index: number; readonly dbm: number }[];
  readonly hopTableId: number | undefined;
  /** By channel index, which counts from 1. */
  readonly frequenciesKHz: readonly number[];
}

export const noCapabilities: Capabilities = {
  supportsHolding: false,
  canWarnOfFullBuffer: false,
  inputs: 0,
  powers: [],
  hopTableId: undefined,
  frequenciesKHz: [],
};

/** Reads GET_READER_CAPABILITIES_RESPONSE (LLRP 1.1, 10.2). */
export function capabilitiesOf(parameters: readonly llrp.Parameter[]): Capabilities {
  const llrpCan = firstOf(parameters, "LLRPCapabilities");
  const general = firstOf(parameters, "GeneralDeviceCapabilities")?.parameters;
  const regulatory = firstOf(parameters, "RegulatoryCapabilities")?.parameters;
  const band = firstOf(regulatory, "UHFBandCapabilities")?.parameters;
  const frequencies = firstOf(band, "FrequencyInformation")?.parameters;
  const hopTable = firstOf(frequencies, "FrequencyHopTable");
  const fixed = firstOf(frequencies, "FixedFrequencyTable");
  return {
    supportsHolding: llrpCan?.supportsHolding ?? false,
    canWarnOfFullBuffer: llrpCan?.canWarnOfFullBuffer ?? false,
    inputs: firstOf(general, "GPIOCapabilities")?.inputs ?? 0,
    powers: allOf(band, "TransmitPowerLevelTableEntry").map(({ index, powerCdbm }) => ({
      index,
      dbm: powerCdbm / 100,
    })),
    hopTableId: hopTable?.hopTableId,
    frequenciesKHz: (hopTable ?? fixed)?.frequenciesKHz ?? [],
  };
}

/** The index of the highest level that is not above, or of the lowest of all. */
export function powerIndex({ powers }: Capabilities, dbm: number): number | undefined {
  const byPower = powers.toSorted((left, right) => left.dbm - right.dbm);
  return (byPower.findLast(level => level.dbm <= dbm) ?? byPower[0])?.index;
}
