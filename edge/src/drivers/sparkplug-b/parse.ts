import { type MessageContext, type MessageParser, nothingParsed, type Parsed, refuseInto } from "../driver.ts";
import { type FieldPaths, readingOf } from "../json/parse.ts";
import { bytesOf } from "../json-message.ts";
import { limits as drivers } from "../limits.ts";
import { limits } from "./limits.ts";
import { decodePayload, encodeRebirth, type Payload } from "./payload.ts";
import { Unreadable } from "./protobuf.ts";
import { type Element, elementsOf, rememberBirth } from "./readings.ts";
import { NodeSession } from "./session.ts";
import { commandTopic, type MessageType, parseTopic } from "./topics.ts";

export interface SparkplugMapping {
  readonly group: string;
  readonly node: string;
  /** Devices of the node that are read; absent: all. What one has for `antenna` is the antenna of its readings. */
  readonly devices?: readonly { readonly name: string; readonly antenna?: number | undefined }[] | undefined;
  /** The metric that is a table of readings; its columns are named in `fields`. Absent: `fields` names metrics. */
  readonly table?: string | undefined;
  readonly fields: FieldPaths;
}

/** What a message of one node means, with what the node said before. */
interface Step {
  readonly mapping: SparkplugMapping;
  readonly session: NodeSession;
  readonly type: MessageType;
  readonly device: string | undefined;
  readonly bytes: Uint8Array;
  readonly payload: Payload;
  readonly context: MessageContext;
  readonly parsed: Parsed;
}

/**
 * Reads what an edge node and its devices publish (Eclipse Sparkplug 3.0.0). A birth names the metrics and is no reading itself: its
 * values may be old. Data is read by names or by the birth's aliases; where a birth or a message is missing, the node is asked for
 * its births again, and what cannot be understood until then is an exception with its bytes.
 */
export function sparkplugParser(mapping: SparkplugMapping): MessageParser {
  const session = new NodeSession();
  return (bytes, context) => {
    const parsed = { ...nothingParsed(), commands: [] };
    const topic = parseTopic(context.topic);
    if (topic === undefined || topic.group !== mapping.group || topic.node !== mapping.node) {
      const detail = `The topic ${context.topic} is none of the node ${mapping.group}/${mapping.node}.`;
      refuseInto(parsed, "message.shape", detail, bytes);
      return parsed;
    }
    const payload = readPayload(bytes, parsed);
    if (payload !== undefined) steps[topic.type]({ ...topic, mapping, session, bytes, payload, context, parsed });
    return parsed;
  };
}

function readPayload(bytes: Uint8Array, parsed: Parsed): Payload | undefined {
  if (bytes.length > drivers.messageBytesMax) {
    const detail = `The message has ${bytes.length} bytes; the limit is ${drivers.messageBytesMax}.`;
    refuseInto(parsed, "message.too_large", detail, bytes);
    return undefined;
  }
  try {
    return decodePayload(bytes);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    refuseInto(parsed, "message.shape", `no Sparkplug B payload: ${error.message}`, bytes);
    return undefined;
  }
}

const steps: Readonly<Record<MessageType, (step: Step) => void>> = {
  NBIRTH: step => {
    const { session, mapping, payload, parsed } = step;
    rememberBirth(session.nodeBorn(payload), payload, mapping);
    parsed.signals.push({ kind: "online", online: true });
  },
  NDEATH: ({ session, payload, parsed }) => {
    if (session.nodeDied(payload)) parsed.signals.push({ kind: "online", online: false });
    else parsed.signals.push({ kind: "ignored", type: "NDEATH of an earlier connection" });
  },
  DBIRTH: step => {
    const { session, mapping, payload, parsed, device = "" } = step;
    followSeq(step);
    if (session.born(undefined) === undefined) askForBirths(step);
    const born = session.deviceBorn(device, payload);
    if (born === undefined) {
      const detail = `The node has more than the ${limits.devicesMax} devices that are remembered.`;
      refuseInto(parsed, "message.shape", detail, step.bytes);
      return;
    }
    rememberBirth(born, payload, mapping);
    tellDevice(step, true);
  },
  DDEATH: step => {
    followSeq(step);
    step.session.deviceDied(step.device ?? "");
    tellDevice(step, false);
  },
  NDATA: takeData,
  DDATA: takeData,
};

function takeData(step: Step): void {
  const { mapping, session, device, bytes, payload, context, parsed } = step;
  followSeq(step);
  const born = session.born(device);
  if (born === undefined) askForBirths(step);
  const own = mapping.devices?.find(({ name }) => name === device);
  if (device !== undefined && mapping.devices !== undefined && own === undefined) {
    parsed.signals.push({ kind: "ignored", type: `the device ${device.slice(0, 40)}` });
    return;
  }
  const { elements, unnamed } = elementsOf(payload, born, mapping);
  if (unnamed > 0) {
    const detail = `${unnamed} of ${payload.metrics.length} metrics have no name and an alias of no birth; the births were asked for.`;
    refuseInto(parsed, "message.no_birth", detail, bytes);
    askForBirths(step);
  }
  for (const element of elements) takeElement(element, own?.antenna, bytes, context, parsed);
  if (elements.length === 0 && unnamed === 0) parsed.signals.push({ kind: "ignored", type: "data without a tag" });
}

const paths = new Map(
  [
    "epc_hex",
    "scan",
    "tid_hex",
    "antenna",
    "rssi_dbm",
    "read_count",
    "frequency_mhz",
    "phase_deg",
    "sequence",
    "time",
  ].map(field => [field, [field]]),
);

function takeElement(
  { values, at }: Element,
  antenna: number | undefined,
  bytes: Uint8Array,
  context: MessageContext,
  parsed: Parsed,
): void {
  if (parsed.readings.length >= drivers.messageReadingsMax) {
    refuseInto(parsed, "message.too_large", `There are more than ${drivers.messageReadingsMax} readings.`, bytes, at);
    return;
  }
  const element = Object.fromEntries(values);
  const withAntenna = antenna === undefined || values.has("antenna") ? element : { ...element, antenna };
  const unit = typeof values.get("time") === "string" ? "rfc3339" : "ms";
  const taken = readingOf(withAntenna, paths, unit, context);
  if ("code" in taken) refuseInto(parsed, taken.code, taken.detail, bytesOf(element, at, bytes), `${at}.${taken.at}`);
  else parsed.readings.push(taken);
}

/** A gap in the counter means that a message was lost, and with it perhaps what a later one builds on. */
function followSeq(step: Step): void {
  const count = step.session.missing(step.payload);
  if (count === 0) return;
  step.parsed.signals.push({ kind: "loss", count, detail: `${count} messages of the node are missing by its counter` });
  askForBirths(step);
}

function askForBirths({ session, mapping, context, parsed }: Step): void {
  if (!session.mayAsk(context.receivedTimeMs)) return;
  parsed.commands?.push({ topic: commandTopic(mapping), payload: encodeRebirth(context.receivedTimeMs) });
}

/** One that has an antenna of its own is that antenna; any other is trouble of the node. */
function tellDevice({ mapping, device = "", parsed }: Step, connected: boolean): void {
  const antenna = mapping.devices?.find(({ name }) => name === device)?.antenna;
  if (antenna !== undefined) parsed.signals.push({ kind: "antenna", antenna, connected });
  else if (connected) parsed.signals.push({ kind: "ignored", type: "DBIRTH" });
  else parsed.signals.push({ kind: "trouble", severity: "warning", detail: `its device ${device} is not connected` });
}
