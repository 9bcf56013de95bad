import { centralEpoch } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
let count = 0;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** A new site with a new item: 100 of it on the dock, 1 on the shelf, and the thing with the serial S-1 on the dock. */
async function openSite() {
  count += 1;
  const site = new TestSite(`site-${count}`);
  const gtin = `1950600000${String(count).padStart(3, "0")}`;
  const sku = `SKU-${count}`;
  const code = `(01)${gtin}${checkDigit(gtin)}`;
  const added = await api.post("/v1/items", { sku, name: sku, codes: [code] });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  await ledger.apply(site, [
    { code, quantity: 100, to: "dock" },
    { code, to: "shelf" },
    { code: `${code}(21)S-1`, to: "dock" },
  ]);
  const move = (given: object, more: object = {}, headers: Record<string, string> = {}): Promise<Answer> => {
    const movement = { site: site.site, sku, quantity: 1, from: "dock", to: "shelf", ...given };
    return api.post("/v1/movements", { movements: [movement], ...more }, headers);
  };
  const reverse = (reverses: object, more: object = {}): Promise<Answer> =>
    api.post("/v1/movements", { reversals: [{ reverses, reason: "a mistake" }], ...more });
  const levels = async () => {
    const { body } = await api.get(`/v1/stock/${sku}?site=${site.site}&include=outsides`);
    return Object.fromEntries(
      body.places.map((each: { place: string; on_hand: number }) => [each.place, each.on_hand]),
    );
  };
  const recorded = async () => (await api.get(`/v1/movements?site=${site.site}`)).body.items.length - 3;
  return { site, sku, code, move, reverse, levels, recorded };
}

