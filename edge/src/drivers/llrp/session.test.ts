import { readFileSync } from "node:fs";
import { llrp, Reading } from "@tallygate/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Turn } from "../conversation.ts";
import type { Parsed } from "../driver.ts";
import { DeviceConfig, deviceOf } from "../index.ts";
import { limits as driverLimits } from "../limits.ts";
import { limits } from "./limits.ts";
import { epcHex, event, FakeReader, type FakeReaderOptions, keepalive, report, tag } from "./reader.fake.ts";

const base = { id: "dock-1", driver: "llrp", address: "192.0.2.10", read_points: [{ place: "dock-1" }] };
const timeMs = 1_790_000_000_000;

function deviceWith(config: object = {}) {
  const device = deviceOf(DeviceConfig.parse({ ...base, ...config }));
  if (device.transport !== "tcp") throw new Error("not a driver over TCP");
  return device;
}

/** A session and its reader, tied together without a wire; time moves only when it is told to. */
function openTalk(config: object = {}, options: FakeReaderOptions = {}) {
  const conversation = deviceWith(config).openConversation();
  const reader = new FakeReader(options);
  const all: Parsed = { readings: [], refused: [], signals: [] };
  let steadyMs = 0;
  let last: Turn | undefined;
  const now = () => ({ timeMs: timeMs + steadyMs, steadyMs });
  const keep = (parsed: Parsed) => {
    all.readings.push(...parsed.readings);
    all.refused.push(...parsed.refused);
    all.signals.push(...parsed.signals);
  };
  const take = (turn: Turn): void => {
    last = turn;
    for (const parsed of turn.parsed) keep(parsed);
    for (const bytes of turn.send) for (const answer of reader.push(bytes)) take(conversation.push(answer, now()));
  };
  take(conversation.open(now()));
  return {
    ...all,
    reader,
    say: (bytes: Uint8Array) => take(conversation.push(bytes, now())),
    /** Moves the clock to when the conversation wants to be woken, and wakes it. */
    wake: () => {
      steadyMs = last?.wakeAtMs ?? 0;
      take(conversation.wake(now()));
      return steadyMs;
    },
    pass: (ms: number) => {
      steadyMs += ms;
      take(conversation.wake(now()));
    },
    resume: (ms: number) => {
      steadyMs += ms;
      take(conversation.resume(now()));
    },
    close: () => take(conversation.close(now())),
    abandon: () => keep(conversation.abandon(now())),
    get turn() {
      if (last === undefined) throw new Error("nothing happened");
      return last;
    },
  };
}

function running(config: object = {}, options: FakeReaderOptions = {}) {
  const talk = openTalk(config, options);
  talk.say(talk.reader.greet());
  expect(talk.turn).toMatchObject({ running: true, end: undefined });
  return talk;
}

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

