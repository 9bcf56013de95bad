import { type Account, DeviceId, Epoch, PlaceCode, type Reading } from "@tallygate/protocol";
import { apply } from "./apply.ts";
import { decide } from "./decide.ts";
import { readPointRule } from "./read-points.ts";
import type { ScanMode } from "./scanner/modes.ts";
import type { KeptScanner, ScanAnswer } from "./scanner/scanner-state.ts";
import { type CoreDecision, type CoreOptions, type CoreState, openCore } from "./state.ts";
import { type Lookup, ReadPointConfig, type ReadPointRule, type TagPlace } from "./types.ts";

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
  readonly scanners = new Map<string, KeptScanner>();
  epoch = { epoch: Epoch.parse("0".repeat(16)), last: 0 };

  /** As an edge that found its history to have two ends. */
  newEpoch(): void {
    this.epoch = { epoch: Epoch.parse("1".repeat(16)), last: 0 };
  }

  tagPlace(key: string): TagPlace | undefined {
    return this.places.get(key);
  }

  scanSeen(fingerprint: string): boolean {
    return this.scans.has(fingerprint);
  }

  /** Gives the movements their identities, as the store does: the first one's, and `reverses` of those that need it. */
  commit(decision: CoreDecision): Identified {
    const { epoch, last } = this.epoch;
    const first = { epoch, seq: last + 1 };
    this.epoch = { epoch, last: last + decision.movements.length };
    for (const kept of decision.scanners) this.scanners.set(kept.deviceId, kept);

    for (const place of decision.tagPlaces) this.places.set(place.key, place);
    for (const scan of decision.scansSeen) this.scans.add(scan);
    const reverses = decision.movements.map(({ movement, reversesDecided }) =>
      reversesDecided === undefined ? movement.reverses?.seq : first.seq + reversesDecided,
    );
    return { first, reverses };
  }
}

interface Identified {
  readonly first: { readonly epoch: Epoch; readonly seq: number };
  readonly reverses: readonly (number | undefined)[];
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
  /** Beside each movement the number of the one that it reverses. */
  readonly reverses: (number | undefined)[] = [];
  readonly answers: ScanAnswer[] = [];
  /** How many readings were recorded. */
  readings = 0;
  readonly presence: string[] = [];
  readonly exceptions: { problem: string; key: string }[] = [];
  last: CoreDecision | undefined;

  constructor(rules: readonly ReadPointRule[], options: Omit<CoreOptions, "readPoints"> = {}) {
    this.core = openCore({ readPoints: rules, ...options });
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
    return this.take(decide(this.core, readings, this.nowMs, this.known));
  }

  /** Someone sets a mode at the page. */
  order(deviceId: string, mode: ScanMode, place?: string): this {
    const named = place === undefined ? {} : { place: PlaceCode.parse(place) };
    const order = { deviceId, mode, ...named };
    return this.take(decide(this.core, [], this.nowMs, this.known, [], [order]));
  }

  /** Commits a decision and takes it over. */
  take(decision: CoreDecision): this {
    const { first, reverses } = this.known.commit(decision);
    apply(this.core, decision, first);
    for (const [index, { movement }] of decision.movements.entries()) {
      const { code, quantity, from, to, eventTimeMs } = movement;
      this.movements.push({ code, quantity, from, to, eventTimeMs });
      this.reverses.push(reverses[index]);
    }
    for (const answer of decision.answers.values()) this.answers.push(answer);
    for (const { kind, place } of decision.presence) this.presence.push(`${kind} ${place}`);
    for (const { problem, key } of decision.exceptions) this.exceptions.push({ problem, key });
    this.readings += decision.readings.length;
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
