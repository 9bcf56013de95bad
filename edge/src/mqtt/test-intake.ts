import { DeviceMeter } from "../drivers/health.ts";
import { type Device, DeviceConfig, deviceOf } from "../drivers/index.ts";
import { Intake } from "../drivers/intake.ts";
import { type Delivery, Inbox, type InboxOptions } from "../inbox.ts";

export interface TestRefused {
  readonly device: string;
  readonly code: string;
  readonly detail: string;
  readonly at: string | undefined;
  readonly bytes: Uint8Array;
}

/** For tests: the real inbox and intake in front of a commit that can be held, and that keeps what it commits. */
export interface TestIntake extends Disposable {
  readonly inbox: Inbox;
  readonly intake: Intake;
  readonly meters: ReadonlyMap<string, DeviceMeter>;
  /** What was committed, in order. */
  readonly scans: readonly string[];
  readonly refused: readonly TestRefused[];
  readonly commits: number;
  /** While it is held, commits fail, as on a full disk. */
  hold(): void;
  release(): void;
}

export const testDevices = {
  dock: { id: "dock-1", driver: "zebra-iotc", topic: "lyon/dock-1/tags", read_points: [{ place: "dock-1" }] },
  gate: { id: "gate-2", driver: "json", topic: "lyon/gate-2/tags", read_points: [{ place: "gate-2" }] },
} as const;

export function devicesOf(...configs: readonly unknown[]): readonly Device[] {
  return configs.map(config => deviceOf(DeviceConfig.parse(config)));
}

export function openTestIntake(devices: readonly Device[], options: InboxOptions = {}): TestIntake {
  const inbox = new Inbox({ retryMinMs: 5, retryMaxMs: 10, ...options });
  const meters = new Map<string, DeviceMeter>(
    devices.map(({ id, driver }) => [id, new DeviceMeter({ id, driver, countsReadings: driver === "zebra-iotc" })]),
  );
  const intake = new Intake({ inbox, meters });
  const scans: string[] = [];
  const refused: TestRefused[] = [];
  let held = false;
  let commits = 0;
  const commit = (deliveries: readonly Delivery[]) => {
    if (held) throw new Error("the disk is full");
    commits++;
    for (const delivery of deliveries) {
      for (const { scan, epcHex } of delivery.readings) scans.push(scan ?? epcHex ?? "");
      for (const { problem, bytes } of delivery.refused) {
        refused.push({ device: delivery.deviceId, code: problem.code, detail: problem.detail, at: problem.at, bytes });
      }
    }
  };
  const running = inbox.run({ decide: deliveries => [...deliveries], commit, apply: () => undefined });
  return {
    inbox,
    intake,
    meters,
    scans,
    refused,
    get commits() {
      return commits;
    },
    hold: () => {
      held = true;
    },
    release: () => {
      held = false;
    },
    [Symbol.dispose]: () => {
      intake[Symbol.dispose]();
      running[Symbol.dispose]();
    },
  };
}

/** A message of the plain format that the device `gate` sends. */
export function scanMessage(scan: string): string {
  return JSON.stringify({ scan });
}
