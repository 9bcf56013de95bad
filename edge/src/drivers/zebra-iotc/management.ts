import { type Parsed, type Signal, signalInto } from "../driver.ts";
import { isObject, type JsonObject } from "../json-message.ts";

/**
 * Takes what shares the topics with tags: management events, a command's response, Bluetooth beacons. False when the element is
 * none of these. What is unusual in them is left out: they change no stock.
 */
export function takeManagementEvent(event: JsonObject, parsed: Parsed): boolean {
  const signals = signalsOf(event);
  if (signals === undefined) return false;
  for (const signal of signals) signalInto(parsed, signal);
  return true;
}

function signalsOf(event: JsonObject): readonly Signal[] | undefined {
  const { type, command, response, component, data: content } = event;
  if (typeof command === "string" && typeof response === "string") return [commandAnswer(event, command, response)];
  if (type === "BLE_DATA") return [{ kind: "ignored", type }];
  if (typeof type !== "string" || typeof component !== "string") return undefined;
  const data = objectOr(content);
  switch (type) {
    case "heartbeat":
      return [heartbeat(data)];
    case "gpi":
    case "gpo":
      return pinSignal(type === "gpi" ? "input" : "output", data);
    case "error":
    case "warning":
      return [troubleSignal(type, event, data)];
    default:
      return [{ kind: "ignored", type: type.slice(0, 60) }];
  }
}

function commandAnswer(event: JsonObject, command: string, response: string): Signal {
  const { command_id: commandId } = event;
  return {
    kind: "answer",
    command: command.slice(0, 60),
    ...(typeof commandId === "string" ? { commandId: commandId.slice(0, 100) } : {}),
    ok: response === "success",
  };
}

function heartbeat(data: JsonObject): Signal {
  const { radio_control } = data;
  const { antennas, numErrors: errors } = objectOr(radio_control);
  const connected = !isObject(antennas)
    ? {}
    : {
        antennasConnected: Object.entries(antennas)
          .filter(([, state]) => state === "connected")
          .map(([antenna]) => Number(antenna))
          .filter(antenna => Number.isInteger(antenna) && antenna >= 1)
          .slice(0, 64),
      };
  return { kind: "heartbeat", ...connected, ...(Number.isSafeInteger(errors) ? { errors: Number(errors) } : {}) };
}

function pinSignal(kind: "input" | "output", data: JsonObject): readonly Signal[] {
  const { pin, state } = data;
  if (typeof pin !== "number" || (state !== "HIGH" && state !== "LOW")) return [{ kind: "ignored", type: kind }];
  return [{ kind, pin, high: state === "HIGH" }];
}

/** Antennas and lost events are told only in the texts of errors and warnings. */
function troubleSignal(severity: "error" | "warning", event: JsonObject, data: JsonObject): Signal {
  const detail = textOf(data) ?? textOf(event) ?? `${severity} without a text`;
  const antenna = /Antenna (Disconnected|Reconnected) on Port (\d{1,4})/i.exec(detail);
  if (antenna !== null) {
    return { kind: "antenna", antenna: Number(antenna[2]), connected: antenna[1]?.toLowerCase() === "reconnected" };
  }
  if (/database full|retention queue full/i.test(detail)) return { kind: "loss", detail };
  return { kind: "trouble", severity, detail };
}

function textOf(object: JsonObject): string | undefined {
  for (const name of ["message", "msg", "description", "details", "text", "error", "reason"]) {
    const text = object[name];
    if (typeof text === "string" && text !== "") return text.slice(0, 300);
  }
  return undefined;
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
