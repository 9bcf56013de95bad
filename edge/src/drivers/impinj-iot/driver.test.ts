import { describe, expect, it } from "vitest";
import { describeMessageDriver, openMessageDevice, parseText, readMessageVectors } from "../driver.case.ts";

const fixtures = new URL("./fixtures/messages.jsonl", import.meta.url);
describeMessageDriver({ driver: "impinj-iot" }, fixtures);

describe("what only Impinj's readers say", () => {
  const device = openMessageDevice({ driver: "impinj-iot" });
  const vectors = new Map(readMessageVectors(fixtures).map(vector => [vector.id, vector]));
  const parse = (id: string) => parseText(device, vectors.get(id)?.raw ?? "");
  const tag = (tagInventoryEvent: object) => parseText(device, JSON.stringify({ tagInventoryEvent }));

  it.each([
    ["i-status-running", { kind: "inventory", state: "running" }],
    ["i-gpi", { kind: "input", pin: 1, high: false }],
    ["i-antenna", { kind: "antenna", antenna: 2, connected: true }],
    ["i-overflow", { kind: "loss", count: 120, detail: "the reader's own store overflowed" }],
    ["i-terminated", { kind: "inventory", state: "terminated" }],
    ["i-will", { kind: "online", online: false }],
    ["i-connect", { kind: "online", online: true }],
  ])("understands the event %s", (id, signal) => {
    expect(parse(id).signals).toEqual([signal]);
  });

  it.each([
    ["i-bad-b64", "reading.epc"],
    ["i-bad-disagree", "reading.epc"],
    ["i-bad-noid", "message.no_tag"],
  ])("refuses %s with %s", (id, code) => {
    expect(parse(id).refused.map(({ problem }) => problem.code)).toEqual([code]);
  });

  it("takes base64url with and without padding, and refuses the standard alphabet and lengths that cannot be", () => {
    for (const epc of ["ikUCJA==", "ikUCJA", "4oARkaUDAGXybMv_"]) expect(tag({ epc }).readings, epc).toHaveLength(1);
    for (const epc of ["4oARkaUDAGXybMv/", "ikUCJ", "ikUC JA==", "=", "", 7]) {
      expect(tag({ epc }).refused, String(epc)).toHaveLength(1);
    }
  });

  it("leaves out a TID whose two forms disagree: the EPC was read all the same", () => {
    const { readings } = tag({ epcHex: "E280", tid: "ikUCJA==", tidHex: "8A450225" });
    expect(readings[0]).not.toHaveProperty("tidHex");
  });

  it("takes the plain texts that the reader was told to send", () => {
    const told = openMessageDevice({ driver: "impinj-iot", texts: { lost: "gone" } });
    expect(parseText(told, "gone").signals).toEqual([{ kind: "online", online: false }]);
    expect(parseText(told, "connection lost").refused).toHaveLength(1);
  });

  it("keeps the other lines when one of a stream is cut", () => {
    const good = JSON.stringify({ tagInventoryEvent: { epcHex: "E280" } });
    const parsed = parseText(device, `${good}\r\n{"tagInv\r\n\r\n${good}\r\n`);
    expect(parsed.readings).toHaveLength(2);
    expect(parsed.refused).toHaveLength(1);
  });

  it("reads an event that is written over several lines", () => {
    const text = JSON.stringify({ tagInventoryEvent: { epcHex: "E280" } }, undefined, 2);
    expect(parseText(device, text).readings).toHaveLength(1);
  });
});
