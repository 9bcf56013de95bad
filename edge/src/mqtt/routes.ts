import type { Device, MessageDevice } from "../drivers/index.ts";

/** Which device a topic belongs to. */
export type Routes = ReadonlyMap<string, MessageDevice>;

export function routesOf(devices: readonly Device[]): Routes {
  const routes = new Map<string, MessageDevice>();
  for (const device of devices) {
    if (device.transport === "mqtt") for (const topic of device.topics) routes.set(topic, device);
  }
  return routes;
}
