import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "../api/testing.ts";

let ledger: TestLedger;
let api: TestApi;
const lyon = new TestSite("lyon");

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const patch = (sku: string, body: unknown, headers: Record<string, string> = {}) =>
  api.request("PATCH", `/v1/items/${sku}`, { body, headers });
const onHand = async (sku: string) => (await api.get(`/v1/stock/${sku}`)).body.on_hand;

/** A GTIN-14 of these tests. */
function gtin(indicator: number, item: number): string {
  const body = `${indicator}9506000${String(item).padStart(5, "0")}`;
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

describe("families", () => {
  test("have variants that differ in what they declare, and are no stock", async () => {
    const family = { sku: "SHIRT", name: "Shirt", variant_by: ["colour", "size"] };
    expect((await api.post("/v1/items", family)).status).toBe(201);
    const red = { sku: "SHIRT-R-M", name: "Red, M", family: "SHIRT", attributes: { colour: "red", size: "M" } };
    expect((await api.post("/v1/items", { ...red, gtins: [gtin(0, 1)] })).body).toMatchObject({ ...red });
    const twin = await api.post("/v1/items", { ...red, sku: "SHIRT-R-M2" });
    expect(twin.body).toMatchObject({ status: 409, code: "item.exists" });
    expect(twin.body.detail).toContain("belongs to the item SHIRT-R-M");
    const listed = await api.get("/v1/items?family=SHIRT");
    expect(listed.body.items.map((item: { sku: string }) => item.sku)).toEqual(["SHIRT-R-M"]);
    expect((await patch("SHIRT", { add_codes: ["code:SHIRT"] })).body).toMatchObject({
      status: 422,
      code: "item.family",
    });
    expect((await patch("SHIRT", { variant_by: ["colour"] })).body).toMatchObject({
      status: 422,
      code: "item.hierarchy",
    });
    expect((await patch("SHIRT", { family: "SHIRT-R-M" })).body.code).toBe("item.hierarchy");
    expect((await patch("SHIRT-R-M", { family: "SHIRT-R-M" })).body.code).toBe("item.hierarchy");
  });

  test("are promised to nobody, nor is a draft", async () => {
    await api.post("/v1/items", { sku: "DRAFT", name: "Draft", status: "draft", codes: ["code:DRAFT"] });
    await ledger.apply(lyon, [{ code: "code:DRAFT", quantity: 5 }]);
    const reserve = (sku: string) => api.post("/v1/reservations", { lines: [{ sku, quantity: 1 }] });
    expect((await reserve("SHIRT")).body).toMatchObject({ status: 422, code: "item.family" });
    expect((await reserve("DRAFT")).body).toMatchObject({ status: 409, code: "item.draft" });
    await patch("DRAFT", { status: "active" });
    expect((await reserve("DRAFT")).status).toBe(201);
    await patch("DRAFT", { status: "discontinued" });
    expect((await reserve("DRAFT")).status).toBe(201);
    await patch("DRAFT", { status: "draft" });
    expect((await reserve("DRAFT")).body.code).toBe("item.draft");
  });
});

describe("packs", () => {
  test("count as what is in them, at their own time, also when their code was heard before it was known", async () => {
    await api.post("/v1/items", { sku: "OAT", name: "Oats", gtins: [gtin(0, 2)] });
    await ledger.apply(lyon, [{ code: `(01)${gtin(1, 2)}`, quantity: 2, eventTimeMs: noonMs }]);
    expect(await onHand("OAT")).toBe(0);
    const packs = [
      { pack: "case", contains: 12, gtins: [gtin(1, 2)] },
      { pack: "pallet", contains: 40, of: "case", gtins: [gtin(2, 2)] },
    ];
    const { body } = await patch("OAT", { add_packs: packs });
    expect(body.packs).toMatchObject([
      { pack: "case", units: 12 },
      { pack: "pallet", units: 480, of: "case" },
    ]);
    expect(await onHand("OAT")).toBe(24);
    await ledger.apply(lyon, [
      { code: `(01)${gtin(2, 2)}(21)P1`, eventTimeMs: noonMs + 1 },
      { code: `(01)${gtin(0, 2)}`, from: "dock-1", to: "customer", quantity: 5, eventTimeMs: noonMs + 2 },
    ]);
    expect(await onHand("OAT")).toBe(499);
    const listed = await api.get("/v1/movements?sku=OAT");
    expect(listed.body.items.map((each: { quantity: number }) => each.quantity)).toEqual([5, 1, 2]);
    const { site, epoch, seq } = listed.body.items[1];
    expect((await api.get(`/v1/movements/${site}/${epoch}/${seq}`)).body.postings).toMatchObject([
      { line: 1, sku: "OAT", quantity: 480, why: "pack" },
    ]);
    const why = await api.get("/v1/stock/OAT/why?site=lyon&place=dock-1");
    expect(why.body.items.map((line: { change: number }) => line.change)).toEqual([-5, 480, 24]);
    expect((await api.get(`/v1/items?code=${gtin(2, 2)}`)).body.items).toMatchObject([{ sku: "OAT" }]);
  });

  test("keep their content; a mistake is mended by taking the pack away first", async () => {
    const wrong = { pack: "crate", contains: 8, codes: ["code:CRATE"] };
    await api.post("/v1/items", { sku: "EGG", name: "Eggs", packs: [wrong] });
    await ledger.apply(lyon, [{ code: "code:CRATE", quantity: 1 }]);
    const other = { ...wrong, contains: 10 };
    expect((await patch("EGG", { add_packs: [other] })).body).toMatchObject({ status: 422, code: "item.pack" });
    expect((await patch("EGG", { remove_packs: ["crate"], add_packs: [other] })).body.code).toBe("item.pack");
    await patch("EGG", { remove_packs: ["crate"] });
    await patch("EGG", { add_packs: [other] });
    await ledger.apply(lyon, [{ code: "code:CRATE", quantity: 1 }]);
    expect(await onHand("EGG")).toBe(18);
    expect((await api.get("/v1/audit/verify")).body).toMatchObject({ ok: true, first_fault: null });
  });
});

describe("identifiers", () => {
  test("that are taken away mean nothing any more: what comes is held, what was posted stays", async () => {
    await api.post("/v1/items", { sku: "OLD", name: "Old", codes: ["code:MOVED"] });
    await ledger.apply(lyon, [{ code: "code:MOVED", quantity: 3 }]);
    await patch("OLD", { remove_codes: ["code:MOVED"] });
    await ledger.apply(lyon, [{ code: "code:MOVED", quantity: 4 }]);
    expect((await api.get("/v1/movements?state=held")).body.items).toMatchObject([{ code: "code:MOVED", quantity: 4 }]);
    await api.post("/v1/items", { sku: "RIGHT", name: "Right", codes: ["code:MOVED"] });
    expect([await onHand("OLD"), await onHand("RIGHT")]).toEqual([3, 4]);
    expect((await api.get("/v1/audit/verify")).body).toMatchObject({ ok: true, first_fault: null });
  });

  test("of a UPC, an EAN and an EPC class are one GTIN", async () => {
    await api.post("/v1/items", { sku: "UPC", name: "Upc", gtins: ["036000291452"] });
    for (const code of ["036000291452", "0036000291452", "00036000291452"]) {
      expect((await api.get(`/v1/items?code=${code}`)).body.items, code).toMatchObject([{ sku: "UPC" }]);
    }
    const { body } = await api.post("/v1/items", { sku: "UPC2", name: "u", gtins: ["0036000291452"] });
    expect(body).toMatchObject({ status: 409, code: "item.exists" });
  });

  test("of parties are found by party and code, and each is of one item", async () => {
    const party_codes = [{ party: "acme", code: "4711" }];
    await api.post("/v1/items", { sku: "P-1", name: "p", party_codes });
    expect((await api.post("/v1/items", { sku: "P-2", name: "p", party_codes })).body.code).toBe("item.exists");
    expect((await api.get("/v1/items?party=acme&party_code=4711")).body.items).toMatchObject([{ sku: "P-1" }]);
    await patch("P-1", { remove_party_codes: party_codes });
    expect((await api.post("/v1/items", { sku: "P-2", name: "p", party_codes })).status).toBe(201);
  });
});

describe("a change", () => {
  test("is refused when somebody was quicker", async () => {
    await api.post("/v1/items", { sku: "ETAG", name: "one" });
    const etag = (await api.get("/v1/items/ETAG")).headers.get("etag") ?? "";
    const first = await patch("ETAG", { name: "two" }, { "if-match": etag });
    expect(first.status).toBe(200);
    expect((await patch("ETAG", { name: "three" }, { "if-match": etag })).body).toMatchObject({
      status: 412,
      code: "item.changed",
    });
    expect((await patch("ETAG", { name: "three" }, { "if-match": first.headers.get("etag") ?? "" })).status).toBe(200);
  });

  test("is written down with before and after, and told, once; what changes nothing is not", async () => {
    await api.post("/v1/items", { sku: "TOLD", name: "one" });
    await patch("TOLD", { name: "two" });
    const versions = ledger.feed.catalogueVersions.at(-1);
    await patch("TOLD", { name: "two", remove_codes: ["code:NEVER"] });
    expect(ledger.feed.catalogueVersions.at(-1)).toBe(versions);
    const { rows } = await ledger.pool.query(
      "select action, actor, before->>'name' as before, after->>'name' as after from api_change where resource = '/v1/items/TOLD' order by id",
    );
    expect(rows).toEqual([
      { action: "item.add", actor: "client:anyone", before: null, after: "one" },
      { action: "item.change", actor: "client:anyone", before: "one", after: "two" },
    ]);
    const events = await ledger.pool.query(
      "select type, data->>'name' as name from outbox where key = '/v1/items/TOLD' order by id",
    );
    expect(events.rows).toEqual([
      { type: "item.added", name: "one" },
      { type: "item.changed", name: "two" },
    ]);
  });

  test("of the unit is refused once something was counted", async () => {
    expect((await patch("OAT", { uom: "KGM" })).body).toMatchObject({ status: 409, code: "item.counted" });
    expect((await patch("TOLD", { uom: "XYZ" })).body).toMatchObject({ status: 400, code: "request.invalid" });
  });
});

describe("the list", () => {
  test("finds by beginnings of words of name and SKU, whatever they are made of", async () => {
    await api.post("/v1/items", { sku: "Z-100/B", name: "Käse, gereift — 'Bergkäse'" });
    const found = async (text: string) =>
      (await api.get(`/v1/items?search=${encodeURIComponent(text)}`)).body.items.map(
        (item: { sku: string }) => item.sku,
      );
    for (const text of ["käse", "Käs ger", "'Bergk", "z-100"]) expect(await found(text), text).toEqual(["Z-100/B"]);
    for (const text of ["& | !", "':*", "\\", "( <->", "oat käse"]) expect(await found(text), text).toEqual([]);
  });

  test("shows those of a status", async () => {
    const { body } = await api.get("/v1/items?status=draft");
    expect(body.items.map((item: { sku: string }) => item.sku)).toEqual(["DRAFT"]);
  });
});
