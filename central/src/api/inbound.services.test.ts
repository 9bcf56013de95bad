import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "A", name: "A", codes: ["code:A"] });
  await api.post("/v1/items", { sku: "B", name: "B", codes: ["code:B"] });
  for (const [site, place] of [
    ["lyon", "dock-1"],
    ["lyon", "shelf"],
    ["lyon", "returns"],
    ["oslo", "dock-1"],
  ] as const) {
    await ledger.apply(new TestSite(site), [{ code: "code:A", to: place, quantity: 100 }]);
  }
  await ledger.pool.query("update place set available = false where code = 'returns'");
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
});

const sscc = (n: number) => {
  const digits = `0950600013435${String(n).padStart(4, "0")}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return digits + ((10 - (sum % 10)) % 10);
};
const announce = (body: object) => api.post("/v1/shipments", { site: "lyon", ...body });
const line = (sku: string, quantity: number) => ({ sku, quantity });
const onHand = async (sku: string, at: string) => {
  const { body } = await api.get(`/v1/stock/${sku}`);
  const level = body.places.find((each: { site: string; place: string }) => `${each.site}/${each.place}` === at);
  return level?.on_hand ?? 0;
};
const exceptions = async (problem: string) =>
  (await api.get(`/v1/exceptions?problem=${problem}`)).body.items.map((each: { detail: string }) => each.detail);

describe("a notice", () => {
  test("takes its lines from what its pallets have in them", async () => {
    const units = [
      { sscc: sscc(1), contents: [line("A", 5), line("B", 1)] },
      { sscc: `(00)${sscc(2)}`, contents: [line("A", 2)] },
    ];
    const { status, body } = await announce({ partner: "acme", units });
    expect([status, body.state]).toEqual([201, "announced"]);
    expect(body.number).toMatch(/^ASN-\d{6,}$/);
    expect(body.lines).toMatchObject([line("A", 7), line("B", 1)]);
    const shown = await api.get(`/v1/shipments/${body.id}/units`);
    expect(shown.body.items).toEqual([units[0], { sscc: sscc(2), contents: [line("A", 2)] }]);
  });

  test("that repeats a pallet is refused, in itself and while another one is open", async () => {
    const unit = { sscc: sscc(3), contents: [line("A", 5)] };
    const twice = await announce({ units: [unit, unit] });
    expect([twice.status, twice.body.code, twice.body.at]).toEqual([409, "document.unit", "body.units[1].sscc"]);
    const first = await announce({ units: [unit] });
    const again = await announce({ units: [unit] });
    expect([again.status, again.body.code, again.body.at]).toEqual([409, "document.unit", "body.units[0].sscc"]);
    expect(again.body.detail).toContain(first.body.number);
    await api.post(`/v1/shipments/${first.body.id}/cancel`, undefined);
    expect((await announce({ units: [unit] })).status).toBe(201);
  });

  test("is announced once by two who name the same pallet at the same time", async () => {
    const unit = { sscc: sscc(4), contents: [line("A", 5)] };
    const all = await Promise.all([1, 2, 3, 4].map(() => announce({ units: [unit] })));
    expect(all.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
  });

  test("names the field of what is wrong with it", async () => {
    const cases = [
      [{}, 422, "body.lines"],
      [{ lines: [line("NONE", 1)] }, 404, "body.lines[0].sku"],
      [{ lines: [line("A", 5)], units: [{ sscc: sscc(5), contents: [line("A", 4)] }] }, 422, "body.units"],
      [{ units: [{ sscc: "123", contents: [] }] }, 400, "body.units[0].sscc"],
      [{ site: "atlantis", lines: [line("A", 1)] }, 404, "body.site"],
    ] as const;
    for (const [body, status, at] of cases) {
      const answer = await announce(body);
      expect([answer.status, answer.body.at ?? answer.body.faults?.[0]?.at], JSON.stringify(answer.body)).toEqual([
        status,
        at,
      ]);
    }
  });

  test("says when its lots expire, where it is not known yet, and never against what is known", async () => {
    const lot = async (name: string) => (await api.get(`/v1/lots/A/${name}`)).body;
    const oats = { ...line("A", 5), lot: "L-1" };
    const units = [{ sscc: sscc(20), contents: [{ ...line("A", 2), lot: "L-2", expires_on: "2027-04-01" }] }];
    expect((await announce({ lines: [{ ...oats, expires_on: "2027-03-01" }] })).status).toBe(201);
    expect((await announce({ lines: [oats, { ...oats, expires_on: "2027-03-01" }] })).status).toBe(201);
    expect((await announce({ units })).status).toBe(201);
    expect([(await lot("L-1")).expires_on, (await lot("L-2")).expires_on]).toEqual(["2027-03-01", "2027-04-01"]);
    const other = { ...oats, expires_on: "2027-03-02" };
    const refused = await announce({ lines: [{ ...line("A", 1), lot: "L-3", expires_on: "2027-05-01" }, other] });
    expect(refused).toMatchObject({ status: 409, body: { code: "lot.expiry", at: "body.lines[1].expires_on" } });
    expect(refused.body.detail).toBe(
      "The lot L-1 of A is known to expire on 2027-03-01; correct the notice, or the lot with PUT /v1/lots.",
    );
    expect((await api.get("/v1/lots/A/L-3")).status, "nothing of a refused notice is kept").toBe(404);
    const twice = await announce({
      lines: [
        { ...oats, lot: "L-4", expires_on: "2027-03-01" },
        { ...other, lot: "L-4" },
      ],
    });
    expect([twice.body.code, twice.body.at]).toEqual(["lot.expiry", "body.lines[1].expires_on"]);
    const noLot = await announce({ lines: [{ ...line("A", 1), expires_on: "2027-03-01" }] });
    expect(noLot).toMatchObject({ status: 400, body: { faults: [{ at: "body.lines[0].expires_on" }] } });
    const { rows } = await ledger.pool.query("select resource from api_change where action = 'lot.set' order by id");
    expect(rows.map(({ resource }) => resource)).toEqual(["/v1/lots/A/L-1", "/v1/lots/A/L-2"]);
    await api.request("PUT", "/v1/lots/A/L-1", { body: { status: "blocked" } });
    expect((await announce({ lines: [{ ...oats, expires_on: "2027-03-01" }] })).status).toBe(201);
    expect((await lot("L-1")).status).toBe("blocked");
  });

  test("is received by hand, and closing it tells what is short and what is over", async () => {
    const { body } = await announce({ lines: [line("A", 5), line("B", 3)] });
    const before = await onHand("A", "lyon/dock-1");
    const received = await api.post(`/v1/shipments/${body.id}/receive`, {
      lines: [{ line: 1, quantity: 7, to: "dock-1" }],
    });
    expect([received.status, received.body.state, received.body.lines[0].received]).toEqual([200, "receiving", 7]);
    expect(await onHand("A", "lyon/dock-1")).toBe(before + 7);
    const closed = await api.post(`/v1/shipments/${body.id}/close`, undefined);
    expect([closed.status, closed.body.state]).toEqual([200, "closed"]);
    expect(await exceptions("document.over")).toEqual([expect.stringContaining("2 of A came beyond")]);
    expect(await exceptions("document.short")).toEqual([expect.stringContaining("3 of B did not come")]);
  });
});

describe("an order that is carried out by hand", () => {
  test("is picked from where it is held, keeps its goods at the dock, and ships from there", async () => {
    const { body } = await api.post("/v1/orders", { site: "lyon", lines: [{ ...line("A", 4), place: "shelf" }] });
    const [shelf, dock] = [await onHand("A", "lyon/shelf"), await onHand("A", "lyon/dock-1")];
    const picked = await api.post(`/v1/orders/${body.id}/pick`, { lines: [{ line: 1, quantity: 4, to: "dock-1" }] });
    expect([picked.status, picked.body.state], JSON.stringify(picked.body)).toEqual([200, "picked"]);
    expect([await onHand("A", "lyon/shelf"), await onHand("A", "lyon/dock-1")]).toEqual([shelf - 4, dock + 4]);
    const { body: held } = await api.get("/v1/reservations?sku=A&state=held");
    expect(held.items.find((each: { document: string }) => each.document === body.id).lines[0].held).toBe(4);
    const shipped = await api.post(`/v1/orders/${body.id}/ship`, { lines: [{ line: 1, quantity: 4 }] });
    expect([shipped.status, shipped.body.state], JSON.stringify(shipped.body)).toEqual([200, "shipped"]);
    expect(await onHand("A", "lyon/dock-1")).toBe(dock);
    const { rows } = await ledger.pool.query("select state from reservation where document_id = $1", [body.id]);
    expect(rows).toEqual([{ state: "fulfilled" }]);
    const { rows: notes } = await ledger.pool.query("select actor from movement_note where document = $1", [
      `/v1/orders/${body.id}`,
    ]);
    expect(notes).toEqual([{ actor: "client:anyone" }, { actor: "client:anyone" }]);
  });

  test("gives no more than it wants, and takes no more than is there", async () => {
    const { body } = await api.post("/v1/orders", { site: "lyon", lines: [line("A", 2)] });
    const pick = (asked: object) =>
      api.post(`/v1/orders/${body.id}/pick`, { lines: [{ line: 1, to: "dock-1", ...asked }] });
    expect((await pick({ quantity: 3 })).body).toMatchObject({ code: "document.line", at: "body.lines[0].quantity" });
    expect((await pick({ quantity: 2, from: "nowhere" })).body.code).toBe("place.unknown");
    expect((await pick({ quantity: 2, line: 9 })).body).toMatchObject({
      code: "document.line",
      at: "body.lines[0].line",
    });
    const key = { "idempotency-key": `pick-${body.id}` };
    const once = { lines: [{ line: 1, quantity: 1, from: "shelf", to: "dock-1" }] };
    const both = await Promise.all([1, 2].map(() => api.post(`/v1/orders/${body.id}/pick`, once, key)));
    expect(both.map(each => each.body.lines[0].picked)).toEqual([1, 1]);
  });

  test("is closed short after a part was shipped, and cancelled no more", async () => {
    const { body } = await api.post("/v1/orders", { site: "lyon", lines: [line("A", 5)] });
    const shipped = await api.post(`/v1/orders/${body.id}/ship`, { lines: [{ line: 1, quantity: 2 }] });
    expect(shipped.body.state).toBe("shipping");
    expect((await api.post(`/v1/orders/${body.id}/cancel`, undefined)).body.code).toBe("document.state");
    const closed = await api.post(`/v1/orders/${body.id}/close`, undefined);
    expect([closed.body.state, closed.body.lines[0].held]).toEqual(["closed", 0]);
    const { body: left } = await api.get(`/v1/orders?open=true&number=${body.number}`);
    expect(left.items).toEqual([]);
  });
});

test("a transfer is held at its source, is in transit between the sites, and is received at the other", async () => {
  const plan = { site: "lyon", to_site: "oslo", lines: [{ ...line("A", 3), to_place: "dock-1" }] };
  const { status, body } = await api.post("/v1/transfers", plan);
  expect([status, body.state, body.to_site, body.lines[0].held]).toEqual([201, "reserved", "oslo", 3]);
  const left = await api.post(`/v1/transfers/${body.id}/leave`, { lines: [{ line: 1, quantity: 3 }] });
  expect([left.body.state, left.body.lines[0].held], JSON.stringify(left.body)).toEqual(["in_transit", 0]);
  const before = await onHand("A", "oslo/dock-1");
  const arrived = await api.post(`/v1/transfers/${body.id}/arrive`, { lines: [{ line: 1, quantity: 2 }] });
  expect([arrived.status, arrived.body.state], JSON.stringify(arrived.body)).toEqual([200, "arriving"]);
  expect(await onHand("A", "oslo/dock-1")).toBe(before + 2);
  await api.post(`/v1/transfers/${body.id}/close`, undefined);
  const { body: short } = await api.get("/v1/exceptions?problem=document.short&site=oslo");
  expect(short.items[0].detail).toContain("1 of A did not come");
});

test("a transfer within a site goes from place to place in one movement", async () => {
  const plan = { site: "lyon", lines: [{ ...line("A", 3), place: "shelf", to_place: "dock-1" }] };
  const { body } = await api.post("/v1/transfers", plan);
  const left = await api.post(`/v1/transfers/${body.id}/leave`, { lines: [{ line: 1, quantity: 3 }] });
  expect([left.body.state, left.body.lines[0].received], JSON.stringify(left.body)).toEqual(["received", 3]);
  const nowhere = await api.post("/v1/transfers", { site: "lyon", lines: [line("A", 3)] });
  expect([nowhere.status, nowhere.body.at]).toEqual([422, "body.lines[0].to_place"]);
});

describe("a return", () => {
  async function shippedOrder(quantity: number): Promise<{ id: string; number: string }> {
    const { body } = await api.post("/v1/orders", { site: "lyon", lines: [line("A", quantity)] });
    await api.post(`/v1/orders/${body.id}/ship`, { lines: [{ line: 1, quantity }] });
    return body;
  }

  test("of what was never sold is refused, and so is more than was shipped", async () => {
    const { number: order } = await shippedOrder(3);
    const announced = (asked: object) => api.post("/v1/returns", { site: "lyon", order, ...asked });
    expect((await announced({ lines: [line("B", 1)] })).body).toMatchObject({ code: "document.not_shipped" });
    expect((await announced({ order: "NONE", lines: [line("A", 1)] })).body.at).toBe("body.order");
    const both = await Promise.all([1, 2].map(() => announced({ lines: [line("A", 2)] })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect((await announced({ lines: [line("A", 1)] })).status).toBe(201);
    expect((await announced({ lines: [line("A", 1)] })).body.at).toBe("body.lines[0].quantity");
  });

  test("is received where nothing is available, and each thing goes where it is decided to", async () => {
    const { id: orderId, number: order } = await shippedOrder(3);
    const { body } = await api.post("/v1/returns", { site: "lyon", order, lines: [line("A", 3)] });
    expect(body.order).toBe(orderId);
    const inspect = (...lines: object[]) =>
      api.post(`/v1/returns/${body.id}/inspect`, { lines: lines.map(each => ({ line: 1, from: "returns", ...each })) });
    const early = await inspect({ quantity: 1, result: "scrap" });
    expect(early.body.code).toBe("document.state");
    await api.post(`/v1/returns/${body.id}/receive`, { lines: [{ line: 1, quantity: 3, to: "returns" }] });
    const [returns, shelf] = [await onHand("A", "lyon/returns"), await onHand("A", "lyon/shelf")];
    const wrong = await inspect({ quantity: 1, result: "available", to: "returns" });
    expect([wrong.status, wrong.body.at]).toEqual([422, "body.lines[0].to"]);
    expect((await inspect({ quantity: 4, result: "scrap" })).body.at).toBe("body.lines[0].quantity");
    const first = await inspect({ quantity: 2, result: "available", to: "shelf", reason: "as new" });
    expect([first.status, first.body.state], JSON.stringify(first.body)).toEqual([200, "inspecting"]);
    const last = await inspect({ quantity: 1, result: "scrap" });
    expect([last.body.state, last.body.lines[0].inspected]).toEqual(["inspected", 3]);
    expect([await onHand("A", "lyon/returns"), await onHand("A", "lyon/shelf")]).toEqual([returns - 3, shelf + 2]);
    const { body: decided } = await api.get(`/v1/returns/${body.id}/inspections`);
    expect(decided.items).toMatchObject([
      { quantity: 2, result: "available", reason: "as new" },
      { quantity: 1, result: "scrap", reason: null },
    ]);
  });
});
