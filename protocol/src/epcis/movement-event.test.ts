import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { outsides } from "../ids.ts";
import { Movement, MovementId, bizSteps as movementSteps } from "../movement.ts";
import { epcisDocument, parseEpcisDocument } from "./document.ts";
import { EventSite, type MovementContext, movementEvent } from "./movement-event.ts";
import { offsetAt } from "./time-zone.ts";
import { bizSteps } from "./vocabulary.ts";

const base = "https://stock.example.com/v1";
const id = MovementId.parse({ site: "lyon", epoch: "01939f6c2a7be4d1", seq: 7 });
const plain: MovementContext = { id, site: EventSite.parse({ base, timeZone: "Europe/Paris" }) };
const dock = { gln: "0614141123452", extension: "DOCK-3" };
const known: MovementContext = {
  id,
  site: EventSite.parse({
    base,
    timeZone: "Europe/Paris",
    party: "0614141123452",
    places: new Map([["hall", { gln: "0614141123452" }]]),
    readPoints: new Map([
      ["dock-3", dock],
      ["dock-3/2", { ...dock, extension: "3/2" }],
    ]),
  }),
};
const received = Movement.parse({
  code: "(01)80614141123458(21)6789",
  quantity: 1,
  from: "supplier",
  to: "hall",
  bizStep: "receiving",
  readPoint: "dock-3",
  eventTimeMs: Date.parse("2026-07-02T07:15:30.125Z"),
  cause: "reading",
});

test("a receipt is told with keys where they are known", () => {
  const partner = EventSite.shape.party.parse("5901234123457");
  const bizTransactions = [{ type: "desadv", bizTransaction: "urn:epcglobal:cbv:bt:0614141111114:A123" }];
  const context = { ...known, ...(partner === undefined ? {} : { partner }), bizTransactions };
  expect(movementEvent(received, context)).toEqual({
    type: "ObjectEvent",
    eventID: "https://stock.example.com/v1/movements/lyon/01939f6c2a7be4d1/7",
    eventTime: "2026-07-02T07:15:30.125Z",
    eventTimeZoneOffset: "+02:00",
    action: "OBSERVE",
    bizStep: "receiving",
    disposition: "in_progress",
    epcList: ["https://id.gs1.org/01/80614141123458/21/6789"],
    readPoint: { id: "https://id.gs1.org/414/0614141123452/254/DOCK-3" },
    bizLocation: { id: "https://id.gs1.org/414/0614141123452" },
    bizTransactionList: bizTransactions,
    sourceList: [{ type: "possessing_party", source: "https://id.gs1.org/417/5901234123457" }],
    destinationList: [{ type: "possessing_party", destination: "https://id.gs1.org/417/0614141123452" }],
  });
});

test("a receipt is told with addresses of our own where no key is known", () => {
  expect(movementEvent({ ...received, readPoint: "dock-3/1" }, plain)).toMatchObject({
    readPoint: { id: `${base}/sites/lyon/read-points/dock-3%2F1` },
    bizLocation: { id: `${base}/sites/lyon/places/hall` },
    sourceList: [{ type: "possessing_party", source: `${base}/sites/lyon/parties/supplier` }],
    destinationList: [{ type: "possessing_party", destination: `${base}/sites/lyon` }],
  });
});

test("an antenna has its own location before its device's", () => {
  const at = (readPoint: string) => movementEvent({ ...received, readPoint }, known).readPoint?.id;
  expect(at("dock-3/2")).toBe("https://id.gs1.org/414/0614141123452/254/3%2F2");
  expect(at("dock-3/1")).toBe("https://id.gs1.org/414/0614141123452/254/DOCK-3");
  expect(at("dock-4/2")).toBe(`${base}/sites/lyon/read-points/dock-4%2F2`);
});

