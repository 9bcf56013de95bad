import { expect, it } from "vitest";
import { describeMessageDevice, parseText } from "../driver.case.ts";
import { messageDeviceOf } from "../unlisted.case.ts";
import { dockside } from "./driver.ts";

describeMessageDevice(messageDeviceOf(dockside), new URL("./fixtures/messages.jsonl", import.meta.url));

it("numbers antennas by the configured letters", () => {
  const device = messageDeviceOf(dockside, { ports: ["C", "A"] });
  expect(parseText(device, `{"tag":"E280","port":"A"}`).readings).toMatchObject([{ antenna: 2 }]);
  expect(parseText(device, `{"alive":["C"]}`).signals).toEqual([{ kind: "heartbeat", antennasConnected: [1] }]);
});
