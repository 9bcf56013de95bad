import { llrp } from "@tallygate/protocol";
import type { Conversation, Moment, Turn } from "../conversation.ts";
import { nothingParsed, type Parsed, refuseInto, type Signal } from "../driver.ts";
import { limits as driverLimits } from "../limits.ts";
import type { LlrpConfig } from "./config.ts";
import { signalOf, statusText } from "./events.ts";
import { limits } from "./limits.ts";
import { readingOf } from "./readings.ts";
import { roSpecId } from "./requests.ts";
import { type Facts, openFacts, type Step, steps } from "./steps.ts";

const { codes, firstOf, statuses, versions } = llrp;

/**
 * One connection with a reader, seen from the client (LLRP 1.1, chapter 8). Reports, events and keepalives are taken in every mode.
 *
 * Modes:
 * - *greeting*: connected; the reader says whether it takes us (ConnectionAttemptEvent). 0 leads to *setup*, all else to *ended*.
 * - *setup*: the steps of `steps.ts`, one after another, each until its answer. The last leads to *running*, a refusal to *ended*.
 * - *running*: the reader reports. Silence, a ConnectionCloseEvent or bytes that are no LLRP lead to *ended*.
 * - *closing*: CLOSE_CONNECTION is sent; its answer, or no answer in time, leads to *ended*.
 * - *ended*: for good; the next connection has a session of its own.
 *
 * Only `#go` changes the mode.
 */
export class LlrpSession implements Conversation {
  readonly #facts: Facts;
  readonly #framer = new llrp.Framer();
  #mode: "greeting" | "setup" | "running" | "closing" | "ended" = "greeting";
  #steps = steps.values();
  #asked: { readonly step: Step; readonly id: number } | undefined;
  #nextId = 1;
  #heardMs = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #pollMs = Number.POSITIVE_INFINITY;
  #restartMs = Number.POSITIVE_INFINITY;
  #restartedMs = Number.NEGATIVE_INFINITY;
  #startedTimeMs: number | undefined;
  #parsed: Parsed[] = [];
  #send: Uint8Array[] = [];
  #end: string | undefined;

  constructor(config: LlrpConfig) {
    this.#facts = openFacts(config);
  }

  open(at: Moment): Turn {
    this.#heardMs = at.steadyMs;
    this.#deadlineMs = at.steadyMs + limits.answerMs;
    return this.#turn();
  }

