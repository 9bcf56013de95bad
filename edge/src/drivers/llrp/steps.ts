import { llrp } from "@tallygate/protocol";
import { type Capabilities, capabilitiesOf, noCapabilities } from "./capabilities.ts";
import type { LlrpConfig } from "./config.ts";
import { limits } from "./limits.ts";
import { addRoSpec, keepaliveOnly, readerConfig, roSpecId } from "./requests.ts";

const { versions } = llrp;

/** What a session knows of its reader; the steps of setting it up fill it in. */
export interface Facts {
  readonly config: LlrpConfig;
  version: number;
  capabilities: Capabilities;
  /** Antenna by antenna, where the reader tells. */
  antennas: readonly llrp.Parameter<"AntennaProperties">[];
  /** The reader refused the whole of its configuration. */
  isPlain: boolean;
}

export function openFacts(config: LlrpConfig): Facts {
  const version = config.protocol === "1.1" ? versions.v1_1 : versions.v1_0_1;
  return { config, version, capabilities: noCapabilities, antennas: [], isPlain: false };
}

/** One step on the way to a running inventory. */
export interface Step {
  /** What is sent; undefined when this reader needs nothing of the kind. */
  request(facts: Facts): llrp.MessageBody | undefined;
  /** What answers it; without, the next step follows at once. */
  readonly answer?: llrp.MessageName;
  /** Takes a good answer. */
  take?(facts: Facts, answer: llrp.MessageBody): void;
  /** What a refusal means. Without, it ends the connection. */
  refused?(facts: Facts): void;
  /** How long an answer may take; then, where `refused` is, it counts as one. */
  readonly answerMs?: number;
  /** A question of 1.1 has its number in the header whatever is spoken so far (LLRP 1.1, 8.1). */
  readonly version?: number;
}

const nothing = () => undefined;

/**
 * The steps in their order. What a reader has kept from an earlier connection is asked for (`ENABLE_EVENTS_AND_REPORTS`,
 * `GET_REPORT`) before the ROSpec that it is from is deleted.
 */
export const steps: readonly Step[] = [
  {
    request: ({ config }) => (config.protocol === "auto" ? { name: "GET_SUPPORTED_VERSION" } : undefined),
    answer: "GET_SUPPORTED_VERSION_RESPONSE",
    version: versions.v1_1,
    answerMs: limits.versionMs,
    refused: nothing,
    take(facts, answer) {
      if (answer.name !== "GET_SUPPORTED_VERSION_RESPONSE") return;
      if (answer.supportedVersion >= versions.v1_1) facts.version = versions.v1_1;
    },
  },
  {
    request: ({ version }) =>
      version === versions.v1_1 ? { name: "SET_PROTOCOL_VERSION", protocolVersion: versions.v1_1 } : undefined,
    answer: "SET_PROTOCOL_VERSION_RESPONSE",
    refused: facts => {
      facts.version = versions.v1_0_1;
    },
  },
  {
    request: () => ({ name: "GET_READER_CAPABILITIES", requestedData: llrp.codes.requestAll, parameters: [] }),
    answer: "GET_READER_CAPABILITIES_RESPONSE",
    take(facts, answer) {
      if ("parameters" in answer) facts.capabilities = capabilitiesOf(answer.parameters);
    },
  },
  {
    request: ({ config, capabilities }) => readerConfig(config, capabilities),
    answer: "SET_READER_CONFIG_RESPONSE",
    refused: facts => {
      facts.isPlain = true;
    },
  },
  {
    request: ({ isPlain, config }) => (isPlain ? keepaliveOnly(config) : undefined),
    answer: "SET_READER_CONFIG_RESPONSE",
  },
  {
    request: ({ capabilities }) => (capabilities.supportsHolding ? { name: "ENABLE_EVENTS_AND_REPORTS" } : undefined),
  },
  { request: () => ({ name: "GET_REPORT" }) },
  {
    request: () => ({ name: "DELETE_ACCESSSPEC", accessSpecId: 0 }),
    answer: "DELETE_ACCESSSPEC_RESPONSE",
    refused: nothing,
  },
  { request: () => ({ name: "DELETE_ROSPEC", roSpecId: 0 }), answer: "DELETE_ROSPEC_RESPONSE" },
  {
    request: ({ config, capabilities }) => addRoSpec(config, capabilities),
    answer: "ADD_ROSPEC_RESPONSE",
  },
  { request: () => ({ name: "ENABLE_ROSPEC", roSpecId }), answer: "ENABLE_ROSPEC_RESPONSE" },
  {
    request: ({ config }) => (config.start.trigger === "client" ? { name: "START_ROSPEC", roSpecId } : undefined),
    answer: "START_ROSPEC_RESPONSE",
  },
  {
    request: () => ({
      name: "GET_READER_CONFIG",
      antennaId: 0,
      requestedData: llrp.codes.requestAntennaProperties,
      gpiPort: 0,
      gpoPort: 0,
      parameters: [],
    }),
    answer: "GET_READER_CONFIG_RESPONSE",
    refused: nothing,
    take(facts, answer) {
      if ("parameters" in answer) facts.antennas = llrp.allOf(answer.parameters, "AntennaProperties");
    },
  },
];
