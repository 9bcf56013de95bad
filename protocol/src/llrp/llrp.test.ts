import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyBody } from "./arbitraries.ts";
import type { MessageBody, Parameter } from "./index.ts";
import { allOf, decodeBareBody, decodeMessage, encodeMessage, Framer, firstOf, limits } from "./index.ts";

interface Vector {
  readonly id: string;
  readonly framing: "message" | "body" | "stream";
  readonly hex: string;
  readonly valid: boolean;
  readonly messageType?: number;
  readonly messageName?: string;
  readonly expect: Readonly<Record<string, unknown>> | null;
}

const { frames }: { frames: readonly Vector[] } = readFixture("frames.json");
const capabilities: { readonly hex: string; readonly messageType: number } = readFixture("capabilities.json");

function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"));
}

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase();

function framed(...chunks: readonly Uint8Array[]) {
  const framer = new Framer();
  const messages = chunks.flatMap(chunk => framer.push(chunk)).map(hexOf);
  return { messages, pending: hexOf(framer.pending()), fault: framer.fault?.problem.code };
}

/** What a vector can say about bytes, in its own words. */
function seen({ framing, hex, messageType = 0 }: Vector) {
  const framer = new Framer();
  const decoded =
    framing === "body"
      ? [decodeBareBody(messageType, bytesOf(hex))]
      : framer.push(bytesOf(hex)).map(message => decodeMessage(message));
  const parameters = decoded.flatMap(({ body }) => (body && "parameters" in body ? body.parameters : []));
  const event = firstOf(parameters, "ReaderEventNotificationData")?.parameters;
  const attempt = firstOf(event, "ConnectionAttemptEvent");
  const identification = firstOf(parameters, "Identification");
  return {
    faults: decoded.flatMap(({ faults }) => faults),
    framingFault: framer.fault,
    pending: framer.pending(),
    names: decoded.map(({ body }) => body?.name),
    said: {
      messages: decoded.map(({ header, body }) => ({ ...header, name: body?.name })),
      tags: allOf(parameters, "TagReportData").map(tagSeen),
      event: attempt?.name,
      connectionStatus: attempt?.status,
      utcMicros: String(firstOf(event, "UTCTimestamp")?.micros),
      llrpStatus: firstOf(parameters, "LLRPStatus")?.status,
      identification: identification && {
        idType: identification.idType,
        readerIdHex: hexOf(identification.readerId),
      },
      antennasConnected: allOf(parameters, "AntennaProperties")
        .filter(({ connected }) => connected)
        .map(({ antennaId }) => antennaId),
    },
  };
}

