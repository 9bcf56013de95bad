import { describe, expect, it } from "vitest";
import { describeMessageDriver, openMessageDevice, parseText, readMessageVectors } from "../driver.case.ts";
import { DeviceConfig, deviceOf } from "../index.ts";

const fixtures = new URL("./fixtures/messages.jsonl", import.meta.url);
describeMessageDriver({ driver: "zebra-iotc" }, fixtures);

describe("what only Zebra's readers say", () => {
  const device = openMessageDevice({ driver: "zebra-iotc" });
  const vectors = new Map(readMessageVectors(fixtures).map(vector => [vector.id, vector]));
  const parse = (id: string) => parseText(device, vectors.get(id)?.raw ?? "");
  const tag = (data: object, more: object = { timestamp: "2026-09-07T12:50:36.194+0000" }) =>
    parseText(device, JSON.stringify({ type: "CUSTOM", data: { idHex: "e280", ...data }, ...more }));

  it.each([
    ["z-gpo", { kind: "output", pin: 1, high: true }],
    ["z-gpi", { kind: "input", pin: 2, high: false }],
    ["z-heartbeat-min", { kind: "heartbeat" }],
    ["z-heartbeat-full", { kind: "heartbeat", antennasConnected: [4], errors: 7 }],
    ["z-ble", { kind: "ignored", type: "BLE_DATA" }],
    ["z-cmd-response", { kind: "answer", command: "start", commandId: "abcd1432", ok: true }],
  ])("understands the event %s", (id, signal) => {
    expect(parse(id).signals).toEqual([signal]);
  });

  it.each([
    ["Antenna Disconnected on Port 3", { kind: "antenna", antenna: 3, connected: false }],
    ["Antenna Reconnected on Port 3", { kind: "antenna", antenna: 3, connected: true }],
    ["Database full, resetting database", { kind: "loss", detail: "Database full, resetting database" }],
    ["CPU utilization @ 98%", { kind: "trouble", severity: "warning", detail: "CPU utilization @ 98%" }],
  ])("takes the warning %j for what it is", (message, signal) => {
    const text = JSON.stringify({ component: "RC", data: { message }, eventNum: 3, type: "warning" });
    expect(parseText(device, text).signals).toEqual([signal]);
  });

  it.each([
    ["z-bad-truncated", "message.not_json"],
    ["z-bad-odd", "reading.epc"],
    ["z-bad-nodata", "message.shape"],
    ["z-bad-time", "message.shape"],
    ["z-bad-mixed", "message.shape"],
  ])("refuses %s with %s", (id, code) => {
    expect(parse(id).refused.map(({ problem }) => problem.code)).toEqual([code]);
  });

  it("takes an EPC of any number of words, and none of half a word", () => {
    for (const words of [1, 2, 6, 8, 13, 31]) expect(tag({ idHex: "ab12".repeat(words) }).readings).toHaveLength(1);
    for (const idHex of ["", "ab", "ab12ab", "ab1g", "ab12".repeat(32), 12]) {
      expect(tag({ idHex }).refused, String(idHex)).toHaveLength(1);
    }
  });

  it("leaves out what was not sent, and refuses a field that is something else", () => {
    expect(Object.keys(tag({}).readings[0] ?? {}).sort()).toEqual([
      "deviceId",
      "epcHex",
      "readerTimeMs",
      "receivedTimeMs",
    ]);
    expect(tag({}, {}).readings[0]).not.toHaveProperty("readerTimeMs");
    const faults = [
      { antenna: 0 },
      { antenna: "1" },
      { peakRssi: "-37" },
      { reads: -1 },
      { eventNum: 1.5 },
      { phase: null },
    ];
    for (const data of faults) expect(tag(data).refused[0]?.problem.at, JSON.stringify(data)).toMatch(/^\.data\.\w+$/);
  });

  it("keeps the good tags of a handheld's list", () => {
    const tagData = [{ EPCid: "E280" }, { EPCid: "E28" }, { EPCid: "E281", seenCount: 2 }, null];
    const parsed = parseText(device, JSON.stringify({ type: "BALANCED_PERFORMANCE", data: { tagData } }));
    expect(parsed.readings.map(({ epcHex, readCount }) => [epcHex, readCount])).toEqual([
      ["E280", undefined],
      ["E281", 2],
    ]);
    expect(parsed.refused).toHaveLength(2);
  });
});

describe("a rule that needs what the reader does not send", () => {
  const faultsOf = (config: object) =>
    deviceOf(DeviceConfig.parse({ id: "dock-1", driver: "zebra-iotc", topic: "a/b", ...config })).faults;
  const point = { place: "dock-1", antennas: [1], min_rssi_dbm: -60 };

  it("is a fault when the reader's mode is known", () => {
    const paths = faultsOf({ reader_mode: "SIMPLE", read_points: [point] }).map(({ path }) => path.join("."));
    expect(paths).toEqual(["read_points.0.antennas", "read_points.0.min_rssi_dbm"]);
    expect(faultsOf({ reader_mode: "CONVEYOR", read_points: [point] })).toHaveLength(1);
  });

  it("is none when the mode sends it, the metadata names it, or the mode is not known", () => {
    expect(faultsOf({ reader_mode: "INVENTORY", read_points: [point] })).toEqual([]);
    expect(faultsOf({ reader_mode: "CUSTOM", tag_metadata: ["ANTENNA", "RSSI"], read_points: [point] })).toEqual([]);
    expect(faultsOf({ read_points: [point] })).toEqual([]);
  });
});
