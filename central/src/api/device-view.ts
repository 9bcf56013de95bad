import { z } from "@tallygate/kit";
import type { SiteStatus } from "@tallygate/protocol";
import type { HeardStatus } from "../relay/feeds.ts";
import { fields } from "./fields.ts";
import { instantOfMs } from "./instant.ts";
import { apiLimits } from "./limits.ts";

export const DeviceState = z.enum(["connected", "waiting", "silent", "failed"]);

/** A device as its edge has last said that it is. */
export const Device = z
  .object({
    device: z.string().meta({ examples: ["dock-1"] }),
    driver: z.string().meta({ examples: ["zebra-iotc"] }),
    state: DeviceState,
    last_heard: fields.time.nullable(),
    readings: z.int().meta({ description: "Since the edge began." }),
    refused: z.int().meta({ description: "Messages that could not be read, since the edge began." }),
    clock_skew_ms: z.number().nullable().meta({ description: "The device's clock ahead of the edge's." }),
  })
  .openapi("Device");

export function deviceOf(device: SiteStatus["devices"][number]): z.infer<typeof Device> {
  const { deviceId, driver, state, lastHeardMs, readings, refused, clockSkewMs } = device;
  const last_heard = lastHeardMs === undefined ? null : instantOfMs(lastHeardMs);
  return { device: deviceId, driver, state, last_heard, readings, refused, clock_skew_ms: clockSkewMs ?? null };
}

/** Whether a site still speaks; what a silent one said of itself is how it was then. */
export function linkTo({ heardMs }: HeardStatus): "heard" | "silent" {
  return Date.now() - heardMs > apiLimits.siteSilentMs ? "silent" : "heard";
}
