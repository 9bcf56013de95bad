import type { DeviceConfigBase } from "../drivers/driver.ts";
import { deviceIfSound, drivers } from "../drivers/index.ts";

/** Somebody who sends, and for whom no device is configured. */
export interface Discovery {
  /** The topic, or `http:/readers/ID/events`. */
  readonly source: string;
  /** The user that sent it, if it gave a name. */
  readonly user: string | undefined;
  readonly messages: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** The beginning of what came last. */
  readonly last: Uint8Array;
}

/** What a discovered device would have in its configuration, as far as what it sent tells. */
export type Suggestion = Readonly<Record<string, unknown>>;

export const discoveryLimits = {
  /** Sources remembered; with one more the one that was not heard for longest is forgotten. */
  sourcesMax: 100,
  /** Bytes kept of the last message of each. */
  lastBytesMax: 16 * 1024,
} as const;

const httpSource = /^http:\/readers\/([^/]+)\/events$/;

/** Who was heard without being configured, to be taken in with one call. Bounded. */
export class Discoveries {
  /** The one that was heard last stands last. */
  readonly #bySource = new Map<string, Discovery>();

  heard(source: string, payload: Uint8Array, nowMs: number, user?: string): void {
    const before = this.#bySource.get(source);
    const last = Uint8Array.prototype.slice.call(payload, 0, discoveryLimits.lastBytesMax);
    const messages = (before?.messages ?? 0) + 1;
    this.#bySource.delete(source);
    this.#bySource.set(source, { source, user, messages, firstMs: before?.firstMs ?? nowMs, lastMs: nowMs, last });
    const [oldest] = this.#bySource.keys();
    if (this.#bySource.size > discoveryLimits.sourcesMax && oldest !== undefined) this.#bySource.delete(oldest);
  }

  /** The one that was heard last first. */
  list(): readonly Discovery[] {
    return [...this.#bySource.values()].reverse();
  }

  find(source: string): Discovery | undefined {
    return this.#bySource.get(source);
  }

  forget(source: string): void {
    this.#bySource.delete(source);
  }
}

/** Tries the drivers on what was sent: the first that reads it, else the first that understands it, would be the right one. */
export function suggestionOf({ source, user, last }: Discovery): Suggestion {
  const http = httpSource.exec(source)?.[1];
  const way = http === undefined ? undefined : { http: true };
  const base = { ...(user === undefined ? {} : { user }) };
  let understood: Suggestion | undefined;
  for (const driver of drivers) {
    if (driver.transport !== "mqtt") continue;
    const own = way ?? driver.suggest(source);
    if (own === undefined) continue;
    const settings = { driver: driver.name, ...own, ...base };
    const fit = fits({ id: "discovered", ...settings, read_points: [{ place: "discovered" }] }, source, last);
    if (fit === "read") return settings;
    if (fit === "understood") understood ??= settings;
  }
  return understood ?? { ...(way ?? { topic: source }), ...base };
}

function fits(config: object, source: string, payload: Uint8Array): "read" | "understood" | undefined {
  const device = deviceIfSound(asConfig(config));
  if (device?.transport !== "mqtt") return undefined;
  const parsed = device.parse(payload, { deviceId: device.id, receivedTimeMs: 0, topic: source });
  if (parsed.refused.length > 0) return undefined;
  if (parsed.readings.length > 0) return "read";
  return parsed.signals.length > 0 ? "understood" : undefined;
}

/** It is checked against its driver's schema where it is made a device. */
function asConfig(config: object): DeviceConfigBase {
  return config as DeviceConfigBase;
}
