import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, hex, withoutUndefined } from "../frames/frames.case.ts";
import { bbFormat, readBb, writeBb } from "./frame.ts";

const driver = "uhf-bb";
const read_points = [{ place: "dock-1" }];
const framesOf = (protocol = "uhf-bb7e") => (protocol === "uhf-aadd" ? "aadd" : "bb7e");
const upper = (bytes: Buffer) => bytes.toString("hex").toUpperCase();

describeFrames({
  fixtures: new URL("./fixtures/frames.json", import.meta.url),
  config: vector => ({ driver, read_points, frames: framesOf(vector?.protocol) }),
  format: ({ protocol }) => bbFormat(framesOf(protocol)),
  fieldsOf(frame) {
    const { type, command, data } = readBb(frame);
    const fields = { type, command, paramsHex: upper(data) };
    if (command === 0xff) return { ...fields, errorCode: data[0] };
    if (type !== 2) return fields;
    const [pc, epcHex, epcCrc] = [upper(data.subarray(1, 3)), upper(data.subarray(3, -2)), upper(data.subarray(-2))];
    return { ...fields, rssiDbm: data.readInt8(0), pc, epcHex, epcCrc };
  },
  readingOf: ({ epcHex, rssiDbm }) => (epcHex === undefined ? undefined : withoutUndefined({ epcHex, rssiDbm })),
  good: "bb-tag-1",
});

const device = openStreamDevice({ driver, read_points });
const heard = (type: number, command: number, text: string) => {
  const { readings, refused, signals } = decode(device, [writeBb("bb7e", type, command, [...hex(text)])]);
  return { readings: readings.length, codes: refused.map(({ problem }) => problem.code), signals };
};

describe("what a module says besides tags", () => {
  it.each([
    ["15", { kind: "inventory", state: "no tag" }],
    ["20", { kind: "trouble", severity: "warning", detail: "the module finds no free channel (0x20)" }],
    ["17", { kind: "trouble", severity: "warning", detail: "the module does not know the command (0x17)" }],
  ])("error %s", (code, signal) => {
    expect(heard(1, 0xff, code)).toEqual({ readings: 0, codes: [], signals: [signal] });
  });

  it("tells answers to commands from commands that come back", () => {
    expect(heard(1, 0x28, "00").signals).toEqual([{ kind: "answer", command: "0x28", ok: true }]);
    expect(heard(0, 0x28, "").signals).toMatchObject([{ kind: "ignored" }]);
  });
});

describe("tags that are refused", () => {
  it.each([
    ["the tag's CRC is wrong", "C9340030751FEB705C5904E3D50D713A76", "message.shape"],
    ["the control word says another length", "C9300030751FEB705C5904E3D50D3A76", "reading.epc"],
    ["the EPC is half a word too long", "C9340030751FEB705C5904E3D50D70FF3A76", "reading.epc"],
    ["there is no EPC", "C90000E2F0", "reading.epc"],
    ["the report is cut off", "C93400", "message.shape"],
  ])("%s", (_, data, code) => {
    expect(heard(2, 0x22, data)).toEqual({ readings: 0, codes: [code], signals: [] });
  });
});

describe("setting the module to work", () => {
  it("tells it to make many rounds, in its own frames", () => {
    const wake = (config: object) => openStreamDevice({ driver, read_points, ...config }).openDecoder().wake;
    expect(wake({ rounds: 10_000 })?.command()).toEqual(hex("BB00270003222710837E"));
    expect(wake({ rounds: 10_000, frames: "aadd" })?.command()).toEqual(hex("AA0027000322271083DD"));
    expect(wake({ inventory: false })).toBeUndefined();
  });

  it("has no antenna to tell read points apart by", () => {
    const antennas = [{ place: "dock-1", antennas: [1] }];
    expect(openStreamDevice({ driver, read_points: antennas }).faults).toMatchObject([
      { path: ["read_points", 0, "antennas"] },
    ]);
  });
});
