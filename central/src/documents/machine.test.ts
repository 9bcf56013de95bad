import { describe, expect, test } from "vitest";
import { documentKinds, isEnded, kindOf, kinds, type Progress, stateAfter } from "./kinds.ts";
import { defineMachine, faultsOf, type Machine } from "./machine.ts";

const table = (states: Machine<string, string>["states"], events: readonly string[]): Machine<string, string> => ({
  initial: "new",
  states,
  events: Object.fromEntries(events.map(event => [event, event])),
});
const state = (on: Readonly<Record<string, string>>, ended = false) => ({
  means: "",
  on,
  ...(ended && { ended: true as const }),
});

describe("a table of states", () => {
  test.each([
    ["leads to no state", table({ new: state({ go: "gone" }) }, ["go"]), "new leads to gone, which is no state of it"],
    ["takes no event of it", table({ new: state({ go: "new" }) }, []), "new takes go, which is no event of it"],
    [
      "is never reached",
      table({ new: state({ go: "old" }), old: state({}, true), lost: state({ go: "old" }) }, ["go"]),
      "no way leads to lost",
    ],
    [
      "is never left",
      table({ new: state({ go: "old", stop: "stuck" }), old: state({}, true), stuck: state({}) }, ["go", "stop"]),
      "no way leads from stuck to an end",
    ],
    [
      "has an idle event",
      table({ new: state({ go: "old" }), old: state({}, true) }, ["go", "idle"]),
      "no state takes idle",
    ],
  ])("with one that %s is refused", (_, machine, fault) => {
    expect(faultsOf(machine)).toEqual([fault]);
    expect(() => defineMachine("a test", machine)).toThrow(fault);
  });

  test.each(documentKinds)("of %s has no fault", kind => {
    expect(faultsOf(kindOf(kind).machine)).toEqual([]);
  });
});

/** `quantity backordered picked done inspected` of each line. */
function lines(text: string): Progress[] {
  return text.split(", ").map(line => {
    const [quantity = 0, backordered = 0, picked = 0, done = 0, inspected = 0] = line.split(" ").map(Number);
    return { quantity, backordered, picked, done, inspected };
  });
}

describe("the lines of a document", () => {
  test.each([
    ["order", "placed", "5 0, 3 0", "reserved"],
    ["order", "placed", "5 2, 3 0", "backordered"],
    ["order", "backordered", "5 0, 3 0", "reserved"],
    ["order", "reserved", "5 0 2, 3 0", "picking"],
    ["order", "backordered", "5 0 2, 3 3", "picking"],
    ["order", "picking", "5 0 5, 3 0 3", "picked"],
    ["order", "reserved", "5 0 5, 3 0 3", "picked"],
    ["order", "reserved", "5 0 0 5, 3 0 0 0", "shipping"],
    ["order", "picked", "5 0 5 5, 3 0 3 3", "shipped"],
    ["order", "reserved", "5 0 0 6, 3 0 0 3", "shipped"],
    ["order", "shipped", "5 0 5 4, 3 0 3 3", "shipping"],
    ["order", "shipped", "5 0 5 0, 3 0 3 0", "picked"],
    ["order", "picking", "5 0 0 0, 3 0 0 0", "reserved"],
    ["order", "picking", "5 5 0 0, 3 0 0 0", "backordered"],
    ["order", "cancelled", "5 0 5 5", "cancelled"],
    ["order", "closed", "5 0 5 5", "closed"],
    ["order", "picked", "0 0, 3 0 3", "picked"],
    ["shipment", "announced", "5 0 0 1, 3", "receiving"],
    ["shipment", "receiving", "5 0 0 6, 3 0 0 3", "received"],
    ["shipment", "received", "5 0 0 4, 3 0 0 3", "receiving"],
    ["shipment", "receiving", "5, 3", "announced"],
    ["shipment", "closed", "5 0 0 5", "closed"],
    ["transfer", "planned", "5", "reserved"],
    ["transfer", "reserved", "5 0 1", "leaving"],
    ["transfer", "leaving", "5 0 5", "in_transit"],
    ["transfer", "in_transit", "5 0 5 1", "arriving"],
    ["transfer", "arriving", "5 0 5 5", "received"],
    ["transfer", "in_transit", "5", "reserved"],
    ["return", "announced", "2 0 0 1", "receiving"],
    ["return", "receiving", "2 0 0 2", "received"],
    ["return", "received", "2 0 0 2 1", "inspecting"],
    ["return", "receiving", "2 0 0 1 1", "inspecting"],
    ["return", "inspecting", "2 0 0 2 2", "inspected"],
    ["return", "inspected", "2 0 0 3 2", "inspecting"],
    ["return", "receiving", "2", "announced"],
  ] as const)("put %s that was %s, with %s, into %s", (kind, before, text, after) => {
    expect(stateAfter(kind, before, lines(text))).toBe(after);
  });

  test("nothing more is awaited of what is shipped, closed or cancelled", () => {
    const ended = Object.keys(kinds.order.machine.states).filter(one => isEnded("order", one));
    expect(ended).toEqual(["shipped", "closed", "cancelled"]);
  });
});
