import { z } from "zod";
import type { Device, DeviceContext } from "./device.ts";
import { impinjIot } from "./impinj-iot.ts";
import { serialScanner } from "./serial-scanner.ts";
import { zebraIotc } from "./zebra-iotc.ts";

/** Every kind of simulated device. The schema, its type and the help derive from it. */
export const deviceKinds = [zebraIotc, impinjIot, serialScanner] as const;

const [first, ...others] = deviceKinds;

export const DeviceSettings = z.discriminatedUnion("driver", [first.config, ...others.map(kind => kind.config)]);
export type DeviceSettings = z.infer<typeof DeviceSettings>;

/** Opens a device by its driver. */
export function openDevice(settings: DeviceSettings, context: DeviceContext): Device {
  const kind = deviceKinds.find(({ driver }) => driver === settings.driver);
  if (kind === undefined) throw new RangeError(`There is no simulated device ${settings.driver}.`);
  return kind.open(settings, context);
}
