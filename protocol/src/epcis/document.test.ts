import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { epcisDocument, parseEpcisDocument } from "./document.ts";
import type { EpcisEvent } from "./events.ts";
import { limits } from "./limits.ts";
import { epcisContext } from "./vocabulary.ts";

interface Vector {
  readonly id: string;
  readonly valid: boolean;
  readonly document: {
    readonly epcisBody: {
      readonly eventList?: readonly EpcisEvent[];
      readonly queryResults?: { readonly resultsBody: { readonly eventList: readonly EpcisEvent[] } };
    };
  };
}

const { documents }: { documents: readonly Vector[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/epcis-events.json", import.meta.url), "utf8"),
);
const good = documents.filter(({ valid }) => valid);
const bad = documents.filter(({ valid }) => !valid);

const eventsOf = ({ document: { epcisBody } }: Vector) =>
  epcisBody.eventList ?? epcisBody.queryResults?.resultsBody.eventList;

const item = "https://id.gs1.org/01/80614141123458/21/6789";
const lot = "https://id.gs1.org/01/07032069804988/10/0329";
const pallet = "https://id.gs1.org/00/106141412345678908";
const times = { eventTime: "2026-11-02T07:15:30.125Z", eventTimeZoneOffset: "+01:00" };
const seen = { type: "ObjectEvent", action: "OBSERVE", ...times, epcList: [item] };
const packed = { type: "AggregationEvent", action: "ADD", ...times, parentID: pallet, childEPCs: [item] };
const tied = {
  type: "TransactionEvent",
  action: "ADD",
  ...times,
  epcList: [item],
  bizTransactionList: [{ bizTransaction: "urn:a:1" }],
};
const made = { type: "TransformationEvent", ...times, inputEPCList: [item], outputEPCList: [pallet] };
const fixed = { type: "AssociationEvent", action: "ADD", ...times, parentID: pallet, childEPCs: [item] };
const wrong = { declarationTime: "2026-11-03T00:00:00Z" };

function document(...eventList: readonly unknown[]) {
  const context = [epcisContext, { example: "http://ns.example.com/epcis/" }];
  return {
    "@context": context,
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: times.eventTime,
    epcisBody: { eventList },
  };
}

function faultsOf(...events: readonly unknown[]) {
  const read = parseEpcisDocument(document(...events));
  return read.ok ? read.value.faults.map(({ at, code }) => [at.replace("epcisBody.eventList[0].", ""), code]) : read;
}

describe("the documents of the vectors", () => {
  it("are all there", () => expect([good.length, bad.length]).toEqual([19, 6]));

  test.each(good)("$id is read whole, each field as it was written", vector => {
    expect(parseEpcisDocument(vector.document)).toEqual({ ok: true, value: { events: eventsOf(vector), faults: [] } });
  });

  const codes: Readonly<Record<string, readonly [at: string, code: string]>> = {
    "bad-no-offset": ["eventTimeZoneOffset", "epcis.time_zone"],
    "bad-bizstep": ["bizStep", "epcis.vocabulary"],
    "bad-bizstep-urn": ["bizStep", "epcis.vocabulary"],
    "bad-no-action": ["action", "epcis.event_shape"],
    "bad-epc": ["epcList[0]", "epcis.identifier"],
    "bad-uom": ["quantityList[0].uom", "epcis.quantity"],
  };

  test.each(bad)("$id is refused, and the fault says where", vector => {
    const [at, code] = codes[vector.id] ?? [];
    const fault = { at: `epcisBody.eventList[0].${at}`, code, detail: expect.stringMatching(/./) };
    expect(parseEpcisDocument(vector.document)).toEqual({ ok: true, value: { events: [], faults: [fault] } });
  });
});

test("a bad event is told of, and those around it are kept", () => {
  const read = parseEpcisDocument(document(seen, { ...seen, action: "SEE" }, "no event", packed));
  expect(read).toMatchObject({ ok: true, value: { events: [seen, packed] } });
  expect(read.ok && read.value.faults.map(({ at, code }) => [at, code])).toEqual([
    ["epcisBody.eventList[1].action", "epcis.event_shape"],
    ["epcisBody.eventList[2]", "epcis.event_shape"],
  ]);
});

test.each<[what: string, event: object]>([
  ["an observed thing", seen],
  ["a packing", packed],
  ["a business transaction", tied],
  ["a transformation", made],
  ["an association", fixed],
  ["DELETE of all children", { ...packed, action: "DELETE", childEPCs: undefined }],
  ["DELETE of all that is fixed", { ...fixed, action: "DELETE", childEPCs: [] }],
  ["DELETE of all that is tied", { ...tied, action: "DELETE", epcList: undefined }],
  ["half of a transformation with an id", { ...made, transformationID: "urn:a:1", outputEPCList: undefined }],
  ["an observed group without its parent", { ...packed, action: "OBSERVE", parentID: undefined }],
  ["goods by weight", { ...seen, quantityList: [{ epcClass: lot, quantity: 0.5, uom: "KGM" }] }],
  ["goods of an unknown number", { ...seen, quantityList: [{ epcClass: lot }] }],
  ["a step of one's own", { ...seen, bizStep: "https://example.com/step/weighing" }],
  ["a declared error", { ...seen, eventID: "urn:a:1", errorDeclaration: { ...wrong, reason: "did_not_occur" } }],
  ["a declared prefix", { ...seen, "example:dock": 3 }],
  ["a field with a whole address", { ...seen, "https://example.com/dock": 3 }],
  ["a prefix that the event declares", { ...seen, "@context": [{ acme: "https://acme.example/" }], "acme:dock": 3 }],
  ["a context that is elsewhere", { ...seen, "@context": ["https://acme.example/context"], "acme:dock": 3 }],
  ["master data of a new lot", { ...seen, action: "ADD", ilmd: { "cbvmda:lotNumber": "7" } }],
  ["a leap day", { ...seen, eventTime: "2024-02-29T23:59:59+05:45" }],
])("%s is accepted", (_, event) => expect(faultsOf(event)).toEqual([]));

test.each<[what: string, event: object, at: string, code: string]>([
  ["an event of another type", { ...seen, type: "SaleEvent" }, "type", "epcis.event_type"],
  ["Z as the offset", { ...seen, eventTimeZoneOffset: "Z" }, "eventTimeZoneOffset", "epcis.time_zone"],
  ["an offset beyond 14 hours", { ...seen, eventTimeZoneOffset: "+14:30" }, "eventTimeZoneOffset", "epcis.time_zone"],
  ["a time without a zone", { ...seen, eventTime: "2026-11-02T07:15:30" }, "eventTime", "epcis.time"],
  ["a day that is not there", { ...seen, eventTime: "2026-02-29T07:15:30Z" }, "eventTime", "epcis.time"],
  ["a disposition in capitals", { ...seen, disposition: "ACTIVE" }, "disposition", "epcis.vocabulary"],
  [
    "an address of the CBV for its word",
    { ...seen, disposition: "https://ns.gs1.org/cbv/Disp-active" },
    "disposition",
    "epcis.vocabulary",
  ],
  [
    "a reason that is none",
    { ...seen, errorDeclaration: { ...wrong, reason: "oops" } },
    "errorDeclaration.reason",
    "epcis.vocabulary",
  ],
  [
    "an unknown transaction type",
    { ...tied, bizTransactionList: [{ type: "order", bizTransaction: "urn:a:1" }] },
    "bizTransactionList[0].type",
    "epcis.vocabulary",
  ],
  ["a source of no type", { ...seen, sourceList: [{ source: "urn:a:1" }] }, "sourceList[0].type", "epcis.event_shape"],
  ["a wrong check digit", { ...seen, epcList: [item, item.replace("458/", "459/")] }, "epcList[1]", "code.check_digit"],
  ["the same thing twice", { ...seen, epcList: [item, item] }, "epcList", "epcis.event_shape"],
  ["a class among things", { ...seen, epcList: [lot] }, "epcList[0]", "epcis.identifier"],
  [
    "a thing as a class",
    { ...seen, quantityList: [{ epcClass: item, quantity: 1 }] },
    "quantityList[0].epcClass",
    "epcis.identifier",
  ],
  ["a thing as a place", { ...seen, readPoint: { id: item } }, "readPoint.id", "epcis.identifier"],
  [
    "a wrong GLN of a destination",
    { ...seen, destinationList: [{ type: "location", destination: "https://id.gs1.org/414/0614141123453" }] },
    "destinationList[0].destination",
    "code.check_digit",
  ],
  ["half a piece", { ...seen, quantityList: [{ epcClass: lot, quantity: 0.5 }] }, "quantityList[0]", "epcis.quantity"],
  [
    "nothing of it",
    { ...seen, quantityList: [{ epcClass: lot, quantity: 0, uom: "KGM" }] },
    "quantityList[0]",
    "epcis.quantity",
  ],
  [
    "a unit of no quantity",
    { ...seen, quantityList: [{ epcClass: lot, uom: "KGM" }] },
    "quantityList[0]",
    "epcis.quantity",
  ],
  [
    "a quantity in words",
    { ...seen, quantityList: [{ epcClass: lot, quantity: "1" }] },
    "quantityList[0].quantity",
    "epcis.quantity",
  ],
  ["nothing seen", { ...seen, epcList: [] }, "epcList", "epcis.what"],
  ["nothing packed", { ...packed, childEPCs: undefined }, "childEPCs", "epcis.what"],
  ["a packing into nothing", { ...packed, parentID: undefined }, "parentID", "epcis.what"],
  ["an association with nothing", { ...fixed, parentID: undefined }, "parentID", "epcis.event_shape"],
  ["a tie to nothing", { ...tied, bizTransactionList: [] }, "bizTransactionList", "epcis.event_shape"],
  ["no tie at all", { ...tied, bizTransactionList: undefined }, "bizTransactionList", "epcis.event_shape"],
  ["nothing tied", { ...tied, epcList: undefined }, "epcList", "epcis.what"],
  ["something made of nothing", { ...made, inputEPCList: [] }, "inputEPCList", "epcis.what"],
  ["an action of a transformation", { ...made, action: "ADD" }, "action", "epcis.prefix"],
  ["a field without a prefix", { ...seen, dock: 3 }, "dock", "epcis.prefix"],
  ["a prefix that nobody declared", { ...seen, "acme:dock": 3 }, "acme:dock", "epcis.prefix"],
  ["the name of a built-in as a prefix", { ...seen, "constructor:dock": 3 }, "constructor:dock", "epcis.prefix"],
  [
    "such a field in an error declaration",
    { ...seen, errorDeclaration: { ...wrong, by: "me" } },
    "errorDeclaration.by",
    "epcis.prefix",
  ],
  ["such a field in master data", { ...seen, action: "ADD", ilmd: { lot: 7 } }, "ilmd.lot", "epcis.prefix"],
  ["master data of what was only seen", { ...seen, ilmd: {} }, "ilmd", "epcis.event_shape"],
  [
    "a state that neither begins nor ends",
    { ...seen, persistentDisposition: {} },
    "persistentDisposition",
    "epcis.event_shape",
  ],
])("%s is refused", (_, event, at, code) => expect(faultsOf(event)).toEqual([[at, code]]));

test.each<[what: string, document: unknown]>([
  ["no object", 7],
  ["another type", { ...document(seen), type: "Invoice" }],
  ["version 1.2", { ...document(seen), schemaVersion: "1.2" }],
  ["no context", { ...document(seen), "@context": undefined }],
  ["no date", { ...document(seen), creationDate: "today" }],
  ["no events", { ...document(seen), epcisBody: {} }],
  ["a query that is an answer's body", { ...document(seen), type: "EPCISQueryDocument" }],
  ["too many events", document(...Array.from({ length: limits.eventsMax + 1 }, () => 0))],
])("a document of %s is refused whole", (_, value) => {
  expect(parseEpcisDocument(value)).toMatchObject({ ok: false, problem: { code: "epcis.document" } });
});

test("the faults of one event are limited", () => {
  const read = faultsOf({ ...seen, epcList: Array.from({ length: 100 }, (_, index) => String(index)) });
  expect(read).toHaveLength(limits.eventFaultsMax);
});

test("a document that we write is read", () => {
  const events = good.flatMap(vector => (vector.id.startsWith("wh-") ? (eventsOf(vector) ?? []) : []));
  const written: unknown = JSON.parse(JSON.stringify(epcisDocument(events, 0)));
  expect(parseEpcisDocument(written)).toEqual({ ok: true, value: { events, faults: [] } });
});

describe("any JSON", () => {
  const names = fc.constantFrom("type", "epcList", "ilmd", "readPoint", "@context", "__proto__", "constructor", "a:b");
  const texts = fc.constantFrom(
    "ObjectEvent",
    "TransformationEvent",
    "ADD",
    item,
    "urn:epc:id:sgtin:1.2",
    "https://id.gs1.org/01/%",
    "urn:epc:idpat:x:*",
  );
  const values = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      texts,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(names, tie("value")),
    ),
  })).value;

  it("is read or refused, and never throws", () => {
    fc.assert(fc.property(values, value => "ok" in parseEpcisDocument(value)));
  });

  it("is read or refused in the place of an event, or of a field of one", () => {
    const fields = fc.constantFrom(
      ...Object.keys({ ...seen, ...packed, ...tied, ...made, ilmd: 0, readPoint: 0, errorDeclaration: 0 }),
    );
    const events = fc.constantFrom<object>(seen, packed, tied, made, fixed);
    fc.assert(
      fc.property(values, events, fields, (value, event, field) => {
        const read = parseEpcisDocument(document(value, { ...event, [field]: value }, seen));
        expect(read.ok && read.value.events.at(-1)).toEqual(seen);
        for (const fault of read.ok ? read.value.faults : []) expect(fault.at).toMatch(/^epcisBody\.eventList\[[01]\]/);
      }),
    );
  });

  it("may be nested as deep as it likes", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
    expect(faultsOf({ ...seen, "example:deep": deep })).toEqual([]);
    expect(faultsOf({ ...seen, epcList: deep })).toEqual([["epcList[0]", "epcis.event_shape"]]);
  });
});
