import { readFileSync } from "node:fs";
import { llrp, Reading } from "@tallygate/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits as driverLimits } from "../limits.ts";
import { limits } from "./limits.ts";
import { epcHex, event, FakeReader, keepalive, report, tag } from "./reader.fake.ts";
import { deviceWith, openTalk, running, timeMs } from "./talk.fixture.ts";

describe("the way to a running inventory", () => {
  const after = ["GET_READER_CAPABILITIES", "SET_READER_CONFIG", "ENABLE_EVENTS_AND_REPORTS", "GET_REPORT"];
  const rest = [
    "DELETE_ACCESSSPEC",
    "DELETE_ROSPEC",
    "ADD_ROSPEC",
    "ENABLE_ROSPEC",
    "START_ROSPEC",
    "GET_READER_CONFIG",
  ];

  it("asks for nothing before the greeting", () => {
    const talk = openTalk();
    expect(talk.reader.names).toEqual([]);
    talk.say(event({ name: "AntennaEvent", event: 1, antennaId: 1 }));
    expect(talk.reader.names).toEqual([]);
  });

  it.each([
    ["1.1 where the reader knows it", {}, {}, ["GET_SUPPORTED_VERSION", "SET_PROTOCOL_VERSION"], 2],
    ["1.0.1 with an older reader", {}, { knows1_1: false }, ["GET_SUPPORTED_VERSION"], 1],
    [
      "1.0.1 with one that refuses to change",
      {},
      { refuses: ["SET_PROTOCOL_VERSION"] },
      ["GET_SUPPORTED_VERSION", "SET_PROTOCOL_VERSION"],
      1,
    ],
    ["1.0.1 when it is configured", { protocol: "1.0.1" }, {}, [], 1],
    ["1.1 when it is configured", { protocol: "1.1" }, {}, ["SET_PROTOCOL_VERSION"], 2],
  ] as const)("speaks %s", (_, config, options, before, version) => {
    const { reader } = running(config, options);
    expect(reader.names).toEqual([...before, ...after, ...rest]);
    expect(reader.heard.at(-1)?.version).toBe(version);
    expect(reader.heard.find(({ name }) => name === "GET_SUPPORTED_VERSION")?.version ?? 2).toBe(2);
  });

  it("takes a reader that does not answer the question for one of 1.0.1", () => {
    const talk = openTalk({}, { ignores: ["GET_SUPPORTED_VERSION"] });
    talk.say(talk.reader.greet());
    expect(talk.wake()).toBe(limits.versionMs);
    expect(talk.turn.running).toBe(true);
    expect(talk.reader.heard.at(-1)?.version).toBe(1);
  });

  it("asks for what the reader kept before it deletes the ROSpec that it is from", () => {
    const { names } = running().reader;
    expect(names.indexOf("GET_REPORT")).toBeLessThan(names.indexOf("DELETE_ROSPEC"));
    expect(running({}, { supportsHolding: false }).reader.names).not.toContain("ENABLE_EVENTS_AND_REPORTS");
  });

  it("goes on without events where the reader refuses its configuration, and tells why it cannot go on without an inventory", () => {
    const plain = openTalk({}, { refuses: ["SET_READER_CONFIG"] });
    plain.say(plain.reader.greet());
    expect(plain.turn.end).toBe("the reader refused SET_READER_CONFIG: M_ParameterError: not here");
    expect(plain.reader.names.filter(name => name === "SET_READER_CONFIG")).toHaveLength(2);
    const deaf = openTalk({}, { refuses: ["ADD_ROSPEC"] });
    deaf.say(deaf.reader.greet());
    expect(deaf.turn.end).toBe("the reader refused ADD_ROSPEC: M_ParameterError: not here");
  });

  it.each([
    [1, /another client holds the reader.*reader opened/],
    [2, /another client holds the reader.*client opened/],
    [3, /status 3/],
  ])("says who holds the reader: status %i", (attempt, end) => {
    const talk = openTalk({}, { attempt });
    talk.say(talk.reader.greet());
    expect(talk.turn.end).toMatch(end);
    expect(talk.reader.names).toEqual([]);
  });

  it("takes no answer to another question for its own", () => {
    const talk = openTalk({ protocol: "1.0.1" }, { ignores: ["GET_READER_CAPABILITIES"] });
    talk.say(talk.reader.greet());
    const { id = 0 } = talk.reader.heard.at(-1) ?? {};
    const good: llrp.Parameter = { name: "LLRPStatus", status: 0, description: "", parameters: [] };
    const answer: llrp.MessageBody = { name: "GET_READER_CAPABILITIES_RESPONSE", parameters: [good] };
    talk.say(llrp.encodeMessage(answer, { version: 1, id: id + 1 }));
    expect(talk.reader.names).toEqual(["GET_READER_CAPABILITIES"]);
    talk.say(llrp.encodeMessage(answer, { version: 1, id }));
    expect(talk.turn.running).toBe(true);
  });

  it("gives up a reader that does not greet, and one that does not answer", () => {
    const silent = openTalk();
    expect(silent.wake()).toBe(limits.answerMs);
    expect(silent.turn.end).toMatch(/is it an LLRP reader/);
    const stuck = openTalk({}, { ignores: ["ADD_ROSPEC"] });
    stuck.say(stuck.reader.greet());
    stuck.wake();
    expect(stuck.turn.end).toBe("no answer to ADD_ROSPEC");
  });
});

