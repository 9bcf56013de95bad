import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, hex, withoutUndefined } from "../frames/frames.case.ts";
import { a0Format, readA0, writeA0 } from "./frame.ts";

const driver = "uhf-a0";
const read_points = [{ place: "dock-1" }];
const upper = (bytes: Buffer) => bytes.toString("hex").toUpperCase();

describeFrames({
  fixtures: new URL("./fixtures/frames.json", import.meta.url),
  config: () => ({ driver, read_points }),
  format: () => a0Format,
  fieldsOf(frame) {
    const { address, command, data } = readA0(frame);
    const fields = { address, command, dataHex: upper(data) };
    if (data.length === 7) {
      return { ...fields, antennaByte: data[0], readRate: data.readUInt16BE(1), totalRead: data.readUInt32BE(3) };
    }
    if (data.length < 7) return fields;
    const [first = 0] = data;
    const place = { antenna: (first & 3) + 1, frequencyIndex: first >> 2 };
    return {
      ...fields,
      ...place,
      pc: upper(data.subarray(1, 3)),
      epcHex: upper(data.subarray(3, -1)),
      rssiRaw: data.at(-1),
    };
  },
  readingOf: ({ epcHex, antenna, rssiRaw }) =>
    epcHex === undefined ? undefined : withoutUndefined({ antenna, epcHex, rssiRaw }),
  good: "a0-tag-1",
});

describe("the talk with a reader", () => {
  const choose = (antenna: number) => writeA0(1, 0x74, [antenna - 1]);
  const chosen = writeA0(1, 0x74, [0x10]);
  const start = hex("A004018901D1");
  const end = hex("A00A018900001100000005B6");
  const open = (config: object = {}) => openStreamDevice({ driver, read_points, ...config }).openDecoder();
  const said = (replies: readonly { readonly bytes: Uint8Array; readonly after: string }[] = []) =>
    replies.map(({ bytes, after }) => [Buffer.from(bytes), after]);

  it("chooses an antenna, starts, and goes to the next antenna at the end of the round", () => {
    const decoder = open({ antennas: [1, 3] });
    expect(decoder.wake?.command()).toEqual(hex("A004017400E7"));
    expect(said(decoder.push(chosen, 1).replies)).toEqual([[start, "now"]]);
    expect(said(decoder.push(end, 1).replies)).toEqual([[choose(3), "now"]]);
    expect(said(decoder.push(chosen, 1).replies)).toEqual([[start, "now"]]);
    expect(said(decoder.push(end, 1).replies)).toEqual([[choose(1), "now"]]);
  });

  it("asks a reader without an antenna no faster than after a silence, and then the next one", () => {
    const decoder = open({ antennas: [1, 2] });
    expect(decoder.wake?.command()).toEqual(choose(1));
    const { replies, signals } = decoder.push(writeA0(1, 0x89, [0x22]), 1);
    expect(replies).toEqual([]);
    expect(signals).toMatchObject([{ kind: "trouble", detail: "no antenna is connected (0x22)" }]);
    expect(decoder.wake?.command()).toEqual(choose(2));
  });

  it("says nothing to a reader that works by itself, nor to a command that comes back", () => {
    const decoder = open({ inventory: false });
    expect(decoder.wake).toBeUndefined();
    expect(decoder.push(Buffer.concat([chosen, end]), 1).replies).toEqual([]);
    expect(open().push(Buffer.concat([hex("A004017400E7"), start]), 1).replies).toEqual([]);
  });
});

describe("tags that are refused", () => {
  it.each([
    ["the control word says another length", "042800E2003016661301211550 74EF45", "reading.epc"],
    ["half a word", "043000E20030166613012115507445", "reading.epc"],
    ["no EPC", "04000045", "message.shape"],
  ])("%s", (_, data, code) => {
    const frame = writeA0(1, 0x89, [...hex(data.replace(" ", ""))]);
    const { readings, refused } = decode(openStreamDevice({ driver, read_points }), [frame]);
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual([code]);
  });

  it("a strength in no known unit cannot be a threshold", () => {
    const points = [{ place: "dock-1", min_rssi_dbm: -60 }];
    expect(openStreamDevice({ driver, read_points: points }).faults).toMatchObject([
      { path: ["read_points", 0, "min_rssi_dbm"] },
    ]);
  });
});
