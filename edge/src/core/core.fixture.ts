import { type Account, DeviceId, type Reading } from "@tallygate/protocol";
import { apply } from "./apply.ts";
import { decide } from "./decide.ts";
import { readPointRule } from "./read-points.ts";
import { type CoreDecision, type CoreState, openCore } from "./state.ts";
import { type ClockSkew, type Lookup, ReadPointConfig, type ReadPointRule, type TagPlace } from "./types.ts";

export const startMs = Date.UTC(2026, 8, 7, 12);

/** The read point of a device, from a configuration as it stands in the file. */
export function rule(deviceId: string, config: object): ReadPointRule {
  const parsed = ReadPointConfig.parse({ mode: "gate", place: deviceId, ...config });
  return readPointRule(DeviceId.parse(deviceId), parsed);
}

/** The EPC of one thing of GTIN 09506000134352 in SGTIN-96; the number is its serial. */
export function epcOf(serial: number): string {
  return `30364433400D1EC0${serial.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** What a store would know: for tests of the core alone. */
export class KnownThings implements Lookup {
  readonly places = new Map<string, TagPlace>();
  readonly scans = new Set<string>();

  tagPlace(key: string): TagPlace | undefined {
    return this.places.get(key);
  }

  scanSeen(fingerprint: string): boolean {
    return this.scans.has(fingerprint);
  }

  commit(decision: CoreDecision): void {
    for (const place of decision.tagPlaces) this.places.set(place.key, place);
    for (const scan of decision.scansSeen) this.scans.add(scan);
  }
}

type Heard = Partial<Omit<Reading, "deviceId">>;

/**
 * A site to tell stories about: readings come at a time that only moves when the story says so, and each is a tick of its own unless
 * told together.
 */
export class Story {
  readonly known = new KnownThings();
  readonly core: CoreState;
  nowMs = startMs;
  readonly movements: { code: string; quantity: number; from: string; to: string; eventTimeMs: number }[] = [];
  readonly presence: string[] = [];
  readonly exceptions: { problem: string; key: string }[] = [];
  last: CoreDecision | undefined;

  constructor(rules: readonly ReadPointRule[], clocks: readonly ClockSkew[] = []) {
    this.core = openCore({ readPoints: rules, clocks });
  }

  wait(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  reading(deviceId: string, heard: Heard): Reading {
    return { deviceId: DeviceId.parse(deviceId), receivedTimeMs: this.nowMs, ...heard };
  }

  /** A tag is heard, now, at a strength. */
  hear(deviceId: string, serial: number, rssiDbm?: number, heard: Heard = {}): this {
    const strength = rssiDbm === undefined ? {} : { rssiDbm };
    return this.tick(this.reading(deviceId, { epcHex: epcOf(serial), ...strength, ...heard }));
  }

  scan(deviceId: string, scan: string, heard: Heard = {}): this {
    return this.tick(this.reading(deviceId, { scan, ...heard }));
  }

  tick(...readings: Reading[]): this {
    const decision = decide(this.core, readings, this.nowMs, this.known);
    this.known.commit(decision);
    apply(this.core, decision);
    for (const { movement } of decision.movements) {
      const { code, quantity, from, to, eventTimeMs } = movement;
      this.movements.push({ code, quantity, from, to, eventTimeMs });
    }
    for (const { kind, place } of decision.presence) this.presence.push(`${kind} ${place}`);
    for (const { problem, key } of decision.exceptions) this.exceptions.push({ problem, key });
    this.last = decision;
    return this;
  }

  /** The movements as "from → to", with the quantity where it is not 1. */
  routes(): string[] {
    return this.movements.map(({ from, to, quantity }) => `${from} → ${to}${quantity === 1 ? "" : ` × ${quantity}`}`);
  }

  /** The thing is known at an account since a time. */
  knows(key: string, account: string, eventTimeMs: number): this {
    this.known.places.set(key, { key, account: account as Account, eventTimeMs });
    return this;
  }
}
