import { identify } from "@tallygate/protocol";
import { describe, expect, test } from "vitest";
import captured from "../fixtures/captured.json" with { type: "json" };
import { createRandom } from "../random.ts";
import { catalogue } from "../world/catalogue.ts";
import { createThingMaker } from "../world/things.ts";
import { pack } from "./gate.ts";
import { epcCrcHex, protocolControlHex } from "./gen2.ts";
import { impinjTagEvent, impinjTime, inventoryStatus } from "./impinj-iot.ts";
import { scanText } from "./serial-scanner.ts";
import { heartbeat, zebraTagEvent } from "./zebra-iotc.ts";

const random = createRandom("dialects");

function raw(id: string): string {
  const found = captured.find(message => message.id === id);
  if (found === undefined) throw new Error(`There is no captured message ${id}.`);
  return found.raw;
}

/** The members of a value with their types, in their order: what two messages of one kind have in common. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([name, member]) => [name, shape(member)]);
}

function delivery(epcHex: string, antenna: number, peakRssiDbm: number, reads: number) {
  return { atMs: 0, report: { number: 0, atMs: 0, epcHex, antenna, peakRssiDbm, reads, isStray: false } };
}

describe("a Zebra reader writes byte for byte what was captured", () => {
  const epcHex = "E2806894000040017790E471";
  test.each([
    ["z-inventory", "INVENTORY", 5059, "2026-09-07T12:50:55.513Z"],
    ["z-simple-1", "SIMPLE", 5036, "2026-09-07T12:50:36.194Z"],
    ["z-conveyor", "CONVEYOR", 5113, "2026-09-07T12:51:29.949Z"],
  ] as const)("%s", (id, reader_mode, eventNum, time) => {
    const settings = { reader_mode, tag_metadata: [] };
    const event = zebraTagEvent(delivery(epcHex, 1, -37.2, 1), eventNum, Date.parse(time), settings, random);
    expect(JSON.stringify(event)).toBe(raw(id));
  });

  test("z-batch: an array, with what the tag metadata asks for; phase and channel are chance", () => {
    const settings = { reader_mode: "INVENTORY", tag_metadata: ["CRC", "PC", "CHANNEL", "PHASE"] } as const;
    const tag = delivery("AD99160040AAC99525000025", 1, -54, 9);
    const mutable = { ...settings, tag_metadata: [...settings.tag_metadata] };
    const event = zebraTagEvent(tag, 194, Date.parse("2023-02-24T10:14:42.851Z"), mutable, random);
    const [packed] = pack([{ atMs: 0, text: JSON.stringify(event) }], { eventsMax: 10, waitMs: 100 });
    expect(shape(JSON.parse(packed?.payload ?? ""))).toEqual(shape(JSON.parse(raw("z-batch"))));
    expect(event.timestamp).toBe("2023-02-24T10:14:42.851+0000");
  });

  test("z-heartbeat-full: every member that ours has, was captured with the same type", () => {
    const ours = heartbeat({ antennas: 8 }, 328, 0, 19_168_000, new Map([[4, 3062]]));
    expect(JSON.parse(raw("z-heartbeat-full"))).toMatchObject(typesOf(ours));
    expect(ours.data.radio_control).toMatchObject({ uptime: "05:19:28", numTagReads: 3062 });
  });
});

/** Each member replaced by "any value of that type". */
function typesOf(value: unknown): object {
  if (Array.isArray(value)) return value.map(typesOf);
  if (typeof value === "number") return expect.any(Number);
  if (typeof value === "string") return expect.any(String);
  if (typeof value !== "object" || value === null) return expect.anything();
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typesOf(member)]));
}

