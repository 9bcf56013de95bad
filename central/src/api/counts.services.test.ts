import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { takeObservations } from "../counts/observe.ts";
import { anyPerson } from "../counts/testing.ts";
import {
  type Answer,
  noonMs,
  openTestApi,
  openTestLedger,
  type TestApi,
  type TestLedger,
  TestSite,
} from "./testing.ts";

const oats = "(01)09506000134352";
const milk = "(01)05000112637922";
const minuteMs = 60_000;
const soon = { timeout: 10_000, interval: 20 };

let ledger: TestLedger;
let api: TestApi;
let site: TestSite;
let places = 0;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger, undefined, { authenticator: anyPerson, routes: new Hono() });
  site = new TestSite("lyon");
  await api.post("/v1/items", { sku: "OATS", name: "Oat drink", codes: [oats] });
  await api.post("/v1/items", { sku: "MILK", name: "Milk", codes: [milk] });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const as = (person: string) => ({ "x-person": person });
const at = (minutes: number) => new Date(noonMs + minutes * minuteMs).toISOString();

/** A new place with what came there. */
async function stocked(...came: readonly { code: string; quantity?: number; minutes?: number }[]): Promise<string> {
  places += 1;
  const place = `bin-${places}`;
  await ledger.apply(
    site,
    came.map(({ minutes = 0, ...rest }) => ({ to: place, eventTimeMs: noonMs + minutes * minuteMs, ...rest })),
  );
  return place;
}

async function plan(place: string, more: object = {}): Promise<string> {
  const { status, body } = await api.post("/v1/counts", {
    site: "lyon",
    places: [place],
    limits: { units: 2 },
    ...more,
  });
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.id;
}

const entries = (id: string, list: readonly object[], person = "maria") =>
  api.post(`/v1/counts/${id}/entries`, { entries: list }, as(person));
const step = (id: string, name: string, body: object = {}, person = "maria") =>
  api.post(`/v1/counts/${id}/${name}`, body, as(person));

async function lines(id: string): Promise<Answer["body"][]> {
  return (await api.get(`/v1/counts/${id}/lines`)).body.items;
}

async function onHand(sku: string, place: string, asOf?: string): Promise<number> {
  const query = asOf === undefined ? "" : `&as_of=${asOf}`;
  const { body } = await api.get(`/v1/stock?sku=${sku}&site=lyon&place=${place}${query}`);
  return body.items[0]?.places.find((level: { place: string }) => level.place === place)?.on_hand ?? 0;
}

