import type { Account, BizStep, DeviceId } from "@tallygate/protocol";
import { configuredRoute, modeBetween, type ScanMode, stepOf } from "./scanner/modes.ts";
import type { ReadPointConfig, ReadPointRule } from "./types.ts";

/** The rule that a read point's configuration means. */
export function readPointRule(deviceId: DeviceId, config: ReadPointConfig): ReadPointRule {
  const route = configuredRoute(config);
  // Where only scanned places say from where to where, these are not looked at.
  const { from, to } = route ?? { from: "supplier" as Account, to: config.place as string as Account };
  const mode = scanModeOf(config, from, to);
  return {
    deviceId,
    mode: mode === undefined ? "gate" : "scanner",
    ...(mode === undefined ? {} : { scan: { mode, hasRoute: route !== undefined, forgetMs: config.forget_ms } }),
    place: config.place,
    to,
    from,
    bizStep:
      config.biz_step ??
      (config.mode === "scanner" || mode === undefined ? undefined : stepOf(mode)) ??
      stepBetween(from, to),
    minReads: config.min_reads,
    windowMs: config.window_ms,
    settleMs: config.settle_ms,
    repeatMs: config.repeat_ms,
    ...(config.antennas === undefined ? {} : { antennas: config.antennas }),
    ...(config.min_rssi_dbm === undefined ? {} : { minRssiDbm: config.min_rssi_dbm }),
  };
}

function scanModeOf({ mode }: ReadPointConfig, from: string, to: string): ScanMode | undefined {
  if (mode === "gate") return undefined;
  return mode === "scanner" ? modeBetween(from, to) : mode;
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

/** Puts other rules in place of those of an index. Only between two ticks: a tick goes by one set of rules. */
export function replaceReadPoints(points: ReadPoints, rules: readonly ReadPointRule[]): void {
  if (!(points instanceof Map)) throw new Error("these read points cannot change");
  points.clear();
  for (const [device, own] of indexReadPoints(rules)) points.set(device, own);
}

export function findReadPoint(points: ReadPoints, deviceId: string, antenna: number | undefined) {
  const device = points.get(deviceId);
  if (device === undefined) return undefined;
  return (antenna === undefined ? undefined : device.byAntenna.get(antenna)) ?? device.others;
}

/** The rule under which a device is a scanner, if it is one. */
export function findScanner(points: ReadPoints, deviceId: string): ReadPointRule | undefined {
  const device = points.get(deviceId);
  if (device === undefined) return undefined;
  return [device.others, ...device.byAntenna.values()].find(rule => rule?.scan !== undefined);
}

/** What the configuration says of a scanner: a state that was kept for another configuration means nothing. */
export function scannerConfiguration(points: ReadPoints, deviceId: string): string {
  const device = points.get(deviceId);
  const rules = device === undefined ? [] : [device.others, ...device.byAntenna.values()];
  return JSON.stringify(rules.map(rule => rule && [rule.scan?.mode, rule.place, rule.from, rule.to]));
}
