import { describe, expect, it } from "vitest";
import { decode, openStreamDevice } from "../driver.case.ts";
import { describeFrames, framesIn, hex, readVectors } from "../frames/frames.case.ts";
import { command, opcodes, readFirstSegment, readSsi, readSymbol, ssiFormat, writeSsi } from "./frame.ts";
import { scanOf } from "./symbology.ts";

const driver = "zebra-ssi";
const fixtures = new URL("./fixtures/frames.json", import.meta.url);
const ack = hex("04D00400FF28");
const nak = command(opcodes.nak, 1);

/** What each code type of the vectors is in a reading. */
const identifiers = new Map<unknown, string>([
  [0x0b, "]E0"],
  [0x0f, "]C1"],
  [0x1c, ""],
]);

describeFrames({
  fixtures,
  config: () => ({ driver }),
  format: () => ssiFormat,
  fieldsOf(frame) {
    const { opcode, source, status, data } = readSsi(frame);
    const symbol = opcode === opcodes.decodeData ? readSymbol(data) : undefined;
    const said = symbol && { codeType: symbol.codeType, text: symbol.text.toString("latin1") };
    return { opcode, source, status, dataHex: data.toString("hex").toUpperCase(), ...said };
  },
  readingOf: ({ codeType, text }) =>
    codeType === undefined ? undefined : { scan: `${identifiers.get(codeType)}${String(text)}` },
  good: "ssi-decode-ean13",
});

const open = () => openStreamDevice({ driver }).openDecoder();
const told = (replies: readonly { readonly bytes: Uint8Array; readonly after: string }[] = []) =>
  replies.map(({ bytes, after }) => [Buffer.from(bytes).toString("hex"), after]);
const decodeData = (codeType: number, text: string, status = 0) =>
  writeSsi({
    opcode: opcodes.decodeData,
    source: 0,
    status,
    data: Buffer.concat([Buffer.of(codeType), Buffer.from(text)]),
  });

describe("what a scanner is told", () => {
  const ean13 = decodeData(0x0b, "5901234123457");
  const again = decodeData(0x0b, "5901234123457", 1);

  it("that a scan came, after the commit", () => {
    expect(told(open().push(ean13, 1).replies)).toEqual([[ack.toString("hex"), "commit"]]);
  });

  it("that a packet was wrong, after a pause, so that it comes again and counts then", () => {
    const decoder = open();
    decoder.push(ean13, 1);
    const bad = Buffer.from(ean13);
    bad[6] = 0;
    expect(decoder.push(bad, 2).replies).toEqual([]);
    expect(told(decoder.idle(3).replies)).toEqual([[nak.toString("hex"), "now"]]);
    expect(decoder.push(again, 4).readings).toHaveLength(1);
  });

  it("nothing of noise, nor of its own answers", () => {
    const decoder = open();
    decoder.push(hex("FF00FF"), 1);
    expect(decoder.idle(2)).toMatchObject({ replies: [], refused: [{ problem: { code: "frame.rubbish" } }] });
    expect(decoder.push(Buffer.concat([hex("04D00000FF2C"), ack]), 3).replies).toEqual([]);
  });

  it("at once that an event came", () => {
    expect(told(open().push(hex("05F6000020FEE5"), 1).replies)).toEqual([[ack.toString("hex"), "now"]]);
  });
});

describe("a packet that is sent again", () => {
  const first = decodeData(0x0b, "5901234123457");
  const again = decodeData(0x0b, "5901234123457", 1);

  it("is no second scan, and is answered as the first one is", () => {
    const decoder = open();
    expect(decoder.push(first, 1).readings).toHaveLength(1);
    const repeat = decoder.push(again, 2000);
    expect(repeat.readings).toEqual([]);
    expect(told(repeat.replies)).toEqual([[ack.toString("hex"), "commit"]]);
  });

  it("is a scan when the first sending did not come, or long after", () => {
    expect(open().push(again, 1).readings).toHaveLength(1);
    const decoder = open();
    decoder.push(first, 1);
    expect(decoder.push(again, 60_000).readings).toHaveLength(1);
  });

  it("is not the same label scanned by a person twice", () => {
    const decoder = open();
    expect(decoder.push(Buffer.concat([first, first]), 1).readings).toHaveLength(2);
  });
});