describe("a count", () => {
  test("within its limits is posted as of its time, when it is handed in", async () => {
    const place = await stocked({ code: oats, quantity: 12 }, { code: oats, quantity: 5, minutes: 30 });
    const id = await plan(place);
    await entries(id, [{ place, sku: "OATS", quantity: 11, counted_at: at(10) }]);
    expect((await step(id, "submit")).body).toMatchObject({ state: "posted", approved_by: null, places_posted: 1 });
    expect(await onHand("OATS", place, at(10))).toBe(11);
    expect(await onHand("OATS", place)).toBe(16);
    expect(await lines(id)).toMatchObject([{ sku: "OATS", counted: 11, expected: 12, variance: -1, adjusted: -1 }]);
    const { body } = await api.get(`/v1/movements?site=lyon&place=${place}`);
    expect(body.items.find((movement: { cause: string }) => movement.cause === "count")).toMatchObject({
      to: "loss",
      quantity: 1,
    });
  });

  test("above its limits waits for somebody who did not count", async () => {
    const place = await stocked({ code: oats, quantity: 12 });
    const id = await plan(place);
    await entries(id, [{ place, sku: "OATS", quantity: 2, counted_at: at(10) }]);
    expect((await step(id, "submit")).body).toMatchObject({ state: "submitted" });
    const open = await api.get("/v1/exceptions?problem=count.approval&state=open");
    expect(open.body.items.map((item: { key: string }) => item.key)).toContain(`/v1/counts/${id}`);
    expect((await step(id, "approve")).body).toMatchObject({ code: "count.four_eyes" });
    const reasons = [{ place, sku: "OATS", reason: "theft" }];
    expect((await step(id, "approve", { reasons }, "paul")).body).toMatchObject({
      state: "posted",
      approved_by: "person:paul",
    });
    expect(await onHand("OATS", place)).toBe(2);
    expect(await lines(id)).toMatchObject([{ reason: "theft", variance: -10 }]);
    const after = await api.get("/v1/exceptions?problem=count.approval&state=open");
    expect(after.body.items.map((item: { key: string }) => item.key)).not.toContain(`/v1/counts/${id}`);
  });

  test("sent twice changes nothing, with a key or without", async () => {
    const place = await stocked({ code: oats, quantity: 3 });
    const id = await plan(place);
    const body = { entries: [{ place, sku: "OATS", quantity: 3 }] };
    const key = { "idempotency-key": `twice-${id}` };
    const first = await api.post(`/v1/counts/${id}/entries`, body, key);
    expect((await api.post(`/v1/counts/${id}/entries`, body, key)).body).toEqual(first.body);
    await api.post(`/v1/counts/${id}/entries`, body);
    expect((await api.get(`/v1/counts/${id}/entries`)).body.items).toMatchObject([
      { sku: "OATS", quantity: 3, counter: "person:maria" },
    ]);
    await entries(id, [{ place, sku: "OATS", quantity: 2 }], "paul");
    expect(await lines(id)).toMatchObject([{ counted: 5 }]);
  });

  test("that is blind says in no answer what should be there, until it is handed in", async () => {
    // As many as no time or id that is told beside it can be taken for.
    const place = await stocked({ code: oats, quantity: 7_000_041 }, { code: `${milk}(21)M1` });
    const id = await plan(place, { blind: true });
    const told: string[] = [];
    const hear = ({ body }: Answer) => told.push(JSON.stringify(body));
    hear(await api.get(`/v1/counts/${id}/lines`));
    hear(await entries(id, [{ place, sku: "OATS", quantity: 1 }]));
    for (const path of ["", "/lines", "/places", "/entries"]) hear(await api.get(`/v1/counts/${id}${path}`));
    hear(await step(id, "recount", { lines: [{ place, sku: "OATS" }] }));
    hear(await entries(id, [{ place, sku: "OATS", quantity: 1 }]));
    hear(await step(id, "submit", {}));
    expect(told.join()).not.toMatch(/700004[01]|M1|MILK/);
    expect(await lines(id)).toMatchObject([
      { sku: "OATS", expected: 7_000_041, variance: -7_000_040 },
      { sku: "MILK", expected: 1, missing: [`${milk}(21)M1`] },
    ]);
    const open = await plan(place, { blind: false });
    expect(await lines(open)).toMatchObject([{ expected: 7_000_041, counted: 0 }, { expected: 1 }]);
  });

  test("of things by serial number loses those that are missing, and moves here what was elsewhere", async () => {
    const thing = (serial: string) => `${milk}(21)${serial}`;
    const [here, there] = [
      await stocked({ code: thing("A") }, { code: thing("B") }),
      await stocked({ code: thing("C") }),
    ];
    const id = await plan(here);
    await entries(id, [
      { place: here, code: thing("A"), counted_at: at(10) },
      { place: here, sku: "MILK", serial: "C", counted_at: at(10) },
      { place: here, code: thing("NEW"), counted_at: at(10) },
    ]);
    expect((await step(id, "submit")).body).toMatchObject({ state: "posted" });
    expect([await onHand("MILK", here), await onHand("MILK", there)]).toEqual([3, 0]);
    const placeOf = async (serial: string) =>
      (await api.get(`/v1/tags/${encodeURIComponent(thing(serial))}`)).body.place;
    expect([await placeOf("B"), await placeOf("C"), await placeOf("NEW")]).toEqual(["loss", here, here]);
  });

  test("cannot be handed in while places are not counted, unless they are left out or done", async () => {
    const [one, two] = [await stocked({ code: oats, quantity: 1 }), await stocked({ code: oats, quantity: 1 })];
    const id = await plan(one, { places: [one, two] });
    expect((await step(id, "submit")).body).toMatchObject({ code: "count.state" });
    await entries(id, [{ place: one, sku: "OATS", quantity: 1 }]);
    const refused = await step(id, "submit");
    expect(refused.body).toMatchObject({ code: "count.incomplete", detail: expect.stringContaining(two) });
    expect((await step(id, "submit", { partial: true })).body).toMatchObject({ state: "posted", places_left_out: 1 });
    expect(await onHand("OATS", two)).toBe(1);
    const other = await plan(two);
    await api.post(`/v1/counts/${other}/entries`, { done: [{ place: two }] });
    expect((await step(other, "submit")).body).toMatchObject({ state: "posted" });
    expect(await onHand("OATS", two)).toBe(0);
  });

  test("of which a line is counted again compares that line as of its own time, and the rest as before", async () => {
    const place = await stocked({ code: oats, quantity: 10 }, { code: milk, quantity: 10 });
    const id = await plan(place);
    await entries(id, [
      { place, sku: "OATS", quantity: 4, counted_at: at(10) },
      { place, sku: "MILK", quantity: 10, counted_at: at(10) },
    ]);
    expect((await step(id, "submit")).body.state).toBe("submitted");
    await ledger.apply(site, [
      { code: milk, from: place, to: "customer", quantity: 3, eventTimeMs: noonMs + 15 * minuteMs },
    ]);
    await ledger.apply(site, [
      { code: oats, from: place, to: "customer", quantity: 2, eventTimeMs: noonMs + 15 * minuteMs },
    ]);
    expect((await step(id, "recount", { lines: [{ place, sku: "OATS" }] })).body.state).toBe("counting");
    await entries(id, [{ place, sku: "OATS", quantity: 8, counted_at: at(20) }]);
    expect((await step(id, "submit")).body.state).toBe("posted");
    expect(await lines(id)).toMatchObject([
      { sku: "OATS", counted: 8, expected: 8, counted_at: at(20) },
      { sku: "MILK", counted: 10, expected: 10, counted_at: at(10) },
    ]);
    expect([await onHand("OATS", place), await onHand("MILK", place)]).toEqual([8, 7]);
  });

  test("is handed in once, though two people do it at once", async () => {
    const place = await stocked({ code: oats, quantity: 5 });
    const id = await plan(place);
    await entries(id, [{ place, sku: "OATS", quantity: 4 }]);
    const both = await Promise.all([step(id, "submit", {}, "maria"), step(id, "submit", {}, "paul")]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await onHand("OATS", place)).toBe(4);
  });

  test("refuses what it is not about, says where, and takes nothing of it", async () => {
    const [place, other] = [await stocked({ code: oats, quantity: 1 }), await stocked({ code: milk, quantity: 1 })];
    const id = await plan(place, { skus: ["OATS"] });
    const good = { place, sku: "OATS", quantity: 7 };
    for (const [bad, code] of [
      [{ place: "nowhere", sku: "OATS" }, "place.unknown"],
      [{ place: other, sku: "OATS" }, "count.out_of_scope"],
      [{ place, sku: "NOBODY" }, "item.unknown"],
      [{ place, code: "(01)04012345123456" }, "item.unknown"],
      [{ place, sku: "MILK" }, "count.out_of_scope"],
      [{ place, code: "(00)395060001343521238" }, "count.out_of_scope"],
      [{ place, code: `${oats}(21)1`, quantity: 2 }, "request.invalid"],
      [{ place, sku: "OATS", counted_at: new Date(Date.now() + 3_600_000).toISOString() }, "request.invalid"],
    ] as const) {
      const { body } = await entries(id, [good, bad]);
      expect([code, body.code, body.at]).toEqual([code, code, expect.stringMatching(/^body\.entries\[1\]/)]);
    }
    expect((await api.get(`/v1/counts/${id}/entries`)).body.items).toEqual([]);
    expect((await entries("019c3f1e-7a54-7bd1-9c7e-000000000000", [good])).body.code).toBe("count.unknown");
    await step(id, "cancel");
    expect((await entries(id, [good])).body.code).toBe("count.state");
    for (const [body, code] of [
      [{ site: "atlantis" }, "site.unknown"],
      [{ site: "lyon", places: ["supplier"] }, "request.invalid"],
      [{ site: "lyon", places: ["nowhere"] }, "place.unknown"],
      [{ site: "lyon", skus: ["NOBODY"] }, "item.unknown"],
    ] as const) {
      expect((await api.post("/v1/counts", body)).body.code).toBe(code);
    }
  });

  test("is changed only as the caller has seen it, where that is asked for", async () => {
    const place = await stocked({ code: oats, quantity: 1 });
    const id = await plan(place);
    const etag = (await api.get(`/v1/counts/${id}`)).headers.get("etag") ?? "";
    expect((await api.get(`/v1/counts/${id}`, { "if-none-match": etag })).status).toBe(304);
    await entries(id, [{ place, sku: "OATS", quantity: 1 }]);
    const late = await api.post(`/v1/counts/${id}/cancel`, {}, { "if-match": etag });
    expect([late.status, late.body.code]).toEqual([412, "count.changed"]);
  });
});

