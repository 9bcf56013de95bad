/** LLRP version numbers in headers (LLRP 1.1, 7.1.1). */
export const versions = { v1_0_1: 1, v1_1: 2 } as const;

/** Numbers that fields of the standard stand for, where a gateway sends or judges them. */
export const codes = {
  /** GET_READER_CAPABILITIES, GET_READER_CONFIG. */
  requestAll: 0,
  requestAntennaProperties: 2,
  /** ROSpec, its triggers and its report (11.2). */
  roSpecDisabled: 0,
  startNull: 0,
  startImmediate: 1,
  startPeriodic: 2,
  startGpi: 3,
  stopNull: 0,
  stopDuration: 1,
  stopGpi: 2,
  protocolC1G2: 1,
  /** Upon N tags or the end of the ROSpec (14.2.1). */
  reportTagsOrEndOfRoSpec: 2,
  keepaliveNone: 0,
  keepalivePeriodic: 1,
  /** ConnectionAttemptEvent (13.1.10). */
  connectionAccepted: 0,
  connectionReaderInitiated: 1,
  connectionClientInitiated: 2,
  connectionFailed: 3,
  connectionOtherTried: 4,
  /** ROSpecEvent and AntennaEvent. */
  roSpecStarted: 0,
  roSpecEnded: 1,
  antennaDisconnected: 0,
  antennaConnected: 1,
  /** ReaderEventNotificationSpec (13.1.1.1). */
  eventGpi: 1,
  eventRoSpec: 2,
  eventBufferWarning: 3,
  eventException: 4,
  eventAntenna: 8,
  gpiLow: 0,
  gpiHigh: 1,
} as const;

/** Status codes of LLRPStatus (LLRP 1.1, 14.1.1). */
export const statuses = {
  success: 0,
  parameterError: 100,
  fieldError: 101,
  unsupportedMessage: 109,
  unsupportedVersion: 110,
  unexpectedMessage: 112,
  invalid: 300,
} as const;

const statusNames: ReadonlyMap<number, string> = new Map([
  [0, "M_Success"],
  [100, "M_ParameterError"],
  [101, "M_FieldError"],
  [102, "M_UnexpectedParameter"],
  [103, "M_MissingParameter"],
  [104, "M_DuplicateParameter"],
  [105, "M_OverflowParameter"],
  [106, "M_OverflowField"],
  [107, "M_UnknownParameter"],
  [108, "M_UnknownField"],
  [109, "M_UnsupportedMessage"],
  [110, "M_UnsupportedVersion"],
  [111, "M_UnsupportedParameter"],
  [112, "M_UnexpectedMessage"],
  [200, "P_ParameterError"],
  [201, "P_FieldError"],
  [202, "P_UnexpectedParameter"],
  [203, "P_MissingParameter"],
  [204, "P_DuplicateParameter"],
  [205, "P_OverflowParameter"],
  [206, "P_OverflowField"],
  [207, "P_UnknownParameter"],
  [208, "P_UnknownField"],
  [209, "P_UnsupportedParameter"],
  [300, "A_Invalid"],
  [301, "A_OutOfRange"],
  [401, "R_DeviceError"],
]);

/** A status as the standard names it. */
export function statusName(status: number): string {
  return statusNames.get(status) ?? `status ${status}`;
}