describe("a long symbol in segments", () => {
  const whole = hex(readVectors(fixtures).find(({ id }) => id === "ssi-multipacket")?.hex ?? "");
  const [one, two, three] = framesIn(ssiFormat, whole).map(frame => Buffer.from(frame));
  if (one === undefined || two === undefined || three === undefined) throw new Error("there are three segments");
  const sentAgain = (frame: Buffer) => writeSsi({ ...readSsi(frame), status: 1 });
  const segmentAck = [command(opcodes.segmentAck).toString("hex"), "now"];

  it("is one scan, each segment acknowledged at once and the last after the commit", () => {
    const decoder = open();
    expect(told(decoder.push(one, 1).replies)).toEqual([segmentAck]);
    expect(told(decoder.push(two, 1).replies)).toEqual([segmentAck]);
    const { readings, replies } = decoder.push(three, 1);
    expect(readings).toMatchObject([{ scan: "Z".repeat(500) }]);
    expect(told(replies)).toEqual([[ack.toString("hex"), "commit"]]);
  });

  it("says its type and length in the first", () => {
    expect(readFirstSegment(readSsi(one).data)).toMatchObject({ codeType: 28, textBytes: 500 });
  });

  it("may have each segment sent again", () => {
    const decoder = open();
    const all = [one, sentAgain(one), two, sentAgain(two), sentAgain(two), three, sentAgain(three)];
    const scans = all.flatMap(frame => decoder.push(frame, 1).readings);
    expect(scans.map(({ scan }) => scan)).toEqual(["Z".repeat(500)]);
  });

  it("that misses one is refused, and the next symbol is read", () => {
    const decoder = open();
    decoder.push(one, 1);
    const { readings, refused, replies } = decoder.push(three, 1);
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual(["message.shape"]);
    expect(told(replies)).toEqual([[nak.toString("hex"), "now"]]);
    expect(decoder.push(whole, 1).readings).toHaveLength(1);
  });

  it("that ends in the middle is refused with what came of it", () => {
    const decoder = open();
    decoder.push(one, 1);
    const { readings, refused } = decoder.push(decodeData(0x0b, "5901234123457"), 1);
    expect(readings).toHaveLength(1);
    expect(refused.map(({ bytes }) => bytes.length)).toEqual([241]);
    decoder.push(one, 1);
    expect(decoder.abandon().refused).toHaveLength(1);
  });
});

describe("code types", () => {
  it.each([
    [0x01, "ABC", "]A0ABC"],
    [0x08, "012345678905", "]E00012345678905"],
    [0x08, "01234567890", "01234567890"],
    [0x09, "01234565", "]E00012345000065"],
    [0x0a, "40170725", "]E440170725"],
    [0x0f, "0109506000134352", "]C10109506000134352"],
    [0x1b, "0109506000134352", "0109506000134352"],
    [0x1b, "]d20109506000134352", "]d20109506000134352"],
    [0x30, "0109506000134352", "]e00109506000134352"],
    [0x7f, "X", "X"],
  ])("type %i, %s", (codeType, text, scan) => {
    expect(scanOf(codeType, text)).toBe(scan);
  });

  it.each([
    ["\u0000\u0001", "frame.rubbish"],
    ["", "frame.rubbish"],
  ])("text %j is refused, and acknowledged because it is kept", (text, code) => {
    const { readings, refused, replies } = open().push(decodeData(3, text), 1);
    expect(readings).toEqual([]);
    expect(refused.map(({ problem }) => problem.code)).toEqual([code]);
    expect(told(replies)).toEqual([[ack.toString("hex"), "commit"]]);
  });

  it("decode without a device is empty", () => {
    expect(decode(openStreamDevice({ driver }), [])).toEqual({ readings: [], refused: [], signals: [] });
  });
});
