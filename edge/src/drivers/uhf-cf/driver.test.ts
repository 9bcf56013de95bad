import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, hex, withoutUndefined } from "../frames/frames.case.ts";
import { cfFormat, readCf, writeCf } from "./frame.ts";

const driver = "uhf-cf";
const read_points = [{ place: "dock-1" }];
const upper = (bytes: Buffer) => bytes.toString("hex").toUpperCase();

describeFrames({
  fixtures: new URL("./fixtures/frames.json", import.meta.url),
  config: () => ({ driver, read_points }),
  format: () => cfFormat,
  fieldsOf(frame) {
    const { address, command, data } = readCf(frame);
    const fields = { address, command: command.toString(16).padStart(4, "0"), dataHex: upper(data) };
    if (data.length < 6) return fields;
    const [status, , , antenna, channel] = data;
    return { ...fields, status, rssiDbm: data.readInt16BE(1) / 10, antenna, channel, epcHex: upper(data.subarray(6)) };
  },
  readingOf: ({ epcHex, antenna, rssiDbm }) =>
    epcHex === undefined ? undefined : withoutUndefined({ antenna, epcHex, rssiDbm }),
  good: "cf-tag-1",
});

const device = openStreamDevice({ driver, read_points });

describe("what a reader says besides tags", () => {
  it.each([
    [1, "12", { kind: "inventory", state: "round ended" }],
    [1, "00", { kind: "answer", command: "0x01", ok: true }],
    [1, "14", { kind: "trouble", severity: "warning", detail: "the reader reports status 0x14" }],
    [0x53, "00", { kind: "answer", command: "0x53", ok: true }],
    [0x53, "01", { kind: "answer", command: "0x53", ok: false }],
    [2, "", { kind: "ignored", type: "a command that came back, 0x02" }],
  ])("command %i, data %s", (command, data, signal) => {
    expect(decode(device, [writeCf(0, command, [...hex(data)])])).toEqual({
      readings: [],
      refused: [],
      signals: [signal],
    });
  });
});

describe("tags that are refused", () => {
  it.each([
    ["the length of the EPC is another", "00FD8A01000DE280691500004020ED9648B3", "message.shape"],
    ["half a word", "00FD8A01000BE280691500004020ED9648", "reading.epc"],
    ["no EPC", "00FD8A010000", "reading.epc"],
    ["cut off", "00FD8A", "message.shape"],
  ])("%s", (_, data, code) => {
    const { readings, refused } = decode(device, [writeCf(0, 1, [...hex(data)])]);
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual([code]);
  });
});

it("is told to read until it is stopped", () => {
  const started = device.openDecoder().wake?.command();
  expect(upper(Buffer.from(started ?? [])).slice(0, -4)).toBe("CFFF0001050000000000");
  expect(openStreamDevice({ driver, read_points, inventory: false }).openDecoder().wake).toBeUndefined();
});
