import { type Account, type Identity, identify, type PlaceCode } from "@tallygate/protocol";
import type { Clock } from "./clock-skew.ts";
import type { Hearing } from "./presence.ts";
import { indexReadPoints, type ReadPoints, scannerConfiguration } from "./read-points.ts";
import type { Sweep, SweepChange } from "./scanner/counting.ts";
import type { Done, KeptScanner, ScanAnswer, ScannerState } from "./scanner/scanner-state.ts";
import type { ClockSkew, Decision, ReadPointRule } from "./types.ts";

/** What the core knows. Only `apply` changes it. */
export interface CoreState {
  readonly points: ReadPoints;
  readonly identify: (code: { readonly epcHex: string } | { readonly scan: string }) => Identity;
  /** Tags heard within their window, by the key of what they are. The others are on disk only. */
  readonly tags: Map<string, TagSlot>;
  /** The same tags by their EPCs. */
  readonly tagOfEpc: Map<string, TagSlot>;
  readonly clocks: Map<string, Clock>;
  readonly knownSkews: Map<string, number>;
  /** Keys of tags by the time slot in which each is looked at next: the tag's own `dueMs` says which of them counts. */
  readonly due: Map<number, string[]>;
  /** Last time that each class of things was scanned at a read point that ignores repeats. */
  readonly classScans: Map<string, number>;
  /** Places that may be scanned; none named: any. */
  readonly places: ReadonlySet<string>;
  /** Places by the key of their location barcode. */
  readonly placeOfGln: ReadonlyMap<string, PlaceCode>;
  /** Scanners that are not as their configuration has them. */
  readonly scanners: Map<string, ScannerState>;
  /** What each scanner moved and may undo, the latest last. */
  readonly done: Map<string, readonly Done[]>;
  /** What each scanner that counts has counted where it is. */
  readonly sweeps: Map<string, Sweep>;
  lastSlot: number;
  version: number;
}

/**
 * Where a tag stands in memory. `copy` is what the draft named by `copyOf` works on: it is found faster here than in a table of the
 * draft, belongs to that draft alone and means nothing to any other.
 */
export interface TagSlot {
  tag: ActiveTag;
  copy: ActiveTag | undefined;
  copyOf: object | undefined;
}

/** A tag in memory. */
export interface ActiveTag {
  readonly key: string;
  readonly classKey: string | undefined;
  epcs: readonly string[];
  /** Where it counts as stock, if it was ever seen. */
  account: Account | undefined;
  /** The last that is known of it, by event time: a movement, or that it was heard. */
  knownMs: number;
  movedMs: number;
  /** The place that hears it. */
  at: string | undefined;
  doubted: boolean;
  /** When it leaves memory if it is not heard again. */
  leavesMs: number;
  /** When it is looked at next although nobody hears it. */
  dueMs: number;
  hearings: Hearing[];
}

export interface CoreOptions {
  readonly readPoints: readonly ReadPointRule[];
  readonly clocks?: Iterable<ClockSkew>;
  /** As they were kept; those whose configuration has changed since begin anew. */
  readonly scanners?: Iterable<KeptScanner>;
  readonly places?: Iterable<{ readonly code: PlaceCode; readonly glnKey?: string | undefined }>;
  readonly identify?: CoreState["identify"];
}

export function openCore(options: CoreOptions): CoreState {
  const points = indexReadPoints(options.readPoints);
  const kept = [...(options.scanners ?? [])].filter(
    ({ deviceId, configured }) => configured === scannerConfiguration(points, deviceId),
  );
  const places = [...(options.places ?? [])];
  return {
    points,
    places: new Set(places.map(({ code }) => code)),
    placeOfGln: new Map(places.flatMap(({ code, glnKey }) => (glnKey === undefined ? [] : [[glnKey, code]]))),
    scanners: new Map(kept.map(({ deviceId, state }) => [deviceId, state])),
    done: new Map(),
    sweeps: new Map(),
    identify: options.identify ?? identify,
    tags: new Map(),
    tagOfEpc: new Map(),
    clocks: new Map(),
    knownSkews: new Map([...(options.clocks ?? [])].map(clock => [clock.deviceId, clock.skewMs])),
    due: new Map(),
    classScans: new Map(),
    lastSlot: Number.NEGATIVE_INFINITY,
    version: 0,
  };
}

/** A decision together with what `apply` does to the state. */
export interface CoreDecision extends Decision {
  readonly changes: Changes;
  /** What each scan, by its reading, and each order is answered after the commit. */
  readonly answers: ReadonlyMap<object, ScanAnswer>;
}

export interface Changes {
  readonly version: number;
  /** Tags in memory that change, and in the same order what they become. */
  readonly slots: TagSlot[];
  readonly copies: ActiveTag[];
  /** Tags that come into memory. */
  readonly fresh: Map<string, ActiveTag>;
  readonly gone: Set<string>;
  readonly keyOfEpc: Map<string, string>;
  readonly clocks: Map<string, Clock>;
  readonly classScans: Map<string, number>;
  /** When tags are looked at next. */
  readonly due: Map<string, number>;
  readonly slotsDone: number[];
  readonly scanners: Map<string, ScannerState>;
  /** With the positions of the tick's own movements until they have an identity. */
  readonly done: Map<string, readonly Done[]>;
  readonly sweeps: Map<string, SweepChange>;
}
