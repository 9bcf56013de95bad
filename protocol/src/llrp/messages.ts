import type { Shape } from "./fields.ts";

const response = { fields: {}, nests: true } as const;
const ofRoSpec = { fields: { roSpecId: "u32" }, nests: false } as const;
const ofAccessSpec = { fields: { accessSpecId: "u32" }, nests: false } as const;
const empty = { fields: {}, nests: false } as const;

/** The messages of LLRP (1.1, chapters 9 to 15), but those of access to tags' memory. What is not in the table is skipped. */
export const messageTable = {
  GET_READER_CAPABILITIES: { type: 1, fields: { requestedData: "u8" }, nests: true },
  GET_READER_CONFIG: {
    type: 2,
    fields: { antennaId: "u16", requestedData: "u8", gpiPort: "u16", gpoPort: "u16" },
    nests: true,
  },
  SET_READER_CONFIG: { type: 3, fields: { resetToFactoryDefault: "flag", reserved: 7 }, nests: true },
  CLOSE_CONNECTION_RESPONSE: { type: 4, ...response },
  GET_READER_CAPABILITIES_RESPONSE: { type: 11, ...response },
  GET_READER_CONFIG_RESPONSE: { type: 12, ...response },
  SET_READER_CONFIG_RESPONSE: { type: 13, ...response },
  CLOSE_CONNECTION: { type: 14, ...empty },
  ADD_ROSPEC: { type: 20, ...response },
  DELETE_ROSPEC: { type: 21, ...ofRoSpec },
  START_ROSPEC: { type: 22, ...ofRoSpec },
  STOP_ROSPEC: { type: 23, ...ofRoSpec },
  ENABLE_ROSPEC: { type: 24, ...ofRoSpec },
  DISABLE_ROSPEC: { type: 25, ...ofRoSpec },
  GET_ROSPECS: { type: 26, ...empty },
  ADD_ROSPEC_RESPONSE: { type: 30, ...response },
  DELETE_ROSPEC_RESPONSE: { type: 31, ...response },
  START_ROSPEC_RESPONSE: { type: 32, ...response },
  STOP_ROSPEC_RESPONSE: { type: 33, ...response },
  ENABLE_ROSPEC_RESPONSE: { type: 34, ...response },
  DISABLE_ROSPEC_RESPONSE: { type: 35, ...response },
  GET_ROSPECS_RESPONSE: { type: 36, ...response },
  DELETE_ACCESSSPEC: { type: 41, ...ofAccessSpec },
  DELETE_ACCESSSPEC_RESPONSE: { type: 51, ...response },
  GET_SUPPORTED_VERSION: { type: 46, ...empty },
  SET_PROTOCOL_VERSION: { type: 47, fields: { protocolVersion: "u8" }, nests: false },
  GET_SUPPORTED_VERSION_RESPONSE: { type: 56, fields: { currentVersion: "u8", supportedVersion: "u8" }, nests: true },
  SET_PROTOCOL_VERSION_RESPONSE: { type: 57, ...response },
  GET_REPORT: { type: 60, ...empty },
  RO_ACCESS_REPORT: { type: 61, ...response },
  KEEPALIVE: { type: 62, ...empty },
  READER_EVENT_NOTIFICATION: { type: 63, ...response },
  ENABLE_EVENTS_AND_REPORTS: { type: 64, ...empty },
  KEEPALIVE_ACK: { type: 72, ...empty },
  ERROR_MESSAGE: { type: 100, ...response },
  CUSTOM_MESSAGE: { type: 1023, fields: { vendor: "u32", subtype: "u8", data: "rest" }, nests: false },
} as const satisfies Record<string, Shape>;
