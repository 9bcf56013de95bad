import { llrp } from "@tallygate/protocol";
import type { Signal } from "../driver.ts";

const { codes } = llrp;
const textMax = 300;

/** What a reader's event says to us (LLRP 1.1, 13.1.1.2); undefined for what says nothing. */
export function signalOf(event: llrp.Parameter): Signal | undefined {
  switch (event.name) {
    case "GPIEvent":
      return { kind: "input", pin: event.port, high: event.high };
    case "AntennaEvent":
      return { kind: "antenna", antenna: event.antennaId, connected: event.event === codes.antennaConnected };
    case "ReaderExceptionEvent":
      return { kind: "trouble", severity: "error", detail: exceptionText(event) };
    case "ReportBufferLevelWarningEvent":
      return {
        kind: "trouble",
        severity: "warning",
        detail: `the reader's memory for reports is ${event.percentFull} % full`,
      };
    case "ReportBufferOverflowErrorEvent":
      return { kind: "loss", detail: "the reader's memory for reports overflowed" };
    case "ROSpecEvent":
      return { kind: "inventory", state: ["started", "ended", "preempted"][event.event] ?? `event ${event.event}` };
    case "ConnectionAttemptEvent":
      return event.status === codes.connectionOtherTried
        ? { kind: "trouble", severity: "warning", detail: "another client tried to connect to the reader" }
        : undefined;
    case "HoppingEvent":
    case "AISpecEvent":
    case "RFSurveyEvent":
    case "SpecLoopEvent":
      return { kind: "ignored", type: event.name };
    default:
      return undefined;
  }
}

function exceptionText({ message, parameters }: llrp.Parameter<"ReaderExceptionEvent">): string {
  const antenna = llrp.firstOf(parameters, "AntennaID")?.antennaId;
  const text = message === "" ? "the reader reports an exception without a text" : message.slice(0, textMax);
  return antenna === undefined ? text : `${text} (antenna ${antenna})`;
}

/** What was refused, as the reader says it: `A_Invalid: no such antenna`. */
export function statusText({ status, description }: llrp.Parameter<"LLRPStatus">): string {
  const text = description.trim().slice(0, textMax);
  return text === "" ? llrp.statusName(status) : `${llrp.statusName(status)}: ${text}`;
}
