import { llrp } from "@tallygate/protocol";

const { codes, statuses } = llrp;

export interface FakeReaderOptions {
  /** What it says in its greeting. */
  readonly attempt?: number;
  readonly knows1_1?: boolean;
  readonly supportsHolding?: boolean;
  /** Requests that it refuses, and those that it does not answer. */
  readonly refuses?: readonly llrp.MessageName[];
  readonly ignores?: readonly llrp.MessageName[];
}

/** For tests: a reader as the other side of a session, bytes in and bytes out. It answers what the standard says, and no more. */
export class FakeReader {
  readonly #options: FakeReaderOptions;
  readonly #framer = new llrp.Framer();
  /** What the client sent, in order, with the version in its header. */
  readonly heard: (llrp.MessageBody & { readonly version: number; readonly id: number })[] = [];

  constructor(options: FakeReaderOptions = {}) {
    this.#options = options;
  }

  get names(): readonly llrp.MessageName[] {
    return this.heard.map(({ name }) => name);
  }

  greet(): Uint8Array {
    const { attempt = codes.connectionAccepted } = this.#options;
    return event({ name: "ConnectionAttemptEvent", status: attempt });
  }

  push(bytes: Uint8Array): readonly Uint8Array[] {
    return this.#framer.push(bytes).flatMap(message => {
      const { header, body } = llrp.decodeMessage(message);
      if (body === undefined) throw new Error(`the client sent a message of type ${header.type}`);
      this.heard.push({ ...body, version: header.version, id: header.id });
      const answer = this.#answerTo(body);
      return answer === undefined ? [] : [llrp.encodeMessage(answer, { version: header.version, id: header.id })];
    });
  }

  #answerTo(body: llrp.MessageBody): llrp.MessageBody | undefined {
    const { refuses = [], ignores = [], knows1_1 = true } = this.#options;
    if (ignores.includes(body.name)) return undefined;
    const good = status(statuses.success);
    if (refuses.includes(body.name)) {
      return { name: "ERROR_MESSAGE", parameters: [status(statuses.parameterError, "not here")] };
    }
    switch (body.name) {
      case "GET_SUPPORTED_VERSION":
        return knows1_1
          ? { name: "GET_SUPPORTED_VERSION_RESPONSE", currentVersion: 1, supportedVersion: 2, parameters: [good] }
          : { name: "ERROR_MESSAGE", parameters: [status(statuses.unsupportedVersion)] };
      case "GET_READER_CAPABILITIES":
        return { name: "GET_READER_CAPABILITIES_RESPONSE", parameters: [good, ...this.#capabilities()] };
      case "GET_READER_CONFIG":
        return { name: "GET_READER_CONFIG_RESPONSE", parameters: [good, antenna(1, true), antenna(2, false)] };
      case "SET_PROTOCOL_VERSION":
      case "SET_READER_CONFIG":
      case "ADD_ROSPEC":
      case "DELETE_ROSPEC":
      case "START_ROSPEC":
      case "ENABLE_ROSPEC":
      case "DELETE_ACCESSSPEC":
      case "CLOSE_CONNECTION":
        return { name: `${body.name}_RESPONSE`, parameters: [good] };
      default:
        return undefined;
    }
  }

  #capabilities(): llrp.Parameter[] {
    const { supportsHolding = true } = this.#options;
    const powers = [1000, 2000, 3000].map((powerCdbm, index): llrp.Parameter => {
      return { name: "TransmitPowerLevelTableEntry", index: index + 1, powerCdbm };
    });
    const table: llrp.Parameter = { name: "FrequencyHopTable", hopTableId: 7, frequenciesKHz: [865_700, 866_300] };
    const band: llrp.Parameter = {
      name: "UHFBandCapabilities",
      parameters: [...powers, { name: "FrequencyInformation", hopping: true, parameters: [table] }],
    };
    return [
      {
        name: "GeneralDeviceCapabilities",
        antennasMax: 4,
        canSetAntennaProperties: false,
        hasUtcClock: true,
        manufacturer: 0,
        model: 1,
        firmware: "1",
        parameters: [{ name: "GPIOCapabilities", inputs: 2, outputs: 0 }],
      },
      {
        name: "LLRPCapabilities",
        canSurvey: false,
        canWarnOfFullBuffer: true,
        supportsClientRequests: false,
        supportsStateAwareSingulation: false,
        supportsHolding,
        priorityMax: 0,
        clientRequestTimeoutMs: 0,
        roSpecsMax: 1,
        specsMax: 1,
        inventorySpecsMax: 1,
        accessSpecsMax: 1,
        opSpecsMax: 1,
      },
      { name: "RegulatoryCapabilities", country: 250, standard: 2, parameters: [band] },
    ];
  }
}

function status(code: number, description = ""): llrp.Parameter {
  return { name: "LLRPStatus", status: code, description, parameters: [] };
}

function antenna(antennaId: number, connected: boolean): llrp.Parameter {
  return { name: "AntennaProperties", antennaId, connected, gainCdbi: 600 };
}

/** A READER_EVENT_NOTIFICATION. */
export function event(...events: readonly llrp.Parameter[]): Uint8Array {
  const time: llrp.Parameter = { name: "UTCTimestamp", micros: 1_790_000_000_000_000n };
  const data: llrp.Parameter = { name: "ReaderEventNotificationData", parameters: [time, ...events] };
  return llrp.encodeMessage({ name: "READER_EVENT_NOTIFICATION", parameters: [data] }, { version: 1, id: 0 });
}

/** An RO_ACCESS_REPORT of these tags; each is the parameters of its TagReportData. */
export function report(...tags: readonly (readonly llrp.Parameter[])[]): Uint8Array {
  const parameters = tags.map((tag): llrp.Parameter => ({ name: "TagReportData", parameters: tag }));
  return llrp.encodeMessage({ name: "RO_ACCESS_REPORT", parameters }, { version: 1, id: 1 });
}

/** A tag with an EPC of 96 bits that ends with a number. */
export function tag(number: number, ...more: readonly llrp.Parameter[]): readonly llrp.Parameter[] {
  return [{ name: "EPC96", epc: Buffer.from(epcHex(number), "hex") }, ...more];
}

export function epcHex(number: number): string {
  return `3000ABCDEF00000000${number.toString(16).toUpperCase().padStart(6, "0")}`;
}

export function keepalive(id = 17): Uint8Array {
  return llrp.encodeMessage({ name: "KEEPALIVE" }, { version: 1, id });
}