describe("reports", () => {
  const seen: readonly llrp.Parameter[] = [
    { name: "AntennaID", antennaId: 3 },
    { name: "PeakRSSI", dbm: -48 },
    { name: "ChannelIndex", channelIndex: 2 },
    { name: "FirstSeenTimestampUTC", micros: 1_594_174_805_140_192n },
    { name: "LastSeenTimestampUTC", micros: 1_594_174_806_000_000n },
    { name: "TagSeenCount", count: 4 },
    { name: "C1G2PC", pc: 0x3000 },
  ];

  it("become readings with all that a reading carries", () => {
    const talk = running();
    talk.say(report(tag(1, ...seen), tag(2)));
    expect(talk.readings).toEqual([
      {
        deviceId: "dock-1",
        epcHex: epcHex(1),
        antenna: 3,
        rssiDbm: -48,
        frequencyMHz: 866.3,
        readerTimeMs: 1_594_174_805_140,
        readCount: 4,
        receivedTimeMs: timeMs,
      },
      { deviceId: "dock-1", epcHex: epcHex(2), receivedTimeMs: timeMs },
    ]);
  });

  it("are those of the captured frames, in any mode", () => {
    const url = new URL("../../../../protocol/src/llrp/fixtures/frames.json", import.meta.url);
    const { frames } = JSON.parse(readFileSync(url, "utf8"));
    const expected: unknown[] = [];
    const talk = openTalk();
    for (const { valid, framing, hex, expect: said } of frames) {
      if (!valid || framing === "body" || said.tags === undefined) continue;
      for (const { epcHex: epc, antenna, rssiDbm } of said.tags) expected.push({ epcHex: epc, antenna, rssiDbm });
      talk.say(Buffer.from(hex, "hex"));
    }
    expect(expected.length).toBeGreaterThan(20);
    expect(talk.readings).toMatchObject(expected);
    expect(talk.refused).toEqual([]);
  });

  it("have the time by the reader's uptime where it has no clock, and none where it has no time", () => {
    const talk = running();
    talk.say(event({ name: "Uptime", micros: 60_000_000n }));
    talk.say(report(tag(1, { name: "FirstSeenTimestampUptime", micros: 50_000_000n })));
    talk.say(report(tag(2, { name: "FirstSeenTimestampUTC", micros: 0n })));
    talk.say(report(tag(3, { name: "LastSeenTimestampUTC", micros: 2n ** 64n - 1n })));
    expect(talk.readings.map(({ readerTimeMs }) => readerTimeMs)).toEqual([timeMs - 10_000, undefined, undefined]);
  });

  it("take EPCs of any number of words, and refuse others without losing their neighbours", () => {
    const epc = (bitCount: number): llrp.Parameter[] => [
      { name: "EPCData", epc: { bitCount, bytes: new Uint8Array(Math.ceil(bitCount / 8)).fill(0xab) } },
    ];
    const talk = running();
    talk.say(report(epc(16), epc(0), epc(144), epc(100), epc(496), epc(512), [], tag(9)));
    expect(talk.readings.map(reading => reading.epcHex?.length)).toEqual([4, 36, 124, 24]);
    expect(talk.refused.map(({ problem }) => problem.code)).toEqual([
      "reading.epc",
      "reading.epc",
      "reading.epc",
      "message.no_tag",
    ]);
  });

  it("that were cut by the end of the connection keep their whole tags", () => {
    const talk = running();
    talk.say(report(tag(1), tag(2), tag(3)).subarray(0, 60));
    expect(talk.readings).toEqual([]);
    talk.abandon();
    expect(talk.readings.map(reading => reading.epcHex)).toEqual([epcHex(1), epcHex(2)]);
    expect(talk.refused).toHaveLength(1);
  });

  it("that are large are taken in parts", () => {
    const { openConversation } = deviceWith();
    const conversation = openConversation();
    const at = { timeMs, steadyMs: 0 };
    conversation.open(at);
    const tags = Array.from({ length: driverLimits.messageReadingsMax + 1 }, (_, index) => tag(index));
    const sizes = conversation.push(report(...tags), at).parsed.map(({ readings }) => readings.length);
    expect(sizes).toEqual([driverLimits.messageReadingsMax, 1]);
  });
});

