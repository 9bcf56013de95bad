import {
  Account,
  BizStep,
  type Epoch,
  type Movement,
  type Observation,
  PlaceCode,
  type ProblemCode,
  type Reading,
} from "@tallygate/protocol";
import { z } from "zod";
import { configuredRoute, type ScanMode, scanModes } from "./scanner/modes.ts";
import type { KeptScanner } from "./scanner/scanner-state.ts";

/**
 * What a read point means: an antenna, or all antennas of a device, or a scanner. In the configuration file it stands under its
 * device; `readPointRule` makes the rule of it.
 */
export const ReadPointConfig = z
  .strictObject({
    antennas: z
      .array(z.int().min(1).max(1024))
      .min(1)
      .max(64)
      .optional()
      .meta({ description: "Antennas that this is about; absent: all that no other read point of the device names." }),
    mode: z.enum(["gate", "scanner", ...scanModes]).meta({
      description:
        "gate: presence of tags is judged. The others: each scan is an act. receive: from a supplier to the place. ship, pick: from the place to a customer. move: from `from` to the place, or between places that are scanned. count, look_up: nothing moves. scanner: from `from` to `to`.",
    }),
    place: PlaceCode.meta({ description: "The place that the read point hears." }),
    to: Account.optional().meta({
      description: "Where a thing is after it was read here; by default `place`. A shipping gate says customer.",
    }),
    from: Account.optional().meta({
      description:
        "Where a thing comes from that was never seen before, and what a scan of a class of things takes from; by default supplier.",
    }),
    biz_step: BizStep.optional().meta({
      description: "By default receiving from a supplier, shipping to a customer, storing otherwise.",
    }),
    min_rssi_dbm: z.number().min(-120).max(0).optional().meta({ description: "Weaker readings do not count." }),
    min_reads: z
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .meta({ description: "Readings within the window until a tag is there." }),
    window_ms: z
      .int()
      .min(100)
      .max(86_400_000)
      .default(30_000)
      .meta({ description: "A tag not heard for so long has departed from the place's hearing." }),
    settle_ms: z.int().min(0).max(10_000).default(0).meta({
      description:
        "How long a gate listens before it decides. 0 decides at the first reading that suffices; where doors stand side by side, give the others time to be heard.",
    }),
    repeat_ms: z
      .int()
      .min(0)
      .max(60_000)
      .default(0)
      .meta({ description: "A scan of the same class of things within so long is a repeat. 0: each scan counts." }),
    forget_ms: z
      .int()
      .min(5000)
      .max(3_600_000)
      .default(120_000)
      .meta({ description: "A half-done sequence of scans is forgotten after so long without a scan." }),
  })
  .refine(config => {
    const route = configuredRoute(config);
    return route === undefined || route.from !== route.to;
  }, "from and to are the same account: nothing would move");
export type ReadPointConfig = z.infer<typeof ReadPointConfig>;

/** A read point of a device, as the core uses it. */
export interface ReadPointRule {
  readonly deviceId: string;
  readonly antennas?: readonly number[];
  readonly mode: "gate" | "scanner";
  /** Of a scanner: the mode that it has until another is set, and whether `from` and `to` are its route in that mode. */
  readonly scan?: { readonly mode: ScanMode; readonly hasRoute: boolean; readonly forgetMs: number };
  readonly place: string;
  readonly to: Account;
  readonly from: Account;
  readonly bizStep: BizStep;
  readonly minRssiDbm?: number;
  readonly minReads: number;
  readonly windowMs: number;
  readonly settleMs: number;
  readonly repeatMs: number;
}

/** Something for a person: kept with its bytes. The same problem, device and key within a day is one row with a count. */
export interface ExceptionInput {
  readonly problem: ProblemCode;
  readonly detail: string;
  readonly deviceId: string;
  /** What makes two of them the same: a code, a topic, or nothing. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly timeMs: number;
}

/** A reading with the event time that the core believes, in milliseconds since 1970 UTC; the device's own stays in it. */
export interface TimedReading {
  readonly reading: Reading;
  readonly eventTimeMs: number;
}

/** Where a serialised thing or logistic unit is known to be, by event time. */
export interface TagPlace {
  readonly key: string;
  readonly account: Account;
  readonly eventTimeMs: number;
}

/** Presence of a tag at a place, before any business meaning. */
export interface PresenceChange {
  readonly kind: "arrived" | "moved" | "departed";
  readonly key: string;
  readonly place: string;
  readonly from?: string;
  readonly timeMs: number;
}

/** A movement as decided. */
export interface DecidedMovement {
  /** If it reverses a movement of the same tick, the store adds `reverses`. */
  readonly movement: Movement;
  /** Position in the tick's movements of the one that this one reverses. */
  readonly reversesDecided?: number;
  /** The class key under which its stock is counted; absent for a logistic unit, which is no stock itself. */
  readonly classKey?: string;
}

/** Something that was counted: an observation as decided, which moves nothing. */
export interface CountedGoods extends Omit<Observation, "seq"> {
  readonly classKey: string;
  /** One thing of its own. */
  readonly isThing: boolean;
}

/** What the core asks of the store about things that are not in its memory. Answers as of the last commit. */
export interface Lookup {
  tagPlace(key: string): TagPlace | undefined;
  /** Whether a scan with this fingerprint was committed before: a device that got no answer sends it again. */
  scanSeen(fingerprint: string): boolean;
  /** The epoch in which the next movement gets its identity. */
  readonly epoch: { readonly epoch: Epoch };
}

/** A device's clock: what to add to its times. Kept, so that after a restart an old reading is not taken for a slow clock. */
export interface ClockSkew {
  readonly deviceId: string;
  readonly skewMs: number;
}

/** What a tick concluded. It changes nothing until `apply`; the store commits it first. */
export interface Decision {
  readonly nowMs: number;
  readonly readings: readonly TimedReading[];
  readonly movements: readonly DecidedMovement[];
  readonly observations: readonly CountedGoods[];
  readonly tagPlaces: readonly TagPlace[];
  readonly presence: readonly PresenceChange[];
  readonly exceptions: readonly ExceptionInput[];
  readonly scansSeen: readonly string[];
  readonly clocks: readonly ClockSkew[];
  /** Scanners whose state changes. */
  readonly scanners: readonly KeptScanner[];
}
