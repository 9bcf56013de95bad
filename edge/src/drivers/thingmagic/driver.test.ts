import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, framesIn, hex, readVectors, withoutUndefined } from "../frames/frames.case.ts";
import { DeviceConfig } from "../index.ts";
import { readTag, readThingmagic, thingmagicFormat, writeThingmagic } from "./frame.ts";

const driver = "thingmagic";
const config = { driver, region: "eu3", read_points: [{ place: "dock-1" }] };
const fixtures = new URL("./fixtures/frames.json", import.meta.url);
const tagHex = readVectors(fixtures).find(({ id }) => id === "tm-tag")?.hex ?? "";
const upper = (bytes: Buffer | undefined) => bytes?.toString("hex").toUpperCase();

describeFrames({
  fixtures,
  config: () => config,
  format: ({ id }) => thingmagicFormat(id === "tm-tag" ? "answer" : "command"),
  fieldsOf(frame) {
    const { opcode, status, data } = readThingmagic(frame);
    const fields = { length: frame[1], opcode };
    const tag = readTag(data);
    if (tag === undefined) return fields;
    const hexOf = (value: number) => value.toString(16).toUpperCase().padStart(4, "0");
    const { rssiDbm, antennas: antennaByte, frequencyKHz, sinceMs: timestampMs } = tag;
    const said = { status: hexOf(status), rssiDbm, antennaByte, frequencyKHz, timestampMs };
    return { ...fields, ...said, pc: hexOf(tag.protocolControl), epcHex: upper(tag.epc), epcCrc: hexOf(tag.epcCrc) };
  },
  readingOf: ({ epcHex, rssiDbm }) =>
    epcHex === undefined
      ? undefined
      : withoutUndefined({ epcHex, rssiDbm, antenna: 1, frequencyMHz: 923.2, readCount: 1 }),
  good: "tm-tag",
});

describe("commands", () => {
  it.each([
    ["FF00041D0B", 0x04, []],
    ["FF02930005517D", 0x93, [0, 5]],
    ["FF0197084BB5", 0x97, [8]],
  ])("%s", (text, opcode, data) => {
    expect(upper(writeThingmagic(opcode, data))).toBe(text);
    expect(framesIn(thingmagicFormat("command"), hex(text))).toHaveLength(1);
  });
});

const device = openStreamDevice(config);
const answer = (opcode: number, status: number, data: readonly number[] = []) => writeThingmagic(opcode, data, status);

describe("what a module says besides tags", () => {
  it.each([
    [0x0400, { kind: "heartbeat" }],
    [0x0504, { kind: "trouble", severity: "error", detail: "the module is too hot (status 0x504)" }],
    [0x0505, { kind: "trouble", severity: "error" }],
    [0x0101, { kind: "trouble", severity: "error", detail: "the module reports a fault (status 0x101)" }],
  ])("status %i", (status, signal) => {
    expect(decode(device, [answer(0x22, status)])).toMatchObject({ readings: [], refused: [], signals: [signal] });
  });

  it("takes its temperature for no tag", () => {
    const temperature = answer(0x22, 0, [0x10, 0x01, 0x1b, 0, 0, 0x82, 2, 0, 0x10, 0, 0x2a]);
    expect(decode(device, [temperature])).toMatchObject({ readings: [], refused: [], signals: [{ kind: "ignored" }] });
  });
});

describe("a tag's report", () => {
  const data = [...hex(tagHex).subarray(5, -2)];

  it("with data of the tag's memory", () => {
    const withData = [...data.slice(0, 19), 0, 32, 0xde, 0xad, 0xbe, 0xef, ...data.slice(21)];
    const [reading] = decode(device, [answer(0x22, 0, withData)]).readings;
    expect(reading).toMatchObject({ epcHex: "000000000000000000001545", rssiDbm: -60 });
  });

  it("with fewer parts gives fewer fields", () => {
    const few = [...data.slice(0, 3), 0x00, 0x04, 1, 0x22, ...data.slice(22)];
    expect(decode(device, [answer(0x22, 0, few)]).readings).toEqual([
      { deviceId: "bench", epcHex: "000000000000000000001545", antenna: 2, receivedTimeMs: expect.any(Number) },
    ]);
  });

  it.each([
    ["half a word", [...data.slice(0, 22), 0, 0x78, ...data.slice(24, -3), ...data.slice(-2)], "reading.epc"],
    ["cut off", data.slice(0, 30), "message.shape"],
    ["with parts that nobody knows", [...data.slice(0, 3), 0x81, 0xff, ...data.slice(5)], "message.shape"],
    ["with a length that does not fit", [...data, 0], "message.shape"],
  ])("is refused: %s", (_, bad, code) => {
    const { readings, refused } = decode(device, [answer(0x22, 0, bad)]);
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual([code]);
  });
});

describe("the talk with a module", () => {
  it("stops, boots, sets up and starts, each step after the answer to the one before", () => {
    const decoder = device.openDecoder();
    const said = [upper(Buffer.from(decoder.wake?.command() ?? []))];
    for (const [opcode, status] of [
      [0x2f, 0x0101],
      [0x04, 0x0101],
      [0x93, 0],
      [0x91, 0],
      [0x97, 0],
      [0x92, 0],
      [0x9a, 0],
      [0x2f, 0],
    ] as const) {
      const { replies = [] } = decoder.push(Buffer.concat([hex(tagHex), answer(opcode, status)]), 1);
      said.push(...replies.map(({ bytes }) => upper(Buffer.from(bytes))));
    }
    expect(said.map(text => text?.slice(0, -4))).toEqual([
      "FF032F000002",
      "FF0004",
      "FF02930005",
      "FF02910101",
      "FF019708",
      "FF029207D0",
      "FF039A010C00",
      "FF102F00000122000005072210001B03E801FF",
    ]);
  });

  it("ends when a step is refused, and begins again after a silence", () => {
    const decoder = device.openDecoder();
    decoder.wake?.command();
    decoder.push(Buffer.concat([answer(0x2f, 0), answer(0x04, 0)]), 1);
    const { replies, signals } = decoder.push(answer(0x93, 0x0105), 1);
    expect(replies).toEqual([]);
    expect(signals).toMatchObject([{ kind: "answer", ok: false }, { kind: "trouble" }]);
    expect(decoder.push(answer(0x93, 0), 1).replies).toEqual([]);
    expect(upper(Buffer.from(decoder.wake?.command() ?? []))).toMatch(/^FF032F/);
  });

  it("needs the region to be said", () => {
    const said = { id: "bench", port: "/dev/ttyS0", driver, read_points: [{ place: "dock-1" }] };
    expect(DeviceConfig.safeParse(said).success).toBe(false);
    expect(DeviceConfig.safeParse({ ...said, region: "na2" }).success).toBe(true);
  });
});
