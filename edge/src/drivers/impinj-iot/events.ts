import type { Signal } from "../driver.ts";
import { isObject, type JsonObject } from "../json-message.ts";

/**
 * An event that is no tag, by the member that carries it: `eventType` is its name without `Event`, and absent on older firmware.
 * `undefined` when there is no event at all.
 */
export function signalOf(event: JsonObject): Signal | undefined {
  for (const [member, read] of readers) {
    const body = event[member];
    if (isObject(body)) return read(body) ?? { kind: "ignored", type: member };
  }
  const { eventType: type } = event;
  if (typeof type === "string" && type !== "" && type !== "tagInventory") {
    return { kind: "ignored", type: type.slice(0, 60) };
  }
  return undefined;
}

type ReadEvent = (body: JsonObject) => Signal | undefined;

const readers: ReadonlyMap<string, ReadEvent> = new Map<string, ReadEvent>([
  ["inventoryStatusEvent", ({ status }) => inventory(status)],
  ["inventoryTerminatedEvent", () => inventory("terminated")],
  ["gpiTransitionEvent", inputOf],
  ["antennaConnectedEvent", body => antennaOf(body, true)],
  ["antennaDisconnectedEvent", body => antennaOf(body, false)],
  ["overflowEvent", lossOf],
  ["antennaActivationEvent", () => undefined],
  ["tagPresenceEvent", () => undefined],
]);

function inventory(status: unknown): Signal | undefined {
  return typeof status === "string" ? { kind: "inventory", state: status.slice(0, 60) } : undefined;
}

function inputOf(body: JsonObject): Signal | undefined {
  const { gpi, transition } = body;
  if (typeof gpi !== "number" || (transition !== "high-to-low" && transition !== "low-to-high")) return undefined;
  return { kind: "input", pin: gpi, high: transition === "low-to-high" };
}

function antennaOf(body: JsonObject, connected: boolean): Signal | undefined {
  const { antennaPort: port } = body;
  return typeof port === "number" ? { kind: "antenna", antenna: port, connected } : undefined;
}

/** The reader threw events away: what is counted from its stream is incomplete. */
function lossOf(body: JsonObject): Signal {
  const { eventsPurged: purged } = body;
  const detail = "the reader's own store overflowed";
  return typeof purged === "number" ? { kind: "loss", count: purged, detail } : { kind: "loss", detail };
}
