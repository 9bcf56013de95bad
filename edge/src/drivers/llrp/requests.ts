import { llrp } from "@tallygate/protocol";
import { type Capabilities, powerIndex } from "./capabilities.ts";
import type { LlrpConfig } from "./config.ts";

const { codes } = llrp;

/** The one inventory that the edge gives a reader. */
export const roSpecId = 1;
/** Inputs that a reader is asked to tell about. */
const inputsMax = 32;

/** SET_READER_CONFIG: keepalive, events, and reports held until a new connection is ready for them (LLRP 1.1, 13.1). */
export function readerConfig(config: LlrpConfig, capabilities: Capabilities): llrp.MessageBody {
  const { supportsHolding, canWarnOfFullBuffer } = capabilities;
  const inputs = Math.min(capabilities.inputs, inputsMax);
  const events = [
    codes.eventRoSpec,
    codes.eventException,
    codes.eventAntenna,
    ...(inputs > 0 ? [codes.eventGpi] : []),
    ...(canWarnOfFullBuffer ? [codes.eventBufferWarning] : []),
  ];
  return {
    name: "SET_READER_CONFIG",
    resetToFactoryDefault: false,
    parameters: [
      {
        name: "ReaderEventNotificationSpec",
        parameters: events.map(event => ({ name: "EventNotificationState", event, enabled: true })),
      },
      keepaliveSpec(config),
      ...Array.from({ length: inputs }, (_, index): llrp.Parameter => {
        return { name: "GPIPortCurrentState", port: index + 1, enabled: true, state: codes.gpiLow };
      }),
      ...(supportsHolding ? [{ name: "EventsAndReports", hold: true } as const] : []),
    ],
  };
}

/** As little as can be asked for, of a reader that refused more. */
export function keepaliveOnly(config: LlrpConfig): llrp.MessageBody {
  return { name: "SET_READER_CONFIG", resetToFactoryDefault: false, parameters: [keepaliveSpec(config)] };
}

function keepaliveSpec({ keepalive_s }: LlrpConfig): llrp.Parameter {
  return { name: "KeepaliveSpec", trigger: codes.keepalivePeriodic, periodMs: Math.round(keepalive_s * 1000) };
}

/** ADD_ROSPEC, of the configuration (LLRP 1.1, 11.2). */
export function addRoSpec(config: LlrpConfig, capabilities: Capabilities): llrp.MessageBody {
  const parameters: llrp.Parameter[] = [
    { name: "ROBoundarySpec", parameters: [startTrigger(config), stopTrigger(config)] },
    {
      name: "AISpec",
      antennaIds: config.antennas ?? [0],
      parameters: [
        { name: "AISpecStopTrigger", trigger: codes.stopNull, durationMs: 0, parameters: [] },
        {
          name: "InventoryParameterSpec",
          inventoryParameterSpecId: 1,
          protocol: codes.protocolC1G2,
          parameters: [{ name: "AntennaConfiguration", antennaId: 0, parameters: radio(config, capabilities) }],
        },
      ],
    },
    report(config),
  ];
  return {
    name: "ADD_ROSPEC",
    parameters: [{ name: "ROSpec", roSpecId, priority: 0, state: codes.roSpecDisabled, parameters }],
  };
}

function startTrigger({ start }: LlrpConfig): llrp.Parameter {
  const name = "ROSpecStartTrigger";
  switch (start.trigger) {
    case "client":
      return { name, trigger: codes.startNull, parameters: [] };
    case "immediate":
      return { name, trigger: codes.startImmediate, parameters: [] };
    case "periodic": {
      const value = { offsetMs: start.offset_ms, periodMs: start.period_ms, parameters: [] };
      return { name, trigger: codes.startPeriodic, parameters: [{ name: "PeriodicTriggerValue", ...value }] };
    }
    case "gpi":
      return { name, trigger: codes.startGpi, parameters: [gpiValue(start)] };
  }
}

function stopTrigger({ stop }: LlrpConfig): llrp.Parameter {
  const name = "ROSpecStopTrigger";
  switch (stop.trigger) {
    case "none":
      return { name, trigger: codes.stopNull, durationMs: 0, parameters: [] };
    case "duration":
      return { name, trigger: codes.stopDuration, durationMs: stop.duration_ms, parameters: [] };
    case "gpi":
      return { name, trigger: codes.stopGpi, durationMs: 0, parameters: [gpiValue(stop)] };
  }
}

function gpiValue({ port, high, timeout_ms }: { port: number; high: boolean; timeout_ms: number }): llrp.Parameter {
  return { name: "GPITriggerValue", port, high, timeoutMs: timeout_ms };
}

function radio(config: LlrpConfig, capabilities: Capabilities): llrp.Parameter[] {
  const { receiver_sensitivity_index, rf_mode, tari_ns, session, tag_population, tag_transit_ms } = config;
  const power =
    config.transmit_power_index ??
    (config.transmit_power_dbm === undefined ? undefined : powerIndex(capabilities, config.transmit_power_dbm));
  const parameters: llrp.Parameter[] = [];
  if (receiver_sensitivity_index !== undefined) {
    parameters.push({ name: "RFReceiver", sensitivityIndex: receiver_sensitivity_index });
  }
  if (power !== undefined) {
    const hopTableId = config.hop_table_id ?? capabilities.hopTableId ?? 1;
    parameters.push({ name: "RFTransmitter", hopTableId, channelIndex: config.channel_index ?? 1, powerIndex: power });
  }
  const command: llrp.Parameter[] = [];
  if (rf_mode !== undefined) command.push({ name: "C1G2RFControl", modeIndex: rf_mode, tariNs: tari_ns });
  command.push({
    name: "C1G2SingulationControl",
    session,
    tagPopulation: tag_population,
    tagTransitMs: tag_transit_ms,
    parameters: [],
  });
  parameters.push({ name: "C1G2InventoryCommand", isStateAware: false, parameters: command });
  return parameters;
}

function report({ report: { every_tags, contents } }: LlrpConfig): llrp.Parameter {
  const has = (content: (typeof contents)[number]) => contents.includes(content);
  const memory = { name: "C1G2EPCMemorySelector", crc: has("crc"), pc: has("pc"), xpc: false } as const;
  return {
    name: "ROReportSpec",
    trigger: codes.reportTagsOrEndOfRoSpec,
    tags: every_tags,
    parameters: [
      {
        name: "TagReportContentSelector",
        roSpecId: false,
        specIndex: false,
        inventoryParameterSpecId: false,
        antenna: has("antenna"),
        channel: has("channel"),
        peakRssi: has("rssi"),
        firstSeen: has("first_seen"),
        lastSeen: has("last_seen"),
        seenCount: has("seen_count"),
        accessSpecId: false,
        parameters: [memory],
      },
    ],
  };
}
