import type { Account, BizStep, DeviceId } from "@tallygate/protocol";
import type { ReadPointConfig, ReadPointRule } from "./types.ts";

/** The rule that a read point's configuration means. */
export function readPointRule(deviceId: DeviceId, config: ReadPointConfig): ReadPointRule {
  const to: string = config.to ?? config.place;
  return {
    deviceId,
    mode: config.mode,
    place: config.place,
    to: to as Account, // A place code is an account: the brands differ, the form is the same.
    from: config.from,
    bizStep: config.biz_step ?? stepBetween(config.from, to),
    minReads: config.min_reads,
    windowMs: config.window_ms,
    settleMs: config.settle_ms,
    repeatMs: config.repeat_ms,
    ...(config.antennas === undefined ? {} : { antennas: config.antennas }),
    ...(config.min_rssi_dbm === undefined ? {} : { minRssiDbm: config.min_rssi_dbm }),
  };
}

function stepBetween(from: string, to: string): BizStep {
  if (to === "customer") return "shipping";
  if (from === "supplier") return "receiving";
  return "storing";
}

/** Finds the rule of a reading: the one that names its antenna, else the device's rule without antennas. */
export type ReadPoints = ReadonlyMap<string, DevicePoints>;

interface DevicePoints {
  readonly others: ReadPointRule | undefined;
  readonly byAntenna: ReadonlyMap<number, ReadPointRule>;
}

export function indexReadPoints(rules: readonly ReadPointRule[]): ReadPoints {
  const index = new Map<string, { others: ReadPointRule | undefined; byAntenna: Map<number, ReadPointRule> }>();
  for (const rule of rules) {
    const points = index.get(rule.deviceId) ?? { others: undefined, byAntenna: new Map() };
    index.set(rule.deviceId, points);
    if (rule.antennas === undefined) points.others = rule;
    else for (const antenna of rule.antennas) points.byAntenna.set(antenna, rule);
  }
  return index;
}

export function findReadPoint(points: ReadPoints, deviceId: string, antenna: number | undefined) {
  const device = points.get(deviceId);
  if (device === undefined) return undefined;
  return (antenna === undefined ? undefined : device.byAntenna.get(antenna)) ?? device.others;
}