  push(chunk: Uint8Array, at: Moment): Turn {
    this.#heardMs = at.steadyMs;
    for (const message of this.#framer.push(chunk)) {
      if (this.#mode !== "ended") this.#take(message, at);
    }
    const { fault } = this.#framer;
    if (fault !== undefined && this.#mode !== "ended") {
      refuseInto(this.#into(), fault.problem.code, fault.problem.detail, fault.bytes);
      this.#go("ended", `what it sends is no LLRP: ${fault.problem.detail}`);
    }
    return this.#turn();
  }

  wake(at: Moment): Turn {
    const { keepalive_s, report } = this.#facts.config;
    const silentMs = limits.keepalivesMissedMax * keepalive_s * 1000;
    if (this.#mode === "running" && at.steadyMs >= this.#heardMs + silentMs) {
      this.#go("ended", `nothing came for ${silentMs / 1000} s, not even a keepalive`);
    }
    if (at.steadyMs >= this.#deadlineMs) this.#late(at);
    if (this.#mode === "running" && at.steadyMs >= this.#pollMs) {
      this.#pollMs = at.steadyMs + report.every_ms;
      this.#write({ name: "GET_REPORT" });
    }
    if (this.#mode === "running" && at.steadyMs >= this.#restartMs) this.#restart(at);
    return this.#turn();
  }

  resume(at: Moment): Turn {
    this.#heardMs = at.steadyMs;
    if (this.#deadlineMs !== Number.POSITIVE_INFINITY) this.#deadlineMs = at.steadyMs + limits.answerMs;
    return this.#turn();
  }

  close(at: Moment): Turn {
    if (this.#mode === "greeting" || this.#mode === "setup" || this.#mode === "running") {
      this.#write({ name: "CLOSE_CONNECTION" });
      this.#asked = undefined;
      this.#deadlineMs = at.steadyMs + limits.closeMs;
      this.#go("closing");
    }
    return this.#turn();
  }

  /** A report that was cut still has its first tags. */
  abandon(at: Moment): Parsed {
    const bytes = this.#framer.pending();
    if (bytes.length === 0 || this.#mode === "ended") return nothingParsed();
    if (bytes.length > llrp.headerBytes && llrp.decodeHeader(bytes).type === llrp.messageTable.RO_ACCESS_REPORT.type) {
      const { body } = llrp.decodeBareBody(llrp.messageTable.RO_ACCESS_REPORT.type, bytes.subarray(llrp.headerBytes));
      if (body !== undefined && "parameters" in body) this.#takeReport(body.parameters, bytes, at);
    }
    const detail = `The connection ended ${bytes.length} bytes into a message.`;
    refuseInto(this.#into(), "message.shape", detail, bytes);
    const [parsed = nothingParsed()] = this.#parsed.splice(0);
    return parsed;
  }

  #take(bytes: Uint8Array, at: Moment): void {
    const { header, body, faults } = llrp.decodeMessage(bytes);
    if (header.version !== versions.v1_0_1 && header.version !== versions.v1_1) {
      refuseInto(this.#into(), "message.version", `A message of LLRP version ${header.version}.`, bytes);
      return;
    }
    for (const { offset, length, detail } of faults) {
      const part = bytes.subarray(offset, offset + length);
      refuseInto(this.#into(), "message.shape", `${detail}.`, part, `byte ${offset} of message ${header.type}`);
    }
    if (body === undefined) {
      if (faults.length === 0) this.#signal({ kind: "ignored", type: `LLRP message ${header.type}` });
      return;
    }
    switch (body.name) {
      case "RO_ACCESS_REPORT":
        this.#takeReport(body.parameters, bytes, at);
        return;
      case "KEEPALIVE":
        this.#write({ name: "KEEPALIVE_ACK" }, { id: header.id });
        return;
      case "READER_EVENT_NOTIFICATION":
        this.#takeEvents(firstOf(body.parameters, "ReaderEventNotificationData")?.parameters ?? [], at);
        return;
      default:
        this.#takeAnswer(body, header.id, at);
    }
  }

  #takeReport(parameters: readonly llrp.Parameter[], bytes: Uint8Array, { timeMs }: Moment): void {
    const { config, capabilities } = this.#facts;
    const context = {
      deviceId: config.id,
      receivedTimeMs: timeMs,
      frequenciesKHz: capabilities.frequenciesKHz,
      startedTimeMs: this.#startedTimeMs,
    };
    for (const tag of parameters) {
      if (tag.name !== "TagReportData") continue;
      const reading = readingOf(tag.parameters, context);
      if ("deviceId" in reading) this.#into().readings.push(reading);
      else refuseInto(this.#into(), reading.code, reading.detail, bytes);
    }
  }

  #takeEvents(events: readonly llrp.Parameter[], at: Moment): void {
    const uptime = firstOf(events, "Uptime");
    if (uptime !== undefined) this.#startedTimeMs = at.timeMs - Number(uptime.micros / 1000n);
    for (const event of events) {
      const signal = signalOf(event);
      if (signal !== undefined) this.#signal(signal);
      if (event.name === "ConnectionAttemptEvent" && this.#mode === "greeting") this.#greeted(event.status, at);
      if (event.name === "ConnectionCloseEvent") this.#go("ended", "the reader closed the connection");
      if (event.name === "ROSpecEvent" && event.roSpecId === roSpecId && event.event !== codes.roSpecStarted) {
        this.#inventoryEnded(at);
      }
    }
  }

  #greeted(status: number, at: Moment): void {
    const { config } = this.#facts;
    const held = "another client holds the reader; end that client, or point it elsewhere";
    if (status === codes.connectionAccepted) {
      this.#go("setup");
      this.#nextStep(at);
    } else if (status === codes.connectionReaderInitiated) {
      this.#go("ended", `${held} (a connection that the reader opened)`);
    } else if (status === codes.connectionClientInitiated) {
      this.#go("ended", `${held} (a connection that a client opened)`);
    } else this.#go("ended", `the reader at ${config.address} does not take the connection (status ${status})`);
  }

  /** Asks what the next step asks, and goes on at once behind steps that need no answer. */
  #nextStep(at: Moment): void {
    this.#asked = undefined;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    for (let next = this.#steps.next(); next.done !== true; next = this.#steps.next()) {
      const step = next.value;
      const request = step.request(this.#facts);
      if (request === undefined) continue;
      const id = this.#write(request, step.version === undefined ? {} : { version: step.version });
      if (step.answer === undefined) continue;
      this.#asked = { step, id };
      this.#deadlineMs = at.steadyMs + (step.answerMs ?? limits.answerMs);
      return;
    }
    const { report } = this.#facts.config;
    if (report.every_ms > 0) this.#pollMs = at.steadyMs + report.every_ms;
    this.#tellAntennas();
    this.#go("running");
  }

  #takeAnswer(body: llrp.MessageBody, id: number, at: Moment): void {
    const status = "parameters" in body ? firstOf(body.parameters, "LLRPStatus") : undefined;
    if (body.name === "CLOSE_CONNECTION_RESPONSE" && this.#mode === "closing") {
      this.#go("ended", "the connection was closed");
      return;
    }
    const asked = this.#asked;
    if (asked === undefined || asked.id !== id || (body.name !== asked.step.answer && body.name !== "ERROR_MESSAGE")) {
      if (status !== undefined && status.status !== statuses.success) this.#trouble(body.name, statusText(status));
      return;
    }
    const isGood = body.name !== "ERROR_MESSAGE" && status?.status === statuses.success;
    if (isGood) asked.step.take?.(this.#facts, body);
    else this.#refused(asked.step, status === undefined ? "an answer without a status" : statusText(status));
    if (this.#mode === "setup") this.#nextStep(at);
  }

  #refused({ refused, answer }: Step, text: string): void {
    const request = answer?.replace("_RESPONSE", "");
    if (refused === undefined) this.#go("ended", `the reader refused ${request}: ${text}`);
    else refused(this.#facts);
  }

  /** The deadline of what is waited for has passed. */
  #late(at: Moment): void {
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    const step = this.#asked?.step;
    if (this.#mode === "greeting") this.#go("ended", "it takes the connection and says nothing: is it an LLRP reader?");
    else if (this.#mode === "closing") this.#go("ended", "the connection was closed");
    else if (step?.refused !== undefined) {
      step.refused(this.#facts);
      this.#nextStep(at);
    } else this.#go("ended", `no answer to ${step?.answer?.replace("_RESPONSE", "")}`);
  }

  /** An inventory that was to go on is started again; the reader may have been told otherwise by another program. */
  #inventoryEnded(at: Moment): void {
    const { start, stop } = this.#facts.config;
    const isToGoOn = stop.trigger === "none" && (start.trigger === "client" || start.trigger === "immediate");
    if (this.#mode !== "running" || !isToGoOn) return;
    this.#restartMs = Math.max(at.steadyMs, this.#restartedMs + limits.restartMs);
    if (this.#restartMs === at.steadyMs) this.#restart(at);
  }

  #restart({ steadyMs }: Moment): void {
    this.#restartMs = Number.POSITIVE_INFINITY;
    this.#restartedMs = steadyMs;
    this.#write({ name: "START_ROSPEC", roSpecId });
  }

  #tellAntennas(): void {
    const { antennas, config } = this.#facts;
    for (const { antennaId, connected } of antennas) {
      const isOurs = config.antennas === undefined ? connected : config.antennas.includes(antennaId);
      if (isOurs) this.#signal({ kind: "antenna", antenna: antennaId, connected });
    }
  }

  #trouble(name: string, text: string): void {
    this.#signal({ kind: "trouble", severity: "warning", detail: `${name}: ${text}` });
  }

  #signal(signal: Signal): void {
    const { signals } = this.#into();
    if (signals.length < driverLimits.messageSignalsMax) signals.push(signal);
  }

  /** Where what is read goes: parts of bounded size, so that one commit does not grow with what one chunk brings. */
  #into(): Parsed {
    const last = this.#parsed.at(-1);
    if (last !== undefined && last.readings.length < driverLimits.messageReadingsMax) return last;
    const next = nothingParsed();
    this.#parsed.push(next);
    return next;
  }

  #write(body: llrp.MessageBody, { id = this.#nextId++, version = this.#facts.version } = {}): number {
    this.#send.push(llrp.encodeMessage(body, { version, id }));
    return id;
  }

  #go(mode: "setup" | "running" | "closing" | "ended", why?: string): void {
    if (this.#mode === "ended") return;
    this.#mode = mode;
    if (mode === "ended") this.#end = why;
  }

  #turn(): Turn {
    const silentMs = limits.keepalivesMissedMax * this.#facts.config.keepalive_s * 1000;
    const isRunning = this.#mode === "running";
    return {
      parsed: this.#parsed.splice(0),
      send: this.#send.splice(0),
      running: isRunning,
      end: this.#end,
      wakeAtMs: isRunning ? Math.min(this.#heardMs + silentMs, this.#pollMs, this.#restartMs) : this.#deadlineMs,
    };
  }
}
