import { describe, expect, it } from "vitest";
import { describeMessageDriver, openMessageDevice, parseText } from "../driver.case.ts";
import { DeviceConfig, deviceOf } from "../index.ts";

describeMessageDriver({ driver: "json" }, new URL("./fixtures/messages.jsonl", import.meta.url));

describe("a mapping in the configuration", () => {
  it("reads the fields from where it says, and no others", () => {
    const device = openMessageDevice({
      driver: "json",
      items: "report.tags",
      fields: { epc_hex: "id.epc", antenna: "ports.0", time: "firstSeen" },
      time_unit: "us",
    });
    const tag = { id: { epc: "e280" }, ports: ["3", 4], firstSeen: 1_788_785_436_194_765, rssi_dbm: -50 };
    const { readings, refused } = parseText(device, JSON.stringify({ report: { tags: [tag] } }));
    expect(refused).toEqual([]);
    expect(readings).toMatchObject([{ epcHex: "E280", antenna: 3, readerTimeMs: 1_788_785_436_194 }]);
    expect(readings[0]).not.toHaveProperty("rssiDbm");
  });

  it.each(["s", "ms", "us"])("reads numbers since 1970 in %s", unit => {
    const device = openMessageDevice({ driver: "json", fields: { epc_hex: "e", time: "t" }, time_unit: unit });
    const scale = { s: 0.001, ms: 1, us: 1000 }[unit] ?? 0;
    const { readings } = parseText(device, JSON.stringify({ e: "e280", t: 1_788_785_436_194 * scale }));
    expect(readings).toMatchObject([{ readerTimeMs: 1_788_785_436_194 }]);
  });

  it("refuses a message without the list that was promised", () => {
    const device = openMessageDevice({ driver: "json", items: "tags" });
    const parsed = parseText(device, `{"tag":{"epc_hex":"e280"}}`);
    expect(parsed.refused).toMatchObject([{ problem: { code: "message.shape", at: "tags" } }]);
  });

  it("does not look behind an object's own members", () => {
    const device = openMessageDevice({ driver: "json", fields: { scan: "constructor.name" } });
    expect(parseText(device, "{}").refused).toMatchObject([{ problem: { code: "message.no_tag" } }]);
  });

  it("is at fault when a rule needs a field that it does not name", () => {
    const read_points = [{ place: "dock-1", antennas: [1] }];
    const config = { id: "keonn", driver: "json", topic: "a/b", fields: { epc_hex: "epc" }, read_points };
    expect(deviceOf(DeviceConfig.parse(config)).faults).toMatchObject([{ path: ["read_points", 0, "antennas"] }]);
  });
});
