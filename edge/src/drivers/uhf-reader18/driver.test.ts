import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, hex, withoutUndefined } from "../frames/frames.case.ts";
import { reader18Format, readReader18, writeReader18 } from "./frame.ts";

const driver = "uhf-reader18";
const read_points = [{ place: "dock-1" }];

describeFrames({
  fixtures: new URL("./fixtures/frames.json", import.meta.url),
  config: () => ({ driver, read_points }),
  format: () => reader18Format,
  fieldsOf(frame) {
    const { address, command, status, data } = readReader18(frame);
    const [antenna, count, bytes = 0] = data;
    const epcHex = data.toString("hex", 3, 3 + bytes).toUpperCase();
    return { address, command, status, antenna, count, epcHex, rssiRaw: data[3 + bytes] };
  },
  readingOf: ({ epcHex, antenna, rssiRaw }) => withoutUndefined({ antenna, epcHex, rssiRaw }),
  good: "u18-1",
});

const device = openStreamDevice({ driver, read_points });
const report = (status: number, data: string) => writeReader18(0, 1, [status, ...hex(data)]);

describe("a report", () => {
  it("may hold several tags", () => {
    const { readings, refused } = decode(device, [
      report(1, "04020411100 1BA460C300833B2DDD901400000000150".replace(" ", "")),
    ]);
    expect(refused).toEqual([]);
    expect(readings).toMatchObject([
      { antenna: 3, epcHex: "111001BA", rssiRaw: 0x46 },
      { antenna: 3, epcHex: "300833B2DDD9014000000001", rssiRaw: 0x50 },
    ]);
  });

  it("of several antennas names none", () => {
    expect(decode(device, [report(3, "050104111001BA46")]).readings[0]).not.toHaveProperty("antenna");
  });

  it.each([
    ["half a word", "010103111001 46", "reading.epc"],
    ["fewer tags than it says", "010204111001BA46", "message.shape"],
    ["more bytes than tags", "010104111001BA4600", "message.shape"],
    ["cut off", "010104111001", "message.shape"],
  ])("is refused: %s", (_, data, code) => {
    const { refused } = decode(device, [report(3, data.replace(" ", ""))]);
    expect(refused.map(({ problem }) => problem.code)).toEqual([code]);
  });
});

describe("the talk with a reader", () => {
  const start = (antenna: number) => writeReader18(0, 1, [4, 0, 0, 0x80 + antenna - 1, 5]);
  const open = (config: object = {}) => openStreamDevice({ driver, read_points, ...config }).openDecoder();

  it.each([
    ["all told", 0x01],
    ["out of time", 0x02],
    ["no tag", 0xfb],
  ])("goes to the next antenna at the end of a round: %s", (_, status) => {
    const decoder = open({ antennas: [1, 2] });
    expect(decoder.wake?.command()).toEqual(start(1));
    expect(decoder.push(hex("1500010301010CE28068940000400A9D22A9EB5DF9C3"), 1).replies).toEqual([]);
    expect(decoder.push(report(status, ""), 1).replies).toEqual([{ bytes: start(2), after: "now" }]);
    expect(decoder.push(report(status, ""), 1).replies).toEqual([{ bytes: start(1), after: "now" }]);
  });

  it("asks no faster than after a silence where an antenna is missing", () => {
    const decoder = open({ antennas: [1, 2] });
    const { replies, signals } = decoder.push(report(0xf8, ""), 1);
    expect(replies).toEqual([]);
    expect(signals).toMatchObject([{ kind: "trouble", detail: "an antenna is not connected (0xF8)" }]);
    expect(decoder.wake?.command()).toEqual(start(2));
  });

  it("says nothing to a reader that works by itself", () => {
    const decoder = open({ inventory: false });
    expect(decoder.wake).toBeUndefined();
    expect(decoder.push(report(1, ""), 1).replies).toEqual([]);
  });
});
