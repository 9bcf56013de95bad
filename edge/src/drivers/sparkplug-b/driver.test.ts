import { describe, expect, it } from "vitest";
import { describeBinaryMessageDriver, openMessageDevice, readBinaryVectors } from "../driver.case.ts";
import { DeviceConfig, deviceOf } from "../index.ts";
import { limits } from "./limits.ts";
import { decodePayload, encodeRebirth } from "./payload.ts";
import { ProtoWriter } from "./protobuf.ts";

const fixtures = readBinaryVectors(new URL("./fixtures/messages.jsonl", import.meta.url));
const node = { driver: "sparkplug-b", group: "Lyon", node: "gate-4" };
describeBinaryMessageDriver(node, fixtures);

const t0 = 1_790_000_000_000;

function open(more: object = {}) {
  const device = openMessageDevice({ ...node, ...more });
  let nowMs = t0;
  const send = (topic: string, bytes: Uint8Array) => {
    nowMs += 10;
    return device.parse(bytes, { deviceId: device.id, receivedTimeMs: nowMs, topic: `spBv1.0/Lyon/${topic}` });
  };
  const fixture = (id: string) => {
    const found = fixtures.find(each => each.id === id);
    return send(found?.topic.slice("spBv1.0/Lyon/".length) ?? "", Buffer.from(found?.hex ?? "", "hex"));
  };
  return { device, send, fixture, later: (ms: number) => (nowMs += ms) };
}

/** Text metrics, each by its alias alone or by its name. */
function data(seq: number, ...metrics: readonly { readonly key: number | string; readonly text: string }[]): Buffer {
  const writer = new ProtoWriter().uint(1, t0);
  for (const { key, text } of metrics) {
    const metric = new ProtoWriter();
    if (typeof key === "number") metric.uint(2, key);
    else metric.bytes(1, key);
    writer.bytes(2, metric.bytes(15, text).finish());
  }
  return writer.uint(3, seq).finish();
}

const rebirth = "spBv1.0/Lyon/NCMD/gate-4";