const ofClass = (uri: string) => ({ quantityList: [{ epcClass: uri, quantity: 24 }] });
test.each<[code: string, what: object]>([
  ["(01)80614141123458(21)6789", { epcList: ["https://id.gs1.org/01/80614141123458/21/6789"] }],
  ["(00)106141412345678908", { epcList: ["https://id.gs1.org/00/106141412345678908"] }],
  ["(8003)0061414112345212", { epcList: ["https://id.gs1.org/8003/0061414112345212"] }],
  ["(01)07032069804988(10)0329", ofClass("https://id.gs1.org/01/07032069804988/10/0329")],
  ["(01)07032069804988", ofClass("https://id.gs1.org/01/07032069804988")],
  ["(02)07032069804988", ofClass(`${base}/codes/(02)07032069804988`)],
  ["epc:3500AB", { epcList: [`${base}/codes/epc%3A3500AB`] }],
  ["code:Kiste 7/ä", ofClass(`${base}/codes/code%3AKiste%207%2F%C3%A4`)],
  ["code:\ud83d", ofClass(`${base}/codes/code%3A%EF%BF%BD`)],
  ["(01)07032069804989", ofClass(`${base}/codes/(01)07032069804989`)],
])("%s is named as %j", (code, what) => {
  const event = movementEvent(Movement.parse({ ...received, code, quantity: 24 }), plain);
  expect({ epcList: event.epcList, quantityList: event.quantityList }).toEqual(what);
});

test("goods by weight have their unit", () => {
  const goods = Movement.parse({ ...received, code: "(01)95012345678903", quantity: 12_500 });
  expect(movementEvent(goods, { ...plain, uom: "GRM" }).quantityList).toEqual([
    { epcClass: "https://id.gs1.org/01/95012345678903", quantity: 12_500, uom: "GRM" },
  ]);
});

const one = received.code;
const many = "(01)07032069804988";
test.each<[step: string, from: string, to: string, code: string, told: string]>([
  ["receiving", "supplier", "hall", one, "OBSERVE receiving in_progress"],
  ["receiving", "customer", "hall", one, "OBSERVE receiving returned"],
  ["storing", "hall", "bin-7", many, "OBSERVE storing sellable_not_accessible"],
  ["picking", "bin-7", "customer", one, "OBSERVE picking in_progress"],
  ["loading", "hall", "transit", one, "OBSERVE loading in_transit"],
  ["shipping", "hall", "customer", one, "OBSERVE shipping in_transit"],
  ["other", "hall", "transit", one, "OBSERVE other in_transit"],
  ["other", "hall", "bin-7", one, "OBSERVE other undefined"],
  ["commissioning", "found", "hall", one, "ADD commissioning active"],
  ["destroying", "hall", "loss", one, "DELETE destroying destroyed"],
  ["decommissioning", "hall", "loss", one, "DELETE decommissioning inactive"],
  ["cycle_counting", "found", "hall", one, "OBSERVE cycle_counting sellable_not_accessible"],
  ["cycle_counting", "found", "hall", many, "OBSERVE other sellable_not_accessible"],
  ["stock_taking", "hall", "loss", one, "OBSERVE other unknown"],
])("%s from %s to %s of %s is told as %s", (bizStep, from, to, code, told) => {
  const event = movementEvent(Movement.parse({ ...received, bizStep, from, to, code }), plain);
  expect(`${event.action} ${event.bizStep} ${event.disposition}`).toBe(told);
});

test.each<[step: string, from: string, to: string, handed: boolean, placed: boolean]>([
  ["shipping", "hall", "customer", true, false],
  ["receiving", "customer", "hall", true, true],
  ["picking", "hall", "customer", false, false],
  ["shipping", "hall", "transit", false, false],
  ["storing", "hall", "bin-7", false, true],
])("%s from %s to %s hands over: %s; leaves it at a place: %s", (bizStep, from, to, handed, placed) => {
  const event = movementEvent(Movement.parse({ ...received, bizStep, from, to }), plain);
  expect([event.sourceList, event.destinationList].map(list => list?.length)).toEqual(
    handed ? [1, 1] : [undefined, undefined],
  );
  expect(event.bizLocation !== undefined).toBe(placed);
});