function checkDigit(digits: string): number {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

describe("POST /v1/movements", () => {
  test("moves from place to place, and says who did it and why", async () => {
    const { site, move, levels, sku, code } = await openSite();
    const answer = await move({ quantity: 40 }, { reason: "shelf was empty", document: "/v1/orders/1" });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body.movements).toMatchObject([
      {
        site: site.site,
        epoch: centralEpoch,
        seq: 1,
        ...{ code, sku, quantity: 40, from: "dock", to: "shelf", biz_step: "storing", cause: "client" },
        note: { actor: "client:anyone", reason: "shelf was empty", document: "/v1/orders/1" },
      },
    ]);
    expect(await levels()).toMatchObject({ dock: 61, shelf: 41 });
    const { rows } = await ledger.pool.query("select actor, action from api_change where resource = $1", [
      `/v1/movements/${site.site}/${centralEpoch}/1`,
    ]);
    expect(rows).toEqual([{ actor: "client:anyone", action: "movement.record" }]);
  });

  const cases: [what: string, given: object, status: number, code: string, at?: string][] = [
    ["what the lot is", { lot: "L-1", from: "supplier" }, 201, ""],
    ["one thing by its serial", { serial: "S-1" }, 201, ""],
    ["a thing that the ledger has not seen, from outside", { serial: "S-2", from: "found", reason: "found" }, 201, ""],
    ["an adjustment", { to: "loss", reason: "broken" }, 201, ""],
    ["an adjustment without a reason", { to: "loss" }, 400, "request.invalid"],
    ["more than is there", { quantity: 102 }, 409, "stock.insufficient", "body.movements[0].quantity"],
    ["a thing that is elsewhere", { serial: "S-1", from: "shelf", to: "dock" }, 409, "stock.insufficient"],
    ["a thing that the ledger has not seen, from a place", { serial: "S-9" }, 409, "stock.insufficient"],
    ["an item that nobody has", { sku: "NOBODY" }, 404, "item.unknown", "body.movements[0].sku"],
    ["a code that no item has", { sku: undefined, code: "code:NOBODY" }, 422, "movement.code_unknown"],
    ["a place that nobody has", { to: "attic" }, 404, "place.unknown", "body.movements[0].to"],
    ["a site that nobody has heard", { site: "nowhere" }, 404, "site.unknown"],
    ["a wrong check digit", { sku: undefined, gtin: "9506000134353" }, 422, "code.check_digit"],
    ["the code of a place", { sku: undefined, code: "(414)9506000134369" }, 422, "code.value"],
    ["a lot that no symbol can hold", { lot: "Ü" }, 422, "code.charset", "body.movements[0].lot"],
    ["two names of the goods", { gtin: "9506000134352" }, 400, "request.invalid"],
    ["two of one thing", { serial: "S-1", quantity: 2 }, 400, "request.invalid"],
    ["zero", { quantity: 0 }, 400, "request.invalid"],
    ["less than nothing", { quantity: -1 }, 400, "request.invalid"],
    ["more than any number", { quantity: 1e15 }, 400, "request.invalid"],
    ["a fraction", { quantity: 1.5 }, 400, "request.invalid"],
    ["from outside to outside", { from: "supplier", to: "customer" }, 400, "request.invalid"],
    ["to where it is", { to: "dock" }, 400, "request.invalid"],
    ["tomorrow", { event_time: new Date(Date.now() + 86_400_000).toISOString() }, 400, "request.invalid"],
    ["the year 0", { event_time: "0000-01-01T00:00:00Z" }, 400, "request.invalid"],
    ["before 1970", { event_time: "1969-12-31T00:00:00Z" }, 400, "request.invalid"],
  ];
  test.each(cases)("takes or refuses %s", async (_, given, status, code, at) => {
    const { move, recorded } = await openSite();
    const answer = await move(given);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    if (status !== 201) expect(answer.body).toMatchObject(at === undefined ? { code } : { code, at });
    expect(await recorded()).toBe(status === 201 ? 1 : 0);
  });

  test("records all of a request or nothing", async () => {
    const { site, sku, recorded } = await openSite();
    const one = { site: site.site, sku, quantity: 60, from: "dock", to: "shelf" };
    const refused = await api.post("/v1/movements", { movements: [one, one] });
    expect(refused).toMatchObject({ status: 409, body: { code: "stock.insufficient" } });
    expect(await recorded()).toBe(0);
    const back = { ...one, from: "shelf", to: "dock", quantity: 10 };
    expect((await api.post("/v1/movements", { movements: [one, back, { ...one, quantity: 50 }] })).status).toBe(201);
  });

  test("takes more than is there when somebody insists, and says why", async () => {
    const { move, levels } = await openSite();
    expect(await move({ quantity: 200 }, { force: true })).toMatchObject({ status: 400 });
    expect(await move({ quantity: 200 }, { force: true, reason: "counted twice" })).toMatchObject({ status: 201 });
    expect(await levels()).toMatchObject({ dock: -99, shelf: 201 });
  });

  test("does not take what is promised", async () => {
    const { move, site, sku } = await openSite();
    const lines = [{ sku, quantity: 100, site: site.site, place: "dock" }];
    expect((await api.post("/v1/reservations", { lines })).status).toBe(201);
    expect(await move({ quantity: 1 })).toMatchObject({ status: 201 });
    expect(await move({ quantity: 1 })).toMatchObject({ status: 409, body: { code: "stock.insufficient" } });
  });

  test("changes what was when it comes late, and not what is (I9)", async () => {
    const { move, site, sku } = await openSite();
    expect((await move({ quantity: 5, event_time: "2026-11-20T00:00:00Z" })).status).toBe(201);
    const past = await api.get(`/v1/stock/${sku}?site=${site.site}&as_of=2026-11-21T00:00:00Z`);
    expect(past.body.places).toMatchObject([
      { place: "dock", on_hand: -5 },
      { place: "shelf", on_hand: 5 },
    ]);
  });

  test("is done once under an idempotency key", async () => {
    const { move, recorded } = await openSite();
    const headers = { "idempotency-key": `key-${count}` };
    const answers = await Promise.all([move({}, {}, headers), move({}, {}, headers), move({}, {}, headers)]);
    expect(answers.map(answer => answer.body.movements[0].seq)).toEqual([1, 1, 1]);
    expect(await recorded()).toBe(1);
  });
});