describe("a Sparkplug node", () => {
  it("is read by the aliases that its birth named, and by the type given there", () => {
    const { send, fixture } = open();
    fixture("nbirth");
    fixture("dbirth");
    const parsed = send("DDATA/gate-4/reader-1", data(2, { key: 11, text: "e280" }));
    expect(parsed.readings).toMatchObject([{ epcHex: "E280", antenna: 1, rssiDbm: -60, readerTimeMs: t0 }]);
    expect(parsed.commands).toEqual([]);
  });

  it("is asked for its births when data comes before them, once in a while; what names itself is read all the same", () => {
    const { send, later } = open();
    const first = send("DDATA/gate-4/reader-1", data(9, { key: "EPC", text: "e280" }));
    expect(first.readings).toMatchObject([{ epcHex: "E280" }]);
    expect(first.commands?.map(({ topic }) => topic)).toEqual([rebirth]);
    expect(decodePayload(first.commands?.[0]?.payload ?? new Uint8Array()).metrics).toEqual([
      { name: "Node Control/Rebirth", timestampMs: t0 + 10, datatype: 11, raw: true },
    ]);
    const second = send("DDATA/gate-4/reader-1", data(10, { key: 11, text: "e281" }));
    expect(second.refused).toMatchObject([{ problem: { code: "message.no_birth" } }]);
    expect(second.commands).toEqual([]);
    later(limits.rebirthMs);
    expect(send("DDATA/gate-4/reader-1", data(11)).commands).toHaveLength(1);
  });

  it("is asked for its births when its counter has a gap, which is loss; 0 follows 255", () => {
    const { send, fixture } = open();
    fixture("nbirth");
    fixture("dbirth");
    const gap = send("DDATA/gate-4/reader-1", data(5, { key: 11, text: "e280" }));
    expect(gap.readings).toHaveLength(1);
    expect(gap.signals).toMatchObject([{ kind: "loss", count: 3 }]);
    expect(gap.commands).toHaveLength(1);
    expect(send("NDATA/gate-4", data(255)).signals).toMatchObject([{ kind: "loss", count: 249 }, { kind: "ignored" }]);
    expect(send("NDATA/gate-4", data(0)).signals).toMatchObject([{ kind: "ignored" }]);
  });

  it("forgets its aliases with its death, and with the device's own", () => {
    const { send, fixture } = open();
    for (const id of ["nbirth", "dbirth", "ddeath"]) fixture(id);
    expect(send("DDATA/gate-4/reader-1", data(8, { key: 11, text: "e280" })).refused).toHaveLength(1);
    fixture("dbirth");
    fixture("ndeath");
    expect(send("DDATA/gate-4/reader-1", data(9, { key: 11, text: "e280" })).refused).toHaveLength(1);
  });

  it("takes an old last will for what it is", () => {
    const { send, fixture } = open();
    fixture("nbirth");
    fixture("dbirth");
    fixture("ndeath-late");
    expect(send("DDATA/gate-4/reader-1", data(2, { key: 11, text: "e280" })).readings).toHaveLength(1);
  });

  it("gives its devices antennas, and leaves out devices that are not named", () => {
    const { send, fixture } = open({ devices: [{ name: "reader-1", antenna: 3 }], fields: { epc_hex: "EPC" } });
    fixture("nbirth");
    expect(fixture("dbirth").signals).toEqual([{ kind: "antenna", antenna: 3, connected: true }]);
    expect(send("DDATA/gate-4/reader-1", data(2, { key: 11, text: "e280" })).readings).toMatchObject([{ antenna: 3 }]);
    expect(send("DDATA/gate-4/other", data(3, { key: "EPC", text: "e280" })).readings).toEqual([]);
    expect(fixture("ddeath").signals).toContainEqual({ kind: "antenna", antenna: 3, connected: false });
  });

  it("reads a table with a row per tag", () => {
    const { send } = open({ table: "Tags" });
    const hex =
      "08a2ccaedf8734125a0a045461677318a2ccaedf873420108a0148080312034550431207416e74656e6e61120452535349180c1805180222140a063204653238300a0208010a0608ceffffff0f22140a063204653238310a0208020a0608baffffff0f1801";
    const { readings, refused } = send("NDATA/gate-4", Buffer.from(hex, "hex"));
    expect(refused).toEqual([]);
    expect(readings).toMatchObject([
      { epcHex: "E280", antenna: 1, rssiDbm: -50, readerTimeMs: 1_788_785_436_194 },
      { epcHex: "E281", antenna: 2, rssiDbm: -70 },
    ]);
  });

  it("reads the members of a template", () => {
    const { send } = open({ fields: { epc_hex: "Read/EPC", rssi_dbm: "Read/RSSI" } });
    const hex =
      "08a2ccaedf873412470a045265616418a2ccaedf873420139201350a013112140a0345504318a2ccaedf8734200c7a046532383012150a045253534918a2ccaedf8734200350d4ffffff0f22015428001801";
    expect(send("NDATA/gate-4", Buffer.from(hex, "hex")).readings).toMatchObject([{ epcHex: "E280", rssiDbm: -44 }]);
  });

  it("has the topics of the node and of all its devices", () => {
    const { device, send } = open();
    expect(device.topics).toContain("spBv1.0/Lyon/DDATA/gate-4/+");
    expect(device.topics).toHaveLength(6);
    expect(send("DDATA/gate-5/reader-1", data(1)).refused).toHaveLength(1);
  });

  it.each(["000000000000f83f", "000000000000f07f", "000000000000f87f"])(
    "takes a bdSeq that is no whole number for none: the double %s",
    double => {
      const { send } = open();
      const payload = Buffer.from(`12100a05626453657169${double}`, "hex");
      expect(send("NBIRTH/gate-4", payload).refused).toEqual([]);
      expect(send("NDEATH/gate-4", payload).signals).toEqual([{ kind: "online", online: false }]);
    },
  );

  it("is at fault when a rule needs an antenna that nothing gives", () => {
    const config = { id: "x", ...node, fields: { epc_hex: "EPC" }, read_points: [{ place: "dock-1", antennas: [1] }] };
    expect(deviceOf(DeviceConfig.parse(config)).faults).toMatchObject([{ path: ["read_points", 0, "antennas"] }]);
  });

  it("asks in the bytes that the standard's own encoder gives", () => {
    expect(encodeRebirth(1_788_785_436_194).toString("hex")).toBe(
      "08a2ccaedf873412210a144e6f646520436f6e74726f6c2f5265626972746818a2ccaedf8734200b7001",
    );
  });
});
