import type { ProblemCode, SiteStatus } from "@tallygate/protocol";
import { type AntennaHealth, AntennaMeters } from "./antenna-health.ts";
import type { Parsed, Signal } from "./driver.ts";
import { LossCounter } from "./loss.ts";
import { type ActiveClock, silenceLimits, UsualGap } from "./silence.ts";

export type DeviceState = SiteStatus["devices"][number]["state"];

/** How a device is, as far as this process has seen since it started. */
export interface DeviceHealth {
  readonly id: string;
  readonly driver: string;
  readonly state: DeviceState;
  /** What there is to say about the state. */
  readonly detail: string | undefined;
  readonly lastHeardMs: number | undefined;
  readonly messages: number;
  readonly readings: number;
  readonly readingsPerS: number;
  readonly refused: number;
  readonly refusedByCode: ReadonlyMap<ProblemCode, number>;
  /** Readings that the device lost before us: told by it, or missing in its counter. */
  readonly lost: number;
  readonly antennas: ReadonlyMap<number, boolean>;
  readonly antennasHeard: readonly AntennaHealth[];
  /** Why its silence is no rest: an alarm. */
  readonly missed: string | undefined;
  readonly inputs: ReadonlyMap<number, boolean>;
  readonly trouble: { readonly detail: string; readonly atMs: number } | undefined;
}

/** A device that was heard and then not for so long is silent. It may be right: nothing passes at night. */
const silentAfterMs = 300_000;
const rateWindowMs = 5000;
/** Pins and antennas that one device may have. */
const partsMax = 256;

export interface MeterOptions {
  readonly id: string;
  readonly driver: string;
  readonly countsReadings: boolean;
  /** Shared by the devices of a site; absent: a device is not compared with others. */
  readonly siteClock?: ActiveClock;
  /** Not heard for so long is an alarm; absent: it is learned. */
  readonly silentMs?: number | undefined;
  readonly nowMs?: number;
}

