import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../random.ts";
import { catalogue } from "../world/catalogue.ts";
import type { Scan } from "../world/events.ts";
import { cardFrame } from "./em4100.ts";
import { through } from "./line.ts";
import { thingmagicDialect } from "./thingmagic.ts";
import { a0Dialect } from "./uhf-a0.ts";
import { bbDialect } from "./uhf-bb.ts";
import { cfDialect } from "./uhf-cf.ts";
import { reader18Dialect } from "./uhf-reader18.ts";
import { packetsOf } from "./zebra-ssi.ts";

const random = createRandom("serial dialects");
/** Chance that always gives the same whole number, and the first of what it may pick. */
const always = (value: number): Random => ({ ...random, whole: () => value, pick: values => values[0] });
const report = (epcHex: string, peakRssiDbm: number, antenna = 1) => {
  return { number: 0, atMs: 0, epcHex, antenna, peakRssiDbm, reads: 1, isStray: false };
};
const hexOf = (bytes: Uint8Array | undefined) =>
  Buffer.from(bytes ?? [])
    .toString("hex")
    .toUpperCase();

describe("readers write byte for byte what was captured or published", () => {
  test.each([
    [
      "bb-tag-2",
      bbDialect("bb7e").tag(report("E200001D7315016521408FC6", -60), random),
      "BB02220011C43000E200001D7315016521408FC6B83EC27E",
    ],
    [
      "aa-tag-1",
      bbDialect("aadd").tag(report("E28068900000500E88C6A4A7", -57), random),
      "AA02220011C73000E28068900000500E88C6A4A7119B29DD",
    ],
    ["bb-no-tag", bbDialect("bb7e").noTag?.(), "BB01FF000115167E"],
    [
      "a0-tag-1",
      a0Dialect(1).tag(report("E200301666130121155074EF", -60), always(1)),
      "A0130189043000E200301666130121155074EF45BF",
    ],
    ["a0-end", a0Dialect(1).roundEnd?.(5).subarray(0, 4), "A00A0189"],
    [
      "cf-tag-1",
      cfDialect(0).tag(report("E280691500004020ED9648B3", -63), random),
      "CF0000011200FD8A01000CE280691500004020ED9648B35057",
    ],
    ["cf-idle", cfDialect(0).noTag?.(), "CF0000010112421D"],
    [
      "u18-1",
      reader18Dialect(0).tag(report("E28068940000400A9D22A9EB", -57), random),
      "1500010301010CE28068940000400A9D22A9EB5DF9C3",
    ],
    ["u18-4", reader18Dialect(0).tag(report("111001BA", -80), random), "0D000103010104111001BA465D27"],
    ["rdm-1", cardFrame("62E3086CED", "xor"), "0236324533303836434544303803"],
    ["rdm-sum-variant", cardFrame("2E00AF0EC9", "sum"), "0232453030414630454339423403"],
  ])("%s", (_, frame, expected) => {
    expect(hexOf(frame)).toBe(expected);
  });

  test("tm-tag, but for its time, its channel and its CRC", () => {
    const frame = hexOf(thingmagicDialect().tag(report("000000000000000000001545", -60), always(0)));
    expect(frame.slice(0, 28)).toBe("FF2822000010001B01FF0101C411");
    expect(frame.slice(42, -4)).toBe("0000" + "0500000F0080" + "3000000000000000000000001545E94A");
  });

  test("ssi-decode-ean13, and the same sent again", () => {
    const [item] = catalogue(1);
    if (item === undefined) throw new Error("The catalogue is empty.");
    const gtin = "05901234123457";
    const scan: Scan = {
      kind: "scan",
      atMs: 0,
      site: "lyon",
      device: "bench",
      from: "supplier",
      to: "bench",
      label: "ean-13",
      item: { ...item, gtin },
      elements: [{ ai: "01", value: gtin }],
    };
    const [make] = packetsOf(scan, 250);
    expect(hexOf(make?.(0))).toBe("12F300000B35393031323334313233343537FC52");
    expect(hexOf(make?.(1))).toBe("12F300010B35393031323334313233343537FC51");
  });
});

describe("readers understand their hosts", () => {
  const obey = (dialect: ReturnType<typeof bbDialect>, hex: string) => {
    const command = dialect.command(Buffer.from(hex, "hex"));
    if (command === undefined || command === 0) return command;
    const { say, work } = dialect.answer(command);
    return { say: say.map(hexOf), work };
  };

  test.each([
    ["bb-multi", bbDialect("bb7e"), "BB00270003222710837E", { say: [], work: "reading" }],
    ["bb-stop", bbDialect("bb7e"), "BB00280000287E", { say: ["BB01280001002A7E"], work: "stopped" }],
    ["bb-power", bbDialect("bb7e"), "BB00B6000207D08F7E", { say: ["BB01B6000100B87E"], work: undefined }],
    ["a0-start", a0Dialect(1), "A004018901D1", { say: [], work: "round" }],
    ["a0-ant", a0Dialect(1), "A004017400E7", { say: ["A004017410D7"], work: undefined }],
    ["a wrong check", a0Dialect(1), "A004017400E8", 0],
    ["half a command", bbDialect("bb7e"), "BB002700032227", undefined],
    ["another reader's", a0Dialect(2), "A004017400E7", 0],
    ["rubbish", cfDialect(0), "00", 0],
    [
      "tm-protocol",
      thingmagicDialect(),
      "FF02930005517D",
      { say: [expect.stringMatching(/^FF00930000/)], work: undefined },
    ],
  ])("%s", (_, dialect, hex, expected) => {
    expect(obey(dialect, hex)).toEqual(expected);
  });
});

test("a bad cable turns one bit of some frames, puts noise before some, and leaves others alone", () => {
  const frame = Buffer.from("A004017400E7", "hex");
  const sent = Array.from({ length: 300 }, () => through(frame, { wrong_rate: 0.3, noise_rate: 0.3 }, random));
  const whole = sent.filter(({ isWhole }) => isWhole);
  expect(whole.length).toBeGreaterThan(150);
  expect(whole.length).toBeLessThan(270);
  for (const { bytes, isWhole } of sent) expect(bytes.subarray(-frame.length).equals(frame)).toBe(isWhole);
  expect(sent.filter(({ bytes }) => bytes.length > frame.length).length).toBeGreaterThan(50);
  expect(hexOf(through(frame, { wrong_rate: 0, noise_rate: 0 }, random).bytes)).toBe(hexOf(frame));
});
