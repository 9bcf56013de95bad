import type { Reading } from "@tallygate/protocol";
import { ActiveClock, UsualGap } from "./silence.ts";

/** How one antenna hears, since this process started. */
export interface AntennaHealth {
  readonly antenna: number;
  readonly lastHeardMs: number;
  readonly readings: number;
  readonly readingsPerS: number;
  /** How strongly it usually hears, and how much that varies: moves slowly. Absent without any signal strength. */
  readonly rssi: { readonly meanDbm: number; readonly deviationDb: number } | undefined;
  /** It used to hear and does not any more, while others of the device do. */
  readonly silent: boolean;
}

interface Antenna {
  lastHeardMs: number;
  readings: number;
  sinceMs: number;
  sinceReadings: number;
  perS: number;
  rssiCount: number;
  rssiMean: number;
  rssiVariance: number;
  readonly gap: UsualGap;
}

/** A baseline of so many readings: a few pallets do not move it, a cable that ages does. */
const rssiMemory = 2000;
const rateWindowMs = 5000;

/** Follows each antenna of a device. Bounded; cheap enough for each reading. */
export class AntennaMeters {
  readonly #antennas = new Map<number, Antenna>();
  readonly #max: number;
  /** Time in which the device hears anything: at night no antenna is missed. */
  readonly #active = new ActiveClock();

  constructor(max: number) {
    this.#max = max;
  }

  hear({ antenna, rssiDbm }: Reading, nowMs: number): void {
    const activeMs = this.#active.tick(nowMs);
    if (antenna === undefined) return;
    const own = this.#antennas.get(antenna) ?? this.#add(antenna, nowMs);
    if (own === undefined) return;
    own.lastHeardMs = nowMs;
    own.readings++;
    own.gap.heard(activeMs);
    measure(own, nowMs);
    if (rssiDbm !== undefined) learn(own, rssiDbm);
  }

  list(nowMs: number): readonly AntennaHealth[] {
    return [...this.#antennas].map(([antenna, own]) => {
      measure(own, nowMs);
      const { lastHeardMs, readings, perS: readingsPerS, rssiCount, rssiMean: meanDbm, rssiVariance } = own;
      const rssi = rssiCount === 0 ? undefined : { meanDbm, deviationDb: Math.sqrt(rssiVariance) };
      return { antenna, lastHeardMs, readings, readingsPerS, rssi, silent: own.gap.overdue(this.#active.ms) };
    });
  }

  #add(antenna: number, nowMs: number): Antenna | undefined {
    if (this.#antennas.size >= this.#max) return undefined;
    const rssi = { rssiCount: 0, rssiMean: 0, rssiVariance: 0 };
    const rate = { readings: 0, sinceMs: nowMs, sinceReadings: 0, perS: 0 };
    const added = { lastHeardMs: nowMs, ...rate, ...rssi, gap: new UsualGap() };
    this.#antennas.set(antenna, added);
    return added;
  }
}

function measure(antenna: Antenna, nowMs: number): void {
  const elapsedMs = nowMs - antenna.sinceMs;
  if (elapsedMs >= 0 && elapsedMs < rateWindowMs) return;
  // After a long pause the window is not the time that passed: nothing was heard in most of it.
  const heard = antenna.readings - antenna.sinceReadings;
  antenna.perS = elapsedMs >= 2 * rateWindowMs || elapsedMs < 0 ? 0 : (heard * 1000) / elapsedMs;
  antenna.sinceMs = nowMs;
  antenna.sinceReadings = antenna.readings;
}

/** Mean and variance that forget slowly; over the first readings they are the plain ones. */
function learn(antenna: Antenna, rssiDbm: number): void {
  antenna.rssiCount = Math.min(rssiMemory, antenna.rssiCount + 1);
  const weight = 1 / antenna.rssiCount;
  const difference = rssiDbm - antenna.rssiMean;
  antenna.rssiMean += weight * difference;
  antenna.rssiVariance = (1 - weight) * (antenna.rssiVariance + weight * difference * difference);
}