/** Counts what one device sends. Cheap: it is called for each message. */
export class DeviceMeter {
  readonly id: string;
  readonly driver: string;
  readonly #countsReadings: boolean;
  #connection: { state: "connected" | "failed" | "waiting"; detail: string | undefined } = {
    state: "waiting",
    detail: undefined,
  };
  #lastHeardMs: number | undefined;
  #messages = 0;
  #readings = 0;
  #refused = 0;
  readonly #refusedByCode = new Map<ProblemCode, number>();
  /** As the device tells it. */
  #lost = 0;
  readonly #counter = new LossCounter();
  readonly #antennas = new Map<number, boolean>();
  readonly #inputs = new Map<number, boolean>();
  #trouble: { detail: string; atMs: number } | undefined;
  #online = true;
  #rate = { sinceMs: 0, readings: 0, perS: 0 };

  readonly #heard = new AntennaMeters(partsMax);
  readonly #siteClock: ActiveClock | undefined;
  /** On the site's clock: how long it is not heard while others are. */
  readonly #gap = new UsualGap();
  readonly #heartbeat = new UsualGap();
  readonly #silentMs: number | undefined;
  readonly #startMs: number;

  constructor({ id, driver, countsReadings, siteClock, silentMs, nowMs = 0 }: MeterOptions) {
    this.id = id;
    this.driver = driver;
    this.#countsReadings = countsReadings;
    this.#siteClock = siteClock;
    this.#silentMs = silentMs;
    this.#startMs = nowMs;
  }

  count(parsed: Parsed, nowMs: number): void {
    this.#messages++;
    this.#lastHeardMs = nowMs;
    const { readings, refused, signals } = parsed;
    this.#readings += readings.length;
    this.#measure(nowMs, readings.length);
    if (this.#siteClock !== undefined) {
      const siteMs = readings.length > 0 ? this.#siteClock.tick(nowMs) : this.#siteClock.ms;
      this.#gap.heard(siteMs);
    }
    for (const reading of readings) this.#heard.hear(reading, nowMs);
    if (this.#countsReadings)
      for (const { sequence } of readings) if (sequence !== undefined) this.#counter.follow(sequence);
    for (const { problem } of refused) {
      this.#refused++;
      this.#refusedByCode.set(problem.code, (this.#refusedByCode.get(problem.code) ?? 0) + 1);
    }
    for (const signal of signals) this.#take(signal, nowMs);
  }

  /** The transport's own state: a serial port that is open or not, a client that is there or not. */
  connection(state: "connected" | "failed" | "waiting", detail?: string): void {
    this.#connection = { state, detail };
  }

  health(nowMs: number): DeviceHealth {
    this.#measure(nowMs, 0);
    return {
      id: this.id,
      driver: this.driver,
      ...this.#stateAt(nowMs),
      lastHeardMs: this.#lastHeardMs,
      messages: this.#messages,
      readings: this.#readings,
      readingsPerS: this.#rate.perS,
      refused: this.#refused,
      refusedByCode: this.#refusedByCode,
      lost: this.#lost + this.#counter.lost,
      antennas: this.#antennas,
      antennasHeard: this.#heard.list(nowMs),
      missed: this.#missedAt(nowMs),
      inputs: this.#inputs,
      trouble: this.#trouble,
    };
  }

  #stateAt(nowMs: number): { readonly state: DeviceState; readonly detail: string | undefined } {
    const { state, detail } = this.#connection;
    if (state === "failed") return { state, detail };
    if (!this.#online) return { state: "silent", detail: "the reader says that its connection is down" };
    const deaf = [...this.#antennas].filter(([, connected]) => !connected).map(([antenna]) => antenna);
    const antennas = deaf.length === 0 ? undefined : `antenna ${deaf.join(", ")} not connected`;
    if (this.#lastHeardMs === undefined) return { state, detail: detail ?? antennas };
    const resting = state !== "connected" && nowMs - this.#lastHeardMs > silentAfterMs;
    const silent = resting || this.#missedAt(nowMs) !== undefined;
    return { state: silent ? "silent" : "connected", detail: detail ?? antennas };
  }

  #missedAt(nowMs: number): string | undefined {
    const { heartbeatFactor, heartbeatFloorMs } = silenceLimits;
    const lastMs = this.#lastHeardMs ?? this.#startMs;
    if (this.#silentMs !== undefined) {
      return nowMs - lastMs > this.#silentMs ? `nothing was heard for more than ${this.#silentMs / 1000} s` : undefined;
    }
    const quietMs = nowMs - lastMs;
    if (this.#heartbeat.overdue(nowMs, heartbeatFactor, heartbeatFloorMs) && quietMs > heartbeatFloorMs) {
      return "its heartbeat stays out";
    }
    const overdue = this.#siteClock !== undefined && this.#gap.overdue(this.#siteClock.ms);
    return overdue ? "it has not been heard for much longer than usual, while others are" : undefined;
  }

  #take(signal: Signal, nowMs: number): void {
    switch (signal.kind) {
      case "heartbeat":
        this.#heartbeat.heard(nowMs);
        if (signal.antennasConnected !== undefined) this.#setAntennas(signal.antennasConnected);
        return;
      case "input":
        if (this.#inputs.size < partsMax || this.#inputs.has(signal.pin)) this.#inputs.set(signal.pin, signal.high);
        return;
      case "antenna":
        if (this.#antennas.size < partsMax || this.#antennas.has(signal.antenna)) {
          this.#antennas.set(signal.antenna, signal.connected);
        }
        return;
      case "loss":
        this.#lost += signal.count ?? 1;
        this.#trouble = { detail: `readings lost: ${signal.detail}`, atMs: nowMs };
        return;
      case "trouble":
        this.#trouble = { detail: signal.detail, atMs: nowMs };
        return;
      case "online":
        this.#online = signal.online;
        return;
      case "inventory":
      case "output":
      case "answer":
      case "ignored":
        return;
    }
  }

  /** A heartbeat names the antennas that are connected. One that never was connected is no fault. */
  #setAntennas(connected: readonly number[]): void {
    for (const antenna of this.#antennas.keys()) this.#antennas.set(antenna, connected.includes(antenna));
    for (const antenna of connected) if (this.#antennas.size < partsMax) this.#antennas.set(antenna, true);
  }

  #measure(nowMs: number, readings: number): void {
    const elapsedMs = nowMs - this.#rate.sinceMs;
    if (elapsedMs >= rateWindowMs || elapsedMs < 0) {
      // After a long pause the window is not the time that passed: nothing was heard in most of it.
      const perS = elapsedMs >= 2 * rateWindowMs ? 0 : (this.#rate.readings * 1000) / elapsedMs;
      this.#rate = { sinceMs: nowMs, readings: 0, perS: Math.max(0, perS) };
    }
    this.#rate.readings += readings;
  }
}