describe("while it runs", () => {
  it("answers each keepalive with its own id", () => {
    const talk = running();
    talk.say(keepalive(4711));
    expect(talk.reader.heard.at(-1)).toMatchObject({ name: "KEEPALIVE_ACK", id: 4711 });
  });

  it("gives up a reader of which nothing is heard for three keepalives, and not one that is heard", () => {
    const talk = running({ keepalive_s: 2 });
    talk.pass(5900);
    talk.say(keepalive());
    expect([talk.turn.end, talk.turn.wakeAtMs]).toEqual([undefined, 11_900]);
    talk.wake();
    expect(talk.turn.end).toMatch(/nothing came for 6 s/);
  });

  it("does not take the silence for the reader's while reading was held back", () => {
    const talk = running({ keepalive_s: 2 });
    talk.resume(60_000);
    talk.pass(5900);
    expect(talk.turn.end).toBeUndefined();
  });

  it.each([
    [
      { name: "GPIEvent", port: 2, high: true },
      { kind: "input", pin: 2, high: true },
    ],
    [
      { name: "AntennaEvent", event: 0, antennaId: 4 },
      { kind: "antenna", antenna: 4, connected: false },
    ],
    [
      { name: "ReaderExceptionEvent", message: "PA too hot", parameters: [{ name: "AntennaID", antennaId: 2 }] },
      { kind: "trouble", severity: "error", detail: "PA too hot (antenna 2)" },
    ],
    [{ name: "ReportBufferOverflowErrorEvent" }, { kind: "loss" }],
    [
      { name: "ReportBufferLevelWarningEvent", percentFull: 80 },
      { kind: "trouble", severity: "warning" },
    ],
    [
      { name: "ROSpecEvent", event: 1, roSpecId: 1, preemptingRoSpecId: 0 },
      { kind: "inventory", state: "ended" },
    ],
    [
      { name: "ConnectionAttemptEvent", status: 4 },
      { kind: "trouble", severity: "warning" },
    ],
  ] as const)("makes a signal of %j", (said, signal) => {
    const talk = running();
    talk.signals.length = 0;
    talk.say(event(said));
    expect(talk.signals).toMatchObject([signal]);
  });

  it("tells which antennas are connected", () => {
    expect(running({ antennas: [1, 2] }).signals).toEqual([
      { kind: "antenna", antenna: 1, connected: true },
      { kind: "antenna", antenna: 2, connected: false },
    ]);
  });

  it("starts an inventory again that the reader ended, once a second at most", () => {
    const talk = running();
    const starts = () => talk.reader.names.filter(name => name === "START_ROSPEC").length;
    const ended = event({ name: "ROSpecEvent", event: 1, roSpecId: 1, preemptingRoSpecId: 0 });
    talk.say(ended);
    talk.say(ended);
    expect(starts()).toBe(2);
    expect(talk.wake()).toBe(limits.restartMs);
    expect(starts()).toBe(3);
    const timed = running({ start: { trigger: "gpi", port: 1 }, stop: { trigger: "duration", duration_ms: 9 } });
    timed.say(ended);
    expect(timed.reader.names).not.toContain("START_ROSPEC");
  });

  it("says goodbye, and takes the reports that come before the answer", () => {
    const talk = running({}, { ignores: ["CLOSE_CONNECTION"] });
    talk.close();
    expect(talk.reader.names.at(-1)).toBe("CLOSE_CONNECTION");
    talk.say(report(tag(1)));
    expect([talk.readings.length, talk.turn.end]).toEqual([1, undefined]);
    talk.wake();
    expect(talk.turn.end).toBe("the connection was closed");
    const polite = running();
    polite.close();
    expect(polite.turn.end ?? polite.wake()).toBe("the connection was closed");
  });

  it("ends when the reader closes, and when what comes is no LLRP", () => {
    const closing = running();
    closing.say(event({ name: "ConnectionCloseEvent" }));
    expect(closing.turn.end).toBe("the reader closed the connection");
    const garbage = running();
    garbage.say(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(garbage.turn.end).toMatch(/no LLRP/);
    expect(garbage.refused.map(({ problem }) => problem.code)).toEqual(["message.too_large"]);
  });
});

describe("any bytes", () => {
  const pieces = fc.oneof(
    fc.constantFrom(report(tag(1)), keepalive(), new FakeReader().greet(), event({ name: "ConnectionCloseEvent" })),
    fc.uint8Array({ maxLength: 40 }),
  );

  it("neither throw nor make an invalid reading, and give the same in any chunks", () => {
    const heardOf = (chunks: readonly Uint8Array[]) => {
      const conversation = deviceWith().openConversation();
      const at = { timeMs, steadyMs: 0 };
      const turns = [conversation.open(at)];
      for (const chunk of chunks) if (turns.at(-1)?.end === undefined) turns.push(conversation.push(chunk, at));
      const parsed = [...turns.flatMap(turn => turn.parsed), conversation.abandon(at)];
      return {
        end: turns.at(-1)?.end,
        sent: Buffer.concat(turns.flatMap(turn => turn.send)),
        readings: parsed.flatMap(part => part.readings),
        refused: parsed.flatMap(part => part.refused),
        signals: parsed.flatMap(part => part.signals),
      };
    };
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (parts, size) => {
        const bytes = new Uint8Array(Buffer.concat(parts));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const split = heardOf(chunks);
        for (const reading of split.readings) expect(Reading.safeParse(reading).error).toBeUndefined();
        expect(split).toEqual(heardOf([bytes]));
      }),
    );
  });
});
