import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, hex, withoutUndefined } from "../frames/frames.case.ts";
import { DeviceConfig } from "../index.ts";
import { cardOf, em4100Format } from "./frame.ts";

const driver = "em4100";

describeFrames({
  fixtures: new URL("./fixtures/frames.json", import.meta.url),
  config: () => ({ driver }),
  format: () => em4100Format("xor"),
  fieldsOf(frame) {
    const tagHex = cardOf(frame);
    const bytes = hex(tagHex);
    const pad = (value: number, digits: number) => String(value).padStart(digits, "0");
    return {
      tagHex,
      version: bytes[0],
      cardNumber: pad(bytes.readUInt32BE(1), 10),
      facilityAndNumber: `${pad(bytes[2] ?? 0, 3)},${pad(bytes.readUInt16BE(3), 5)}`,
    };
  },
  readingOf: ({ tagHex }) => withoutUndefined({ scan: tagHex }),
  good: "rdm-1",
});

describe("a reader that adds instead", () => {
  const added = hex("0232453030414630454339423403");

  it("is taken where the configuration says so, and only there", () => {
    const cards = (check: string) =>
      decode(openStreamDevice({ driver, check }), [added]).readings.map(({ scan }) => scan);
    expect(cards("sum")).toEqual(["2E00AF0EC9"]);
    expect(cards("xor")).toEqual([]);
  });

  it("does not take the XOR", () => {
    const xor = hex("0236324533303836434544303803");
    expect(decode(openStreamDevice({ driver, check: "sum" }), [xor]).readings).toEqual([]);
  });
});

describe("a card", () => {
  it("is a scan of ten digits in upper case, whatever case the reader writes", () => {
    const lower = Buffer.concat([hex("02"), Buffer.from("62e3086ced08"), hex("03")]);
    expect(decode(openStreamDevice({ driver }), [lower]).readings).toMatchObject([{ scan: "62E3086CED" }]);
  });

  it("that stays in the field is one act for a minute, unless told otherwise", () => {
    const repeatOf = (config: object) => openStreamDevice({ driver, ...config }).readPoints[0]?.repeat_ms;
    expect(repeatOf({})).toBe(60_000);
    expect(repeatOf({ repeat_ms: 500 })).toBe(500);
  });

  it("needs a place that it moves to", () => {
    const config = { id: "bench", driver, port: "/dev/ttyS0", place: "bench", mode: "receive", from: "bench" };
    expect(DeviceConfig.safeParse(config).success).toBe(false);
  });
});
