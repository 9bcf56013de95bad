import { connectAsync } from "mqtt";
import { expect, test, vi } from "vitest";
import { openSimulation } from "../simulation.ts";
import { startRecordingBroker } from "./broker.fixture.ts";
import { sparkplugNode } from "./sparkplug-b.ts";
import { encodePayload } from "./sparkplug-payload.ts";

const topic = "spBv1.0/Lyon/DDATA/gate-4/reader-1";

// There the numbers were UInt8 and Int8; ours are Int32, which differs in the datatype alone.
test("data is written byte for byte as sparkplug-payload of Eclipse Tahu writes it, but for the datatypes", () => {
  const timestampMs = 1_788_785_436_284;
  const bytes = encodePayload(
    1_788_785_436_294,
    [
      { name: "EPC", alias: 11, timestampMs, kind: "string", value: "3034257bf7194e4000001a85" },
      { name: "Antenna", timestampMs, kind: "int32", value: 2 },
      { name: "RSSI", timestampMs, kind: "int32", value: -61 },
    ],
    2,
  );
  expect(bytes.toString("hex")).toBe(
    "0886cdaedf8734122a0a03455043100b18fcccaedf8734200c7a1833303334323537626637313934653430303030303161383512140a07416e74656e6e6118fcccaedf87342005500212150a045253534918fcccaedf8734200150c3ffffff0f1802"
      .replace("2005", "2003")
      .replace("2001", "2003"),
  );
});

test("a node counts its connections in will and birth, and its messages from each birth", () => {
  const node = sparkplugNode(topic, () => 1);
  const lastOf = (payload: Buffer | undefined) => payload?.subarray(-2).toString("hex");
  const tag = JSON.stringify({ epc: "E280", antenna: 1, rssi: -50, timeMs: 1 });
  for (const count of ["00", "01"]) {
    expect(lastOf(node.will().payload)).toBe(`58${count}`);
    expect(lastOf(node.goodbye().payload)).toBe(`58${count}`);
    expect(node.births().map(({ payload }) => lastOf(payload))).toEqual(["1800", "1801"]);
    expect([node.encode(tag), node.encode(tag)].map(lastOf)).toEqual(["1802", "1803"]);
  }
});

test("a node is born, says all that it heard, is born again when asked, and dies", async () => {
  await using broker = await startRecordingBroker();
  const gate = { driver: "sparkplug-b", id: "dock-1", topic, from: "supplier", to: "dock-1" } as const;
  const site = { mqtt: { url: broker.url }, pallets: { count: 1 }, devices: [gate] };
  const topics = () => broker.answered.map(message => message.topic.split("/")[2]);
  const births = ["NBIRTH", "DBIRTH"];
  await using simulation = openSimulation({ speed: 50_000, sites: { lyon: site } });
  const truth = await simulation.run();
  expect(truth.isSettled).toBe(true);
  expect(topics()).toEqual([...births, ...Array.from({ length: truth.totals.readings }, () => "DDATA")]);
  const host = await connectAsync(broker.url);
  const value = { name: "Node Control/Rebirth", timestampMs: 1, kind: "boolean", value: true } as const;
  await host.publishAsync("spBv1.0/Lyon/NCMD/gate-4", encodePayload(1, [value]), { qos: 1 });
  await vi.waitFor(() => expect(topics().slice(-3)).toEqual(["NCMD", ...births]));
  await host.endAsync();
  await simulation[Symbol.asyncDispose]();
  expect(topics().at(-1)).toBe("NDEATH");
});