function tagSeen({ parameters }: Parameter<"TagReportData">): Record<string, unknown> {
  const epc = firstOf(parameters, "EPC96")?.epc ?? firstOf(parameters, "EPCData")?.epc.bytes;
  const micros = firstOf(parameters, "FirstSeenTimestampUTC")?.micros;
  const lastMicros = firstOf(parameters, "LastSeenTimestampUTC")?.micros;
  const all = {
    epcHex: epc && hexOf(epc),
    epcBits: firstOf(parameters, "EPCData")?.epc.bitCount,
    antenna: firstOf(parameters, "AntennaID")?.antennaId,
    rssiDbm: firstOf(parameters, "PeakRSSI")?.dbm,
    firstSeenUtcMicros: micros?.toString(),
    lastSeenUtcMicros: lastMicros?.toString(),
    channelIndex: firstOf(parameters, "ChannelIndex")?.channelIndex,
    seenCount: firstOf(parameters, "TagSeenCount")?.count,
    roSpecId: firstOf(parameters, "ROSpecID")?.roSpecId,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

describe("messages that were captured, or made from the documented layout", () => {
  const good = frames.filter(({ valid }) => valid);
  const bad = frames.filter(({ valid }) => !valid);

  it.each(good)("reads $id", vector => {
    const { said, faults, framingFault, pending, names } = seen(vector);
    expect(said).toMatchObject(vector.expect ?? {});
    expect([faults, framingFault, hexOf(pending)]).toEqual([[], undefined, ""]);
    if (vector.messageName !== undefined) expect(names).toEqual([vector.messageName]);
  });

  it.each(bad)("refuses $id, or waits for its end", vector => {
    const { said, faults, framingFault, pending } = seen(vector);
    expect(said.tags).toEqual([]);
    expect(faults.length + (framingFault === undefined ? 0 : 1) + pending.length).toBeGreaterThan(0);
  });

  it("knows all vectors of the file", () => {
    expect([good.length, bad.length]).toEqual([17, 3]);
  });

  it("reads what a reader can do: clock, powers, frequencies, inputs", () => {
    const { body, faults } = decodeBareBody(capabilities.messageType, bytesOf(capabilities.hex));
    expect(faults).toEqual([]);
    const parameters = body && "parameters" in body ? body.parameters : [];
    const general = firstOf(parameters, "GeneralDeviceCapabilities");
    expect(general).toMatchObject({ antennasMax: 4, hasUtcClock: true, manufacturer: 25882, firmware: "5.14.0.240" });
    expect(firstOf(general?.parameters, "GPIOCapabilities")).toMatchObject({ inputs: 4, outputs: 4 });
    const band = firstOf(firstOf(parameters, "RegulatoryCapabilities")?.parameters, "UHFBandCapabilities")?.parameters;
    const powers = allOf(band, "TransmitPowerLevelTableEntry");
    expect([powers.at(0)?.powerCdbm, powers.at(-1)?.powerCdbm]).toEqual([1000, 3000]);
    const frequencies = firstOf(band, "FrequencyInformation");
    expect(frequencies?.hopping).toBe(true);
    expect(firstOf(frequencies?.parameters, "FrequencyHopTable")?.frequenciesKHz).toHaveLength(50);
  });
});

describe("any message", () => {
  const header = fc.record({ version: fc.constantFrom(1, 2), id: fc.integer({ min: 0, max: 0xffff_ffff }) });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(anyBody, header, (body, head) => {
        const decoded = decodeMessage(encodeMessage(body, head));
        expect(decoded.faults).toEqual([]);
        expect(decoded.body).toEqual(body);
        expect(decoded.header).toMatchObject(head);
      }),
    );
  });

  it("is written as it was read, byte for byte, when it was captured", () => {
    for (const { hex, framing, valid } of frames) {
      if (framing !== "message" || !valid) continue;
      const { body, header: head } = decodeMessage(bytesOf(hex));
      expect(body && hexOf(encodeMessage(body, head))).toBe(hex);
    }
  });

  it("is the same in any chunks, with what is pending and what is refused", () => {
    const stream = fc.array(fc.oneof({ weight: 9, arbitrary: messageBytes }, fc.uint8Array({ maxLength: 12 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 23 }), { minLength: 1, maxLength: 4 }), (parts, sizes) => {
        const bytes = new Uint8Array(Buffer.concat(parts));
        const chunks: Uint8Array[] = [];
        for (let from = 0, i = 0; from < bytes.length; from += sizes[i++ % sizes.length] ?? 1) {
          chunks.push(bytes.slice(from, from + (sizes[i % sizes.length] ?? 1)));
        }
        const whole = framed(bytes);
        expect(framed(...chunks)).toEqual(whole);
        expect(bytes.length).toBeGreaterThanOrEqual(whole.messages.join("").length / 2);
      }),
    );
  });

  const messageBytes = fc.tuple(anyBody, header).map(([body, head]) => encodeMessage(body, head));

  it("neither throws nor gives more than came, when it is any bytes", () => {
    fc.assert(
      fc.property(fc.nat({ max: 101 }), fc.uint8Array({ maxLength: 400 }), (type, bytes) => {
        checkBounded(decodeBareBody(type, bytes).body, bytes.length);
        checkBounded(decodeMessage(bytes).body, bytes.length);
      }),
    );
  });

  it("neither throws nor gives more than came, when any byte of it is another", () => {
    fc.assert(
      fc.property(messageBytes, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (bytes, at, byte, cut) => {
        const changed = bytes.slice(0, bytes.length - (cut % 3));
        changed[10 + (at % Math.max(1, changed.length - 10))] = byte;
        checkBounded(decodeMessage(changed).body, changed.length);
        checkBounded(decodeBareBody(61, changed.subarray(10)).body, changed.length);
      }),
    );
  });
});

