import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, DeviceId, SiteId } from "@tallygate/protocol";
import type { DecidedMovement, Decision, TimedReading } from "../core/types.ts";
import { openStore, type StoreOptions } from "./open.ts";
import type { Store } from "./store.ts";

export const lyon = SiteId.parse("lyon");
export const nowMs = Date.UTC(2026, 8, 7, 12);
export const classKey = "(01)09506000134352";

/** A directory that goes when it is disposed. */
export function temporaryDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "tallygate-store-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function open(dir: string, options: Partial<StoreOptions> = {}): Store {
  return openStore(dir, { site: lyon, nowMs, randomBytes, ...options });
}

/** The arrival of the thing with this serial number. */
export function movement(serial: number, change: Partial<DecidedMovement["movement"]> = {}): DecidedMovement {
  return {
    movement: {
      code: `${classKey}(21)${serial}`,
      epcHex: `30364433400D1EC0${serial.toString(16).toUpperCase().padStart(8, "0")}`,
      quantity: 1,
      from: Account.parse("supplier"),
      to: Account.parse("dock-1"),
      bizStep: "receiving",
      readPoint: "dock-1/2",
      eventTimeMs: nowMs + serial,
      cause: "reading",
      ...change,
    },
    classKey,
  };
}

export function reading(serial: number, change: Partial<TimedReading["reading"]> = {}): TimedReading {
  const receivedTimeMs = nowMs + serial;
  const epcHex = `30364433400D1EC0${serial.toString(16).toUpperCase().padStart(8, "0")}`;
  return {
    reading: { deviceId: DeviceId.parse("dock-1"), antenna: 2, epcHex, rssiDbm: -61.5, receivedTimeMs, ...change },
    eventTimeMs: receivedTimeMs,
  };
}

export function decision(parts: Partial<Decision>): Decision {
  return {
    nowMs,
    readings: [],
    movements: [],
    observations: [],
    tagPlaces: [],
    presence: [],
    exceptions: [],
    scansSeen: [],
    clocks: [],
    scanners: [],
    ...parts,
  };
}

/** Commits so many movements with the serial numbers from `first` on, in one tick. */
export function commitMovements(store: Store, first: number, count = 1): void {
  const movements = Array.from({ length: count }, (_, index) => movement(first + index));
  store.commit(decision({ movements }));
}
