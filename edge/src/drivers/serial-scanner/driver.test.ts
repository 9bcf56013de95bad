import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPointRule } from "../../core/read-points.ts";
import { decode, describeStreamDriver, type FrameVector, openStreamDevice } from "../driver.case.ts";
import { DeviceConfig } from "../index.ts";
import { limits } from "../limits.ts";

const text = readFileSync(new URL("./fixtures/frames.json", import.meta.url), "utf8");
const { frames }: { frames: readonly FrameVector[] } = JSON.parse(text);
const suffixes: Readonly<Record<string, string>> = {
  "0D0A": "crlf",
  "0D": "cr",
  "09": "tab",
  "03": "stx_etx",
  "": "none",
};

const bytes = (...parts: string[]) => Buffer.from(parts.join(""), "latin1");
/** Good scans, ends, starts and rubbish in any order, so that chunk borders fall on everything that matters. */
const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom("]E05901234123457", "\r\n", "\r", "\n", "\t", "\x02", "\x03", "\x1d", "\0", "é"),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 30 },
  )
  .map(parts => new Uint8Array(bytes(...parts)));

for (const [suffix, good] of [
  ["crlf", "]E05901234123457\r\n"],
  ["cr", "5901234123457\r"],
  ["lf", "5901234123457\n"],
  ["tab", "5901234123457\t"],
  ["stx_etx", "\x025901234123457\x03"],
  ["none", "5901234123457"],
] as const) {
  describeStreamDriver({ driver: "serial-scanner", suffix }, { good: bytes(good), stream });
}

describe("scans as the makers document them", () => {
  const fromScanner = frames.filter(frame => frame.expect.messages !== undefined);

  it.each(fromScanner)("reads $id", ({ hex, chunks = [hex], config, expect: expected }) => {
    const device = openStreamDevice({ driver: "serial-scanner", suffix: suffixes[config.suffix ?? ""] });
    const decoder = device.openDecoder();
    const scans = chunks.flatMap(chunk => decoder.push(Buffer.from(chunk, "hex"), 1).readings);
    const idle = decoder.idle(2);
    const all = [...scans, ...idle.readings].map(({ scan }) => scan);
    expect(all).toEqual(expected.messages);
    // What is pending at the pause is given up, counted and kept.
    expect(idle.refused.map(({ bytes }) => bytes.length)).toEqual(
      expected.pending === undefined ? [] : [expected.pending],
    );
  });

  it("takes a command that goes to the scanner for no scan", () => {
    const toScanner = frames.filter(frame => frame.config.direction === "toScanner");
    expect(toScanner).toHaveLength(1);
    for (const { hex } of toScanner) {
      const parsed = decode(openStreamDevice({ driver: "serial-scanner", suffix: "cr" }), [Buffer.from(hex, "hex")]);
      expect(parsed.readings).toEqual([]);
      expect(parsed.refused.map(({ problem }) => problem.code)).toEqual(["frame.rubbish"]);
    }
  });
});