/** Each parameter took at least two bytes, so there can be no more of them. */
function checkBounded(body: MessageBody | undefined, byteCount: number): void {
  const count = (parameters: readonly Parameter[]): number =>
    parameters.reduce((sum, inner) => sum + 1 + ("parameters" in inner ? count(inner.parameters) : 0), 0);
  if (body !== undefined && "parameters" in body) expect(count(body.parameters)).toBeLessThanOrEqual(byteCount / 2);
}

describe("what is wrong", () => {
  const tag = "00F0001F8D3000ABCDEF0000000000000381000186D0820005A9E4BEF862E0";
  const report = (hex: string) => decodeBareBody(61, bytesOf(hex));
  const tagsOf = ({ body }: { body: MessageBody | undefined }) =>
    body && "parameters" in body ? allOf(body.parameters, "TagReportData").length : 0;

  it.each([
    ["a parameter that is not known", `03E0000612AB${tag}`, 1, 0],
    ["one not known inside a tag", `00F00009 03E10005 FF${tag}`, 2, 0],
    ["a tag with a TV parameter that has no end", `00F00007 FF0001${tag}`, 1, 1],
    ["a tag whose EPC runs past it", `00F00008 00F10030${tag}`, 1, 1],
    ["a tag with a length below its head", `${tag}00F00003${tag}`, 1, 1],
    ["a tag that runs past the message", `${tag}00F000FF8D`, 1, 1],
    ["three bytes behind the tags", `${tag}00F000`, 1, 1],
  ])("%s costs no other tag", (_, hex, tags, faults) => {
    const decoded = report(hex.replaceAll(" ", ""));
    expect([tagsOf(decoded), decoded.faults.length]).toEqual([tags, faults]);
  });

  it("tells where it stands", () => {
    expect(report(`${tag}00F00007FF0001`).faults).toMatchObject([{ offset: 31, length: 7 }]);
  });

  it("is bounded: nesting, and the faults that are told", () => {
    let nested = "";
    for (let depth = 0; depth < 2000; depth++) {
      nested = `00F0${(4 + nested.length / 2).toString(16).padStart(4, "0")}${nested}`;
    }
    expect(report(nested).faults).toHaveLength(1);
    expect(report("00F00005FF".repeat(5000)).faults).toHaveLength(limits.faultsMax);
  });

  it.each([
    ["below its own header", "043D0000000900000001", "message.shape"],
    ["zero", "043D0000000000000001", "message.shape"],
    ["above the limit", "043DFFFFFFFF00000001", "message.too_large"],
    [
      "just above the limit",
      `043D${(limits.messageBytesMax + 1).toString(16).padStart(8, "0")}00000001`,
      "message.too_large",
    ],
  ])("a length %s ends the framing, and what follows is not kept", (_, hex, code) => {
    const { messages, pending, fault } = framed(
      bytesOf("043E0000000A00000011"),
      bytesOf(hex),
      bytesOf("00".repeat(99)),
    );
    expect([messages, pending, fault]).toEqual([["043E0000000A00000011"], "", code]);
  });

  it("takes a message as large as the limit, byte by byte, in a moment", () => {
    const bytes = new Uint8Array(limits.messageBytesMax);
    bytes.set(bytesOf(`043D${limits.messageBytesMax.toString(16).padStart(8, "0")}00000001`));
    const framer = new Framer();
    let count = 0;
    for (let at = 0; at < bytes.length; at++) count += framer.push(bytes.subarray(at, at + 1)).length;
    expect([count, framer.pending().length]).toEqual([1, 0]);
  });

  it("makes no list for a count that the message has no room for", () => {
    const { body, faults } = decodeBareBody(20, bytesOf("00B70006FFFF"));
    expect([body, faults[0]?.detail]).toMatchObject([{ parameters: [] }, expect.stringContaining("131070 more bytes")]);
  });

  it("cannot be sent: a value that does not fit its field", () => {
    const head = { version: 1, id: 1 };
    expect(() => encodeMessage({ name: "START_ROSPEC", roSpecId: 2 ** 32 }, head)).toThrow(RangeError);
    expect(() => encodeMessage({ name: "START_ROSPEC", roSpecId: -1 }, head)).toThrow(RangeError);
  });
});