describe("a movement that comes late", () => {
  test("changes what was expected, and is evened out by itself within the limit", async () => {
    const place = await stocked({ code: oats, quantity: 10 });
    const id = await plan(place);
    await entries(id, [{ place, sku: "OATS", quantity: 9, counted_at: at(10) }]);
    expect((await step(id, "submit")).body.state).toBe("posted");
    await ledger.apply(site, [{ code: oats, from: place, to: "customer", eventTimeMs: noonMs + 5 * minuteMs }]);
    await vi.waitFor(async () => expect(await onHand("OATS", place)).toBe(9), soon);
    expect(await lines(id)).toMatchObject([{ counted: 9, expected: 9, variance: 0, adjusted: 0 }]);
    const { body } = await api.get(`/v1/movements?site=lyon&place=${place}`);
    expect(body.items.filter((movement: { from: string }) => movement.from === "loss")).toHaveLength(1);
    expect((await api.get(`/v1/counts/${id}`)).body.state).toBe("posted");
  });

  test("waits for approval above the limit, and may be rejected", async () => {
    const place = await stocked({ code: oats, quantity: 10 });
    const id = await plan(place);
    await entries(id, [{ place, sku: "OATS", quantity: 10, counted_at: at(10) }]);
    expect((await step(id, "submit")).body.state).toBe("posted");
    await ledger.apply(site, [{ code: oats, to: place, quantity: 7, eventTimeMs: noonMs + 5 * minuteMs }]);
    const stateOf = async () => (await api.get(`/v1/counts/${id}`)).body.state;
    await vi.waitFor(async () => expect(await stateOf()).toBe("differing"), soon);
    expect(await onHand("OATS", place)).toBe(17);
    expect((await step(id, "approve", {}, "paul")).body.state).toBe("posted");
    expect(await onHand("OATS", place)).toBe(10);
    await ledger.apply(site, [{ code: oats, to: place, quantity: 5, eventTimeMs: noonMs + 6 * minuteMs }]);
    await vi.waitFor(async () => expect(await stateOf()).toBe("differing"), soon);
    expect((await step(id, "reject", { remark: "it is there" }, "paul")).body.state).toBe("posted");
    expect(await onHand("OATS", place)).toBe(15);
  });

  test("that took a missing thing elsewhere takes it there from loss", async () => {
    const thing = `${milk}(21)LATE`;
    const [here, there] = [await stocked({ code: thing }), await stocked({ code: oats })];
    const id = await plan(here);
    await api.post(`/v1/counts/${id}/entries`, { done: [{ place: here, counted_at: at(10) }] });
    expect((await step(id, "submit")).body.state).toBe("posted");
    expect(await onHand("MILK", here)).toBe(0);
    await ledger.apply(site, [{ code: thing, from: here, to: there, eventTimeMs: noonMs + 5 * minuteMs }]);
    await vi.waitFor(async () => expect(await onHand("MILK", there)).toBe(1), soon);
    expect(await onHand("MILK", here)).toBe(0);
    expect(await onHand("MILK", here, at(10))).toBe(0);
    expect(await lines(id)).toEqual([]);
  });
});