describe("what comes between good scans", () => {
  const scansOf = (config: object, data: string) => {
    const parsed = decode(openStreamDevice({ driver: "serial-scanner", ...config }), [bytes(data)]);
    return { scans: parsed.readings.map(({ scan }) => scan), codes: parsed.refused.map(({ problem }) => problem.code) };
  };

  it("takes CR LF where CR or LF alone was configured, without empty scans", () => {
    expect(scansOf({ suffix: "cr" }, "A\r\nB\r\n\r\n")).toEqual({ scans: ["A", "B"], codes: [] });
    expect(scansOf({}, "A\r\nB\rC\n\r\nD\r")).toEqual({ scans: ["A", "B", "C", "D"], codes: [] });
    expect(scansOf({ suffix: "lf" }, "A\r\nB\r\n\r\n")).toEqual({ scans: ["A", "B"], codes: [] });
  });

  it("keeps CR and LF that are data of a symbol", () => {
    expect(scansOf({ suffix: "crlf" }, "A\rB\nC\r\n").scans).toEqual(["A\rB\nC"]);
  });

  it("takes the prefix away, and refuses a scan that has it not", () => {
    expect(scansOf({ prefix: "4030" }, "@0A\r\nB\r\n@0\r\n")).toEqual({ scans: ["A"], codes: ["frame.rubbish"] });
  });

  it("begins a new frame at each STX", () => {
    expect(scansOf({ suffix: "stx_etx" }, "xx\x02A\x03\r\n\x02B\x02C\x03")).toEqual({
      scans: ["A", "C"],
      codes: ["frame.rubbish", "frame.rubbish"],
    });
  });

  it("refuses a line beyond the limit once, and reads the next one", () => {
    const long = "A".repeat(1024 * 1024);
    expect(scansOf({}, `${long}\r\nB\r\n`)).toEqual({ scans: ["B"], codes: ["frame.too_long"] });
    const atLimit = "A".repeat(limits.codeCharsMax);
    expect(scansOf({}, `${atLimit}\r\n${atLimit}A\r\n`)).toEqual({ scans: [atLimit], codes: ["code.length"] });
  });

  it("reports a line that never ends now and then, and takes none of its rest for a scan", () => {
    const decoder = openStreamDevice({ driver: "serial-scanner" }).openDecoder();
    const chunk = new Uint8Array(1024 * 1024).fill(0x41);
    const refused = Array.from({ length: 17 }, () => decoder.push(chunk, 1)).flatMap(parsed => parsed.refused);
    const end = decoder.push(bytes("tail\r\n"), 1);
    expect([...refused, ...end.refused].map(({ problem }) => problem.code)).toEqual([
      "frame.too_long",
      "frame.too_long",
    ]);
    expect(end.readings).toEqual([]);
  });

  it("takes half a scan before a pulled plug for none, even where a pause ends a scan", () => {
    const decoder = openStreamDevice({ driver: "serial-scanner", suffix: "none" }).openDecoder();
    decoder.push(bytes("59012341"), 1);
    const { readings, refused } = decoder.abandon();
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual(["frame.rubbish"]);
    expect(decoder.idle(2)).toEqual({ readings: [], refused: [], signals: [] });
  });

  it("refuses bytes of the wrong speed or encoding, and reads Latin-1 where told", () => {
    expect(scansOf({}, "caf\xe9\r\n").codes).toEqual(["frame.rubbish"]);
    expect(scansOf({ encoding: "latin1" }, "caf\xe9\r\n").scans).toEqual(["café"]);
    expect(scansOf({}, "\x00\xff\x80\r\n").codes).toEqual(["frame.rubbish"]);
  });
});

describe("the configuration of a scanner", () => {
  const base = { id: "bench", driver: "serial-scanner", port: "/dev/ttyUSB0", place: "bench" };

  const scan = (mode: string, hasRoute = true) => ({ mode: "scanner", scan: { mode, hasRoute } });
  it.each([
    [{ mode: "receive" }, { ...scan("receive"), from: "supplier", to: "bench", bizStep: "receiving" }],
    [{ mode: "ship" }, { ...scan("ship"), from: "bench", to: "customer", bizStep: "shipping" }],
    [{ mode: "pick" }, { ...scan("pick"), from: "bench", to: "customer", bizStep: "picking" }],
    [
      { mode: "pick", to: "packing" },
      { ...scan("pick"), from: "bench", to: "packing", bizStep: "picking" },
    ],
    [
      { mode: "move", from: "dock-1" },
      { ...scan("move"), from: "dock-1", to: "bench", bizStep: "storing" },
    ],
    [{ mode: "move" }, scan("move", false)],
    [{ mode: "count" }, scan("count")],
  ])("%j means the rule %j", (config, rule) => {
    const device = openStreamDevice({ ...base, ...config });
    expect(device.readPoints.map(each => readPointRule(device.id, each))).toMatchObject([rule]);
  });

  it("refuses a move that moves nothing", () => {
    expect(DeviceConfig.safeParse({ ...base, mode: "move", from: "bench" }).success).toBe(false);
  });
});