describe("a reversal", () => {
  test("posts the exact opposite, once, whoever asks at the same time", async () => {
    const { site, move, reverse, levels, recorded } = await openSite();
    await move({ quantity: 40 });
    const of = { site: site.site, epoch: centralEpoch, seq: 1 };
    const answers = await Promise.all([reverse(of), reverse(of), reverse(of)]);
    expect(answers.map(answer => answer.status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(answer => answer.status === 409)?.body).toMatchObject({ code: "movement.reversed" });
    expect(await levels()).toMatchObject({ dock: 101, shelf: 1 });
    expect(await recorded()).toBe(2);
  });

  test("of what an edge recorded is possible too, also of a thing", async () => {
    const { site, reverse, levels } = await openSite();
    const answer = await reverse({ site: site.site, epoch: site.epoch, seq: 3 });
    expect(answer.body.movements).toMatchObject([
      { from: "dock", to: "supplier", reverses: { epoch: site.epoch, seq: 3 } },
    ]);
    expect(await levels()).toMatchObject({ dock: 100 });
  });

  test("is refused twice in one request", async () => {
    const { site, recorded } = await openSite();
    const reversal = { reverses: { site: site.site, epoch: site.epoch, seq: 2 } };
    const answer = await api.post("/v1/movements", { reversals: [reversal, reversal], reason: "a mistake" });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "movement.reversed", at: "body.reversals[1].reverses" },
    });
    expect(await recorded()).toBe(0);
  });

  test("is refused of a thing that has moved on, even by force", async () => {
    const { site, move, reverse } = await openSite();
    await move({ serial: "S-1" });
    const of = { site: site.site, epoch: site.epoch, seq: 3 };
    expect(await reverse(of, { force: true })).toMatchObject({ status: 409, body: { code: "movement.moved_on" } });
  });

  test("is refused of goods that have left since", async () => {
    const { site, move, reverse } = await openSite();
    await move({ quantity: 101, to: "customer", reason: undefined });
    const of = { site: site.site, epoch: site.epoch, seq: 1 };
    expect(await reverse(of)).toMatchObject({ status: 409, body: { code: "stock.insufficient" } });
  });

  test("is refused of what the ledger does not have, and of what changed no stock", async () => {
    const { site, code, reverse } = await openSite();
    await ledger.apply(site, [{ code: `${code}(21)S-1`, to: "dock" }, { code: "code:WAITS" }]);
    const of = (seq: number) => ({ site: site.site, epoch: site.epoch, seq });
    expect(await reverse(of(99))).toMatchObject({ status: 404, body: { code: "movement.unknown" } });
    expect(await reverse(of(4))).toMatchObject({ status: 409, body: { code: "movement.not_reversible" } });
    expect(await reverse(of(5))).toMatchObject({ status: 409, body: { code: "movement.not_reversible" } });
  });
});

test("why a balance is what it is leads to who moved it, for what reason and which document, and what it undid", async () => {
  const { site, sku, move, reverse } = await openSite();
  await move({ quantity: 5 }, { reason: "shelf was empty", document: "/v1/counts/7" });
  await reverse({ site: site.site, epoch: centralEpoch, seq: 1 });
  const { body } = await api.get(`/v1/stock/${sku}/why?site=${site.site}&place=shelf`);
  expect(body.items.map((item: { change: number }) => item.change)).toEqual([-5, 5, 1]);
  expect(body.items.map((item: { movement: { note: unknown } }) => item.movement.note)).toEqual([
    { actor: "client:anyone", reason: "a mistake", document: null },
    { actor: "client:anyone", reason: "shelf was empty", document: "/v1/counts/7" },
    null,
  ]);
  expect(body.items[0].movement).toMatchObject({
    reverses: { epoch: centralEpoch, seq: 1 },
    cause: "client",
    documents: [],
  });
});
