import { openMessageDevice } from "./driver.case.ts";
import type { MessageDeviceConfig, MessageDriver } from "./driver.ts";
import type { MessageDevice } from "./index.ts";

/** For the contract: the device of a driver that is not on the list, or not yet. */
export function messageDeviceOf<C extends MessageDeviceConfig>(
  driver: MessageDriver<C>,
  config: Readonly<Record<string, unknown>> = {},
): MessageDevice {
  const common = { id: "dock-1", topic: "lyon/dock-1/tags", read_points: [{ place: "dock-1" }] };
  const own = driver.config.parse({ driver: driver.name, ...common, ...config });
  return {
    ...openMessageDevice({ driver: "json" }),
    driver: driver.name,
    parse: driver.openParser(own),
    readPoints: driver.readPoints(own),
    faults: driver.faults?.(own) ?? [],
  };
}