test.each([
  ["Europe/Paris", "2026-01-02T00:00:00Z", "+01:00"],
  ["Europe/Paris", "2026-07-02T00:00:00Z", "+02:00"],
  ["Asia/Kathmandu", "2026-07-02T00:00:00Z", "+05:45"],
  ["America/St_Johns", "2026-01-02T00:00:00Z", "-03:30"],
  ["Pacific/Kiritimati", "2026-01-02T00:00:00Z", "+14:00"],
  ["UTC", "2026-01-02T00:00:00Z", "+00:00"],
  ["Africa/Monrovia", "1970-01-02T00:00:00Z", "-00:44"],
])("in %s at %s it is %s", (zone, time, offset) => expect(offsetAt(zone, Date.parse(time))).toBe(offset));

test.each([
  ["a base with a slash at the end", { base: `${base}/` }],
  ["a base with a query", { base: `${base}?a=b` }],
  ["a GLN with a wrong check digit", { party: "0614141123453" }],
  ["an extension that is too long", { places: new Map([["hall", { ...dock, extension: "x".repeat(21) }]]) }],
])("a site with %s is refused", (_, change) => {
  expect(EventSite.safeParse({ ...plain.site, ...change }).success).toBe(false);
});

describe("any movement", () => {
  const names = fc.constantFrom("hall", "bin-7", "01", "constructor", "found", ...outsides);
  const codes = fc.constantFrom(
    one,
    many,
    "(00)106141412345678908",
    "epc:FF",
    "(414)0614141123452",
    "(8006)070320698049880102",
    "(03)07032069804988",
    "(401)A%",
  );
  const movements = fc
    .record({
      code: fc.oneof(codes, fc.string({ minLength: 1, maxLength: 40, unit: "binary" })),
      quantity: fc.integer({ min: 1, max: 1_000_000_000 }),
      from: names,
      to: names,
      bizStep: fc.constantFrom(...movementSteps),
      readPoint: fc.oneof(names, fc.string({ minLength: 1, maxLength: 96 })),
      eventTimeMs: fc.integer({ min: 0, max: 253_402_300_799_999 }),
      cause: fc.constant("reading"),
    })
    .map(movement => Movement.parse(movement));
  const zones = fc.constantFrom("Europe/Paris", "Asia/Kathmandu", "Africa/Monrovia", "Pacific/Kiritimati", "UTC");

  it("makes an event that is read without a fault, and makes it the same again", () => {
    fc.assert(
      fc.property(movements, zones, fc.constantFrom(plain, known), (movement, timeZone, { site }) => {
        const context = { id, site: { ...site, timeZone } };
        const event = movementEvent(movement, context);
        const written: unknown = JSON.parse(JSON.stringify(epcisDocument([event], movement.eventTimeMs)));
        expect(parseEpcisDocument(written)).toEqual({ ok: true, value: { events: [event], faults: [] } });
        expect(movementEvent(structuredClone(movement), structuredClone(context))).toEqual(event);
      }),
    );
  });

  it("has an eventID of its own", () => {
    const ids = fc.tuple(
      fc.constantFrom("lyon", "oslo"),
      fc.constantFrom("0".repeat(16), "1".repeat(16)),
      fc.integer({ min: 1, max: 12 }),
    );
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const [first, second] = [a, b].map(([site, epoch, seq]) => {
          const event = movementEvent(received, { ...plain, id: MovementId.parse({ site, epoch, seq }) });
          return event.eventID;
        });
        expect(first === second).toBe(a.join() === b.join());
      }),
    );
  });
});

test("no step stands twice in the vocabulary", () => {
  expect(new Set(bizSteps).size).toBe(bizSteps.length);
  expect(bizSteps).toHaveLength(41);
});