describe("what edges counted", () => {
  const observe = (
    place: string,
    given: readonly { seq: number; code: string; quantity?: number; minutes?: number }[],
  ) =>
    takeObservations(
      ledger.pool,
      {
        v: 1,
        site: "lyon",
        epoch: "00000000000000aa",
        observations: given.map(({ minutes = 10, quantity = 1, ...rest }) => {
          return {
            place,
            quantity,
            eventTimeMs: Date.now() + minutes,
            readPoint: "gun",
            session: `gun/${place}`,
            ...rest,
          };
        }),
      } as Parameters<typeof takeObservations>[1],
      Date.now(),
    );

  test("belongs to the count that is under way at its place, each observation once", async () => {
    const place = await stocked({ code: oats, quantity: 6 });
    const id = await plan(place);
    const given = [
      { seq: places * 100 + 1, code: oats, quantity: 4 },
      { seq: places * 100 + 2, code: oats, quantity: 1 },
      { seq: places * 100 + 3, code: `${milk}(21)S1` },
      { seq: places * 100 + 4, code: oats, quantity: -1 },
    ];
    expect(await observe(place, given)).toBe(places * 100 + 4);
    await observe(place, given);
    expect(await lines(id)).toMatchObject([
      { sku: "OATS", counted: 4 },
      { sku: "MILK", counted: 1 },
    ]);
    expect((await api.get(`/v1/counts/${id}`)).body.state).toBe("counting");
  });

  test("waits for a count that is planned afterwards, and for an item that has its code", async () => {
    const place = await stocked({ code: oats, quantity: 2 });
    await observe(place, [
      { seq: places * 100 + 1, code: oats, quantity: 2 },
      { seq: places * 100 + 2, code: "code:UNKNOWN-YET" },
    ]);
    const { body } = await api.get("/v1/counts/observations?site=lyon&waiting=true");
    expect(body.items.filter((item: { place: string }) => item.place === place)).toHaveLength(2);
    const id = await plan(place, { observed_since: at(-60) });
    expect(await lines(id)).toMatchObject([{ sku: "OATS", counted: 2 }]);
    const unknown = await api.get("/v1/exceptions?problem=item.unknown&state=open");
    expect(unknown.body.items.map((item: { key: string }) => item.key)).toContain("code:UNKNOWN-YET");
  });

  test("comes too late for a count that is closed, and says so", async () => {
    const place = await stocked({ code: oats, quantity: 2 });
    const id = await plan(place);
    await api.post(`/v1/counts/${id}/entries`, { entries: [{ place, sku: "OATS", quantity: 2 }] });
    const { body } = await api.get(`/v1/counts/${id}/places`);
    expect((await step(id, "submit")).body.state).toBe("posted");
    const early = Date.parse(body.items[0].counted_at) - Date.now() - 1;
    await observe(place, [{ seq: places * 100 + 1, code: oats, minutes: early }]);
    const late = await api.get("/v1/exceptions?problem=count.observation_late&state=open");
    expect(late.body.items.map((item: { key: string }) => item.key)).toContain(`${id}/${place}`);
    expect(await onHand("OATS", place)).toBe(2);
  });
});

describe("figures", () => {
  test("say how right stock was, and what to count next and why", async () => {
    const place = await stocked({ code: oats, quantity: 8 }, { code: milk, quantity: 5 });
    const id = await plan(place);
    await entries(id, [
      { place, sku: "OATS", quantity: 8, counted_at: at(10) },
      { place, sku: "MILK", quantity: 4, counted_at: at(10) },
    ]);
    await step(id, "submit");
    const { body } = await api.get("/v1/counts/accuracy?site=lyon&by=place&limit=500");
    expect(body.items.find((row: { group: string }) => row.group === place)).toMatchObject({
      counted: 2,
      right: 1,
      accuracy: 0.5,
      units_expected: 13,
      units_counted: 12,
      units_off: 1,
    });
    await ledger.apply(site, [{ code: oats, from: "bin-below", to: "customer", quantity: 3 }]);
    const proposals = (await api.get("/v1/counts/proposals?site=lyon&limit=5")).body.items;
    expect(proposals[0]).toMatchObject({
      place: "bin-below",
      on_hand: -3,
      reasons: [expect.stringContaining("cannot be")],
    });
  });
});