describe("an Impinj reader writes what was captured, field by field", () => {
  const plain = { tag_metadata: [], transmit_power_cdbm: 3000 };

  test("i-base64url: the same EPC in the same alphabet, power and strength; the channel is chance", () => {
    const time = Date.parse("2025-05-17T16:03:13.944Z");
    const { hostname, ...event } = impinjTagEvent(
      delivery("E2801191A5030065F26CCBFF", 5, -73, 1),
      time,
      "impinj-14-2f-f4",
      plain,
      random,
    );
    const was = JSON.parse(raw("i-base64url"));
    expect(shape(event)).toEqual(shape(was));
    expect(event.tagInventoryEvent).toEqual({ ...was.tagInventoryEvent, frequency: expect.any(Number) });
    expect(event.timestamp).toMatch(/^2025-05-17T16:03:13\.944\d{6}Z$/);
    expect(hostname).toBe("impinj-14-2f-f4");
  });

  test("i-short-epc: padding stays", () => {
    const event = impinjTagEvent(delivery("8A450224", 3, -74, 1), 0, "impinj-00-00-00", plain, random);
    expect(event.tagInventoryEvent.epc).toBe(JSON.parse(raw("i-short-epc")).tagInventoryEvent.epc);
  });

  test("i-full: all that can be asked for, in its order, but what a gate is not asked for", () => {
    const tag_metadata = ["epc_hex", "tid", "pc", "last_seen_time", "phase_angle"] as const;
    const settings = { ...plain, tag_metadata: [...tag_metadata] };
    const event = impinjTagEvent(
      delivery("E2C451A3A5011FA00F354693", 2, -57.5, 1),
      0,
      "impinj-14-2f-f4",
      settings,
      random,
    );
    const was = JSON.parse(raw("i-full"));
    for (const name of ["antennaName", "tagMemoryData", "tagAuthenticationResponse"])
      delete was.tagInventoryEvent[name];
    expect(shape(event)).toEqual(shape(was));
    const { epc, epcHex, peakRssiCdbm } = was.tagInventoryEvent;
    expect(event.tagInventoryEvent).toMatchObject({ epc, epcHex, peakRssiCdbm });
  });

  test("i-status-running", () => {
    const event = { timestamp: impinjTime(0, random), hostname: "impinj-14-2f-f4", ...inventoryStatus("running") };
    const was = JSON.parse(raw("i-status-running"));
    expect({ ...event, timestamp: was.timestamp }).toEqual(was);
    expect(event.timestamp).toHaveLength(was.timestamp.length);
  });
});

describe("a tag's memory", () => {
  test("has the control word and CRC that were captured with its EPC (z-batch)", () => {
    expect(protocolControlHex("AD99160040AAC99525000025")).toBe("3000");
    expect(epcCrcHex("AD99160040AAC99525000025")).toBe("518E");
  });
});

describe("events that may go together", () => {
  const said = [0, 10, 90, 120, 500].map(atMs => ({ atMs, text: String(atMs) }));
  test.each([
    ["by time", { eventsMax: 10, waitMs: 100 }, ["[0,10,90]", "[120]", "[500]"], [90, 120, 500]],
    ["by number", { eventsMax: 2, waitMs: 1000 }, ["[0,10]", "[90,120]", "[500]"], [10, 120, 500]],
    ["one by one", undefined, ["0", "10", "90", "120", "500"], [0, 10, 90, 120, 500]],
  ])("are packed %s", (_, batch, payloads, times) => {
    const packed = pack(said, batch);
    expect(packed.map(({ payload }) => payload)).toEqual(payloads);
    expect(packed.map(({ atMs }) => atMs)).toEqual(times);
    expect(packed.reduce((sum, { events }) => sum + events, 0)).toBe(5);
  });
});

describe("a scan", () => {
  const [item] = catalogue(1);
  if (item === undefined) throw new Error("The catalogue is empty.");
  const { code, serial } = createThingMaker("1", 0).piece(item);
  const gtin = { ai: "01", value: item.gtin };
  const dated = [gtin, { ai: "17", value: "280131" }, { ai: "10", value: "L1234" }];
  test.each([
    ["ean-13", [gtin], { kind: "class", key: `(01)${item.gtin}` }],
    ["gs1-128", dated, { kind: "class", classKey: `(01)${item.gtin}`, lot: "L1234", expiresOn: "2028-01-31" }],
    ["data-matrix", [gtin, { ai: "21", value: serial ?? "" }], { kind: "instance", key: code }],
  ] as const)("of %s is read as what it says", (label, elements, expected) => {
    const text = scanText({ label, item, elements }, true);
    expect(text).toMatch(/^\](E0|C1|d2)/);
    expect(identify({ scan: text })).toMatchObject(expected);
    expect(scanText({ label, item, elements }, false)).toBe(text.slice(3));
  });
});
