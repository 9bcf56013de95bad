import { z } from "zod";
import type { Device, DeviceContext } from "./device.ts";
import { em4100 } from "./em4100.ts";
import { impinjIot } from "./impinj-iot.ts";
import { json } from "./json.ts";
import { llrpReader } from "./llrp.ts";
import { serialScanner } from "./serial-scanner.ts";
import { sparkplugB } from "./sparkplug-b.ts";
import { thingmagic } from "./thingmagic.ts";
import { uhfA0 } from "./uhf-a0.ts";
import { uhfBb } from "./uhf-bb.ts";
import { uhfCf } from "./uhf-cf.ts";
import { uhfReader18 } from "./uhf-reader18.ts";
import { zebraIotc } from "./zebra-iotc.ts";
import { zebraSsi } from "./zebra-ssi.ts";

/** Every kind of simulated device. The schema, its type and the help derive from it. */
export const deviceKinds = [
  zebraIotc,
  impinjIot,
  json,
  sparkplugB,
  llrpReader,
  serialScanner,
  zebraSsi,
  em4100,
  uhfBb,
  uhfA0,
  uhfCf,
  uhfReader18,
  thingmagic,
] as const;

const [first, ...others] = deviceKinds;

export const DeviceSettings = z.discriminatedUnion("driver", [first.config, ...others.map(kind => kind.config)]);
export type DeviceSettings = z.infer<typeof DeviceSettings>;

/** Opens a device by its driver. */
export function openDevice(settings: DeviceSettings, context: DeviceContext): Device {
  const kind = deviceKinds.find(({ driver }) => driver === settings.driver);
  if (kind === undefined) throw new RangeError(`There is no simulated device ${settings.driver}.`);
  return kind.open(settings, context);
}
