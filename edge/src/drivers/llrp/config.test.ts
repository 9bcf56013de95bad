import { llrp } from "@tallygate/protocol";
import { describe, expect, it } from "vitest";
import { DeviceConfig } from "../index.ts";
import type { FakeReaderOptions } from "./reader.fake.ts";
import { base, deviceWith, running } from "./talk.fixture.ts";

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