describe("the configuration on the wire", () => {
  const sent = (config: object, name: llrp.MessageName, options: FakeReaderOptions = {}) => {
    const body = running(config, options).reader.heard.find(heard => heard.name === name);
    return body !== undefined && "parameters" in body ? body.parameters : [];
  };
  const roSpec = (config: object) => llrp.firstOf(sent(config, "ADD_ROSPEC"), "ROSpec")?.parameters;
  const boundary = (config: object) => llrp.firstOf(roSpec(config), "ROBoundarySpec")?.parameters;

  it("tells the reader its keepalive, its inputs, and to hold reports for a new connection", () => {
    expect(sent({ keepalive_s: 2.5 }, "SET_READER_CONFIG")).toEqual(
      expect.arrayContaining([
        { name: "KeepaliveSpec", trigger: 1, periodMs: 2500 },
        { name: "EventsAndReports", hold: true },
        { name: "GPIPortCurrentState", port: 2, enabled: true, state: 0 },
      ]),
    );
    expect(sent({}, "SET_READER_CONFIG", { supportsHolding: false })).not.toContainEqual(
      expect.objectContaining({ name: "EventsAndReports" }),
    );
  });

  it("sets antennas, power, session, population and report as they are configured", () => {
    const config = { antennas: [2, 3], transmit_power_dbm: 25, session: 2, tag_population: 100, rf_mode: 1002 };
    const spec = roSpec({ ...config, report: { every_tags: 5, contents: ["antenna", "pc"] } });
    const aiSpec = llrp.firstOf(spec, "AISpec");
    expect(aiSpec?.antennaIds).toEqual([2, 3]);
    const inventory = llrp.firstOf(aiSpec?.parameters, "InventoryParameterSpec")?.parameters;
    const antenna = llrp.firstOf(inventory, "AntennaConfiguration")?.parameters;
    expect(llrp.firstOf(antenna, "RFTransmitter")).toMatchObject({ hopTableId: 7, channelIndex: 1, powerIndex: 2 });
    const command = llrp.firstOf(antenna, "C1G2InventoryCommand")?.parameters;
    expect(llrp.firstOf(command, "C1G2RFControl")).toMatchObject({ modeIndex: 1002, tariNs: 0 });
    expect(llrp.firstOf(command, "C1G2SingulationControl")).toMatchObject({ session: 2, tagPopulation: 100 });
    const reports = llrp.firstOf(spec, "ROReportSpec");
    expect(reports).toMatchObject({ trigger: 2, tags: 5 });
    const contents = llrp.firstOf(reports?.parameters, "TagReportContentSelector");
    expect(contents).toMatchObject({ antenna: true, peakRssi: false, firstSeen: false });
    expect(llrp.firstOf(contents?.parameters, "C1G2EPCMemorySelector")).toMatchObject({ pc: true, crc: false });
  });

  it.each([
    [{}, { trigger: 0 }, { trigger: 0, durationMs: 0 }, true],
    [{ start: { trigger: "immediate" } }, { trigger: 1 }, { trigger: 0 }, false],
    [
      { start: { trigger: "periodic", period_ms: 5000 }, stop: { trigger: "duration", duration_ms: 900 } },
      { trigger: 2, parameters: [{ name: "PeriodicTriggerValue", offsetMs: 0, periodMs: 5000, parameters: [] }] },
      { trigger: 1, durationMs: 900 },
      false,
    ],
    [
      { start: { trigger: "gpi", port: 1 }, stop: { trigger: "gpi", port: 1, high: false, timeout_ms: 9000 } },
      { trigger: 3, parameters: [{ name: "GPITriggerValue", port: 1, high: true, timeoutMs: 0 }] },
      { trigger: 2, parameters: [{ name: "GPITriggerValue", port: 1, high: false, timeoutMs: 9000 }] },
      false,
    ],
  ])("begins and ends it as configured: %j", (config, start, stop, isStarted) => {
    expect(llrp.firstOf(boundary(config), "ROSpecStartTrigger")).toMatchObject(start);
    expect(llrp.firstOf(boundary(config), "ROSpecStopTrigger")).toMatchObject(stop);
    expect(running(config).reader.names.includes("START_ROSPEC")).toBe(isStarted);
  });

  it("asks for what is not reported every so many milliseconds", () => {
    const talk = running({ report: { every_tags: 0, every_ms: 500 } });
    talk.wake();
    expect([talk.wake(), talk.reader.names.slice(-2)]).toEqual([1000, ["GET_REPORT", "GET_REPORT"]]);
  });

  it.each([
    [{ transmit_power_dbm: 30, transmit_power_index: 2 }, /one of them/],
    [{ report: { every_tags: 0 } }, /nothing would be reported/],
    [{ address: "10.0.0.1:70000" }, /port/],
    [{ address: "http://reader" }, /HOST/],
    [{ antennas: [] }, /antennas|>=1|Too small/],
  ])("refuses %j", (config, message) => {
    expect(DeviceConfig.safeParse({ ...base, ...config }).error?.message).toMatch(message);
  });

  it("finds rules that would never fire", () => {
    const point = { place: "dock-1", antennas: [1, 3], min_rssi_dbm: -60 };
    const { faults } = deviceWith({ antennas: [1, 2], report: { contents: ["antenna"] }, read_points: [point] });
    expect(faults.map(({ path }) => path.join("."))).toEqual(["read_points.0.min_rssi_dbm", "read_points.0.antennas"]);
  });

  it.each([
    ["reader-1.local", { host: "reader-1.local", port: 5084 }],
    ["192.0.2.10:15084", { host: "192.0.2.10", port: 15084 }],
    ["[2001:db8::1]:99", { host: "2001:db8::1", port: 99 }],
  ])("connects %s to %j", (address, endpoint) => {
    expect(deviceWith({ address }).endpoint).toEqual(endpoint);
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
