import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

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

describe("POST /v1/items", () => {
  test("adds an item, its GTINs with 14 digits and other codes as class keys", async () => {
    const { status, headers, body } = await api.post("/v1/items", {
      sku: "A/1",
      name: " Oats ",
      gtins: ["95060001", "9506000134352"].slice(1),
      codes: ["code:OLD", "(01)09506000134369(21)SERIAL", "epc:CAFE", "LABEL-7"],
    });
    expect([status, headers.get("location")]).toEqual([201, "/v1/items/A%2F1"]);
    expect(body).toMatchObject({
      sku: "A/1",
      name: "Oats",
      uom: "H87",
      gtins: ["09506000134352", "09506000134369"],
      codes: ["code:LABEL-7", "code:OLD", "epc:CAFE"],
    });
    expect((await api.get("/v1/items/A%2F1")).body).toEqual(body);
  });

  test("tells the edges the new version of the catalogue", async () => {
    await api.post("/v1/items", { sku: "V-1", name: "v" });
    await api.post("/v1/items", { sku: "V-2", name: "v" });
    const [before, after] = ledger.feed.catalogueVersions.slice(-2);
    expect(after).toBe((before ?? Number.NaN) + 1);
  });

  test("refuses a SKU or code that another item has, and says whose it is", async () => {
    await api.post("/v1/items", { sku: "TAKEN", name: "t", codes: ["code:TAKEN"] });
    const sameSku = await api.post("/v1/items", { sku: "TAKEN", name: "other" });
    expect(sameSku.body).toMatchObject({ status: 409, code: "item.exists", at: "body.sku" });
    const sameCode = await api.post("/v1/items", { sku: "NEW", name: "n", codes: ["code:FREE", "code:TAKEN"] });
    expect(sameCode.body).toMatchObject({ status: 409, code: "item.exists", faults: [{ at: "code:TAKEN" }] });
    expect(sameCode.body.detail).toContain("code:TAKEN belongs to the item TAKEN");
    expect((await api.get("/v1/items/NEW")).status).toBe(404);
    expect((await api.post("/v1/items", { sku: "NEW", name: "n", codes: ["code:FREE"] })).status).toBe(201);
  });

  test("refuses codes that are none, naming which", async () => {
    const digit = await api.post("/v1/items", { sku: "X", name: "x", gtins: ["9506000134352", "9506000134353"] });
    expect(digit.body).toMatchObject({ status: 422, code: "code.check_digit", at: "body.gtins[1]" });
    const unit = await api.post("/v1/items", { sku: "X", name: "x", codes: ["(00)095060001343520000"] });
    expect(unit.body).toMatchObject({ status: 422 });
    for (const body of [{}, { sku: "X" }, { sku: "X Y", name: "x" }, { sku: "X", name: "x", other: 1 }, "{", "[]"]) {
      const { status, body: problem } = await api.post("/v1/items", body);
      expect([status, problem.code], JSON.stringify(body)).toEqual([
        400,
        body === "{" ? "request.not_json" : "request.invalid",
      ]);
    }
    expect((await api.post("/v1/items", { sku: "X", name: "a\u0000b" })).status).toBe(400);
  });

  test("changes nothing when the same request comes again under its key, even at the same time", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.post("/v1/items", { sku: "ONCE", name: "once" }, headers)),
    );
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([201, answers[0]?.body]);
    const other = await api.post("/v1/items", { sku: "ONCE", name: "twice" }, headers);
    expect(other.body).toMatchObject({ status: 422, code: "idempotency.reused" });
    const elsewhere = await api.post("/v1/places", { site: "nowhere", code: "x" }, headers);
    expect(elsewhere.body).toMatchObject({ status: 404, code: "site.unknown" });
  });

  test("takes a key anew after a day, and after a refusal", async () => {
    const headers = { "idempotency-key": randomUUID() };
    expect((await api.post("/v1/items", { sku: "ONCE", name: "refused" }, headers)).status).toBe(409);
    expect((await api.post("/v1/items", { sku: "DAY-1", name: "mended" }, headers)).status).toBe(201);
    await ledger.pool.query("update idempotency set created_at = created_at - interval '25 hours'");
    expect((await api.post("/v1/items", { sku: "DAY-2", name: "a day later" }, headers)).status).toBe(201);
  });
});

describe("what was held", () => {
  const key = "(01)09506000134376";

  test("is posted at its own time when its code is bound, and its exception is closed", async () => {
    await ledger.apply(lyon, [
      { code: `${key}(21)H-1`, eventTimeMs: noonMs },
      { code: `${key}(21)H-2`, eventTimeMs: noonMs + 1_000 },
    ]);
    const held = await api.get("/v1/movements?state=held");
    expect(held.body.items).toMatchObject([
      { code: `${key}(21)H-2`, state: "held", held_because: "movement.code_unknown", sku: null },
      { code: `${key}(21)H-1`, state: "held" },
    ]);
    const open = await api.get("/v1/exceptions?state=open");
    expect(open.body.items).toMatchObject([{ problem: "movement.code_unknown", key, count: 2, site: "lyon" }]);

    const changes: unknown[] = [];
    const unsubscribe = ledger.feed.subscribe(change => changes.push(change));
    await api.post("/v1/items", { sku: "BOUND", name: "bound", gtins: ["09506000134376"] });
    unsubscribe();
    expect(changes).toMatchObject([{ site: "lyon", cursors: [] }]);

    expect((await api.get("/v1/stock/BOUND")).body).toMatchObject({
      on_hand: 2,
      places: [{ place: "dock-1", on_hand: 2 }],
    });
    const past = await api.get(`/v1/stock/BOUND?as_of=${new Date(noonMs).toISOString()}`);
    expect(past.body.on_hand).toBe(1);
    expect((await api.get("/v1/movements?state=held")).body.items).toEqual([]);
    expect((await api.get("/v1/exceptions?state=open")).body.items).toEqual([]);
    expect((await api.get("/v1/exceptions?state=resolved")).body.items).toMatchObject([{ key }]);
    const posted = await api.get("/v1/movements?sku=BOUND");
    expect(posted.body.items.map((item: { code: string }) => item.code)).toEqual([`${key}(21)H-2`, `${key}(21)H-1`]);
    const { site, epoch, seq } = posted.body.items[1];
    const one = await api.get(`/v1/movements/${site}/${epoch}/${seq}`);
    expect(one.body).toMatchObject({
      sku: "BOUND",
      state: "posted",
      postings: [{ line: 1, sku: "BOUND", from: "supplier", to: "dock-1", quantity: 1, why: "bound" }],
    });
  });

  test("is posted too when a code is given to an item that is there", async () => {
    await ledger.apply(lyon, [{ code: "code:FREE-TEXT", quantity: 5 }]);
    await api.post("/v1/items", { sku: "LATER", name: "later" });
    const { status, body } = await api.request("PATCH", "/v1/items/LATER", {
      body: { add_codes: ["code:FREE-TEXT"], name: "Named" },
    });
    expect([status, body]).toMatchObject([200, { name: "Named", codes: ["code:FREE-TEXT"] }]);
    expect((await api.get("/v1/stock/LATER")).body.on_hand).toBe(5);
  });
});

describe("GET and PATCH /v1/items", () => {
  test("finds an item by any form of its code", async () => {
    for (const code of ["(01)09506000134352", "]C10109506000134352", "9506000134352", "(01)09506000134352(21)ANY"]) {
      const { body } = await api.get(`/v1/items?code=${encodeURIComponent(code)}`);
      expect(body.items, code).toMatchObject([{ sku: "A/1" }]);
    }
    expect((await api.get("/v1/items?code=code:NOBODY")).body.items).toEqual([]);
  });

  test("has an ETag that moves with the item", async () => {
    await api.post("/v1/items", { sku: "TAG", name: "before" });
    const etag = (await api.get("/v1/items/TAG")).headers.get("etag") ?? "";
    expect((await api.get("/v1/items/TAG", { "if-none-match": etag })).status).toBe(304);
    await api.request("PATCH", "/v1/items/TAG", { body: { name: "after", uom: "KGM" } });
    const changed = await api.get("/v1/items/TAG", { "if-none-match": etag });
    expect([changed.status, changed.body]).toMatchObject([200, { name: "after", uom: "KGM" }]);
  });

  test("refuses to change nothing, what is not there, and to take another item's code", async () => {
    const patch = (sku: string, body: unknown) => api.request("PATCH", `/v1/items/${sku}`, { body });
    expect((await patch("TAG", {})).body.code).toBe("request.invalid");
    expect((await patch("NOPE", { name: "n" })).body.code).toBe("item.unknown");
    const taken = await patch("TAG", { name: "not kept", add_codes: ["code:TAKEN"] });
    expect(taken.body).toMatchObject({ status: 409, code: "item.exists" });
    expect((await api.get("/v1/items/TAG")).body.name).toBe("after");
    expect((await api.get("/v1/items/NOPE")).body.code).toBe("item.unknown");
  });

  test("pages survive what is added meanwhile", async () => {
    const skus: string[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null && pages < 50; pages++) {
      const answer = await api.get(`/v1/items?limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
      skus.push(...answer.body.items.map((item: { sku: string }) => item.sku));
      cursor = answer.body.next_cursor;
      await api.post("/v1/items", { sku: `0-${pages}`, name: "in front of every page" });
    }
    expect(skus).toEqual([...new Set(skus)].sort());
    expect(skus).toContain("V-2");
  });
});

describe("/v1/places", () => {
  test("are added, named and listed without the outsides", async () => {
    const added = await api.post("/v1/places", { site: "lyon", code: "bin-1", name: "Bin 1", gln: "9506000134352" });
    expect([added.status, added.body]).toMatchObject([201, { site: "lyon", code: "bin-1", gln: "9506000134352" }]);
    const named = await api.request("PATCH", "/v1/places/lyon/dock-1", { body: { name: "Dock 1" } });
    expect(named.body).toMatchObject({ code: "dock-1", name: "Dock 1", gln: null });
    const { body } = await api.get("/v1/places?site=lyon");
    expect(body.items.map((place: { code: string }) => place.code)).toEqual(["bin-1", "dock-1"]);
  });

  test("are paged over sites", async () => {
    await ledger.apply(new TestSite("oslo"), [{ to: "dock-1" }, { to: "dock-2" }]);
    const first = await api.get("/v1/places?limit=3");
    await api.post("/v1/places", { site: "lyon", code: "a-bin" });
    const second = await api.get(`/v1/places?limit=3&cursor=${first.body.next_cursor}`);
    const codes = [...first.body.items, ...second.body.items].map(
      (place: { site: string; code: string }) => `${place.site}/${place.code}`,
    );
    expect(codes).toEqual(["lyon/bin-1", "lyon/dock-1", "oslo/dock-1", "oslo/dock-2"]);
  });

  test("refuse an unknown site, a code that is there, a wrong GLN and an outside's name", async () => {
    const refusals = [
      [{ site: "nowhere", code: "x" }, 404, "site.unknown"],
      [{ site: "lyon", code: "bin-1" }, 409, "place.exists"],
      [{ site: "lyon", code: "y", gln: "9506000134353" }, 422, "code.check_digit"],
      [{ site: "lyon", code: "supplier" }, 400, "request.invalid"],
    ] as const;
    for (const [body, status, code] of refusals) {
      expect((await api.post("/v1/places", body)).body).toMatchObject({ status, code });
    }
    const change = await api.request("PATCH", "/v1/places/lyon/nope", { body: { name: "n" } });
    expect(change.body).toMatchObject({ status: 404, code: "place.unknown" });
  });
});

describe("GET /v1/exceptions", () => {
  test("shows bytes as base64 and as text that can be printed", async () => {
    await ledger.pool.query(
      `insert into exception (problem, key, detail, body, body_bytes) values ('batch.unreadable', 'k', 'not JSON', $1, 99999)`,
      [Buffer.from("{\u0000\n\xff")],
    );
    const { body } = await api.get("/v1/exceptions?problem=batch.unreadable");
    expect(body.items).toMatchObject([
      {
        site: null,
        problem: "batch.unreadable",
        title: "The batch is not what the contract describes",
        body: Buffer.from("{\u0000\n\xff").toString("base64"),
        preview: "{␀␊ÿ",
        body_bytes: 99999,
        state: "open",
      },
    ]);
  });

  test("come newest first, a page at a time", async () => {
    for (const key of ["p1", "p2", "p3"]) {
      await ledger.pool.query("insert into exception (problem, key, detail) values ('internal', $1, 'd')", [key]);
    }
    const first = await api.get("/v1/exceptions?problem=internal&limit=2");
    await ledger.pool.query("insert into exception (problem, key, detail) values ('internal', 'p4', 'd')");
    const second = await api.get(`/v1/exceptions?problem=internal&limit=2&cursor=${first.body.next_cursor}`);
    const keys = [...first.body.items, ...second.body.items].map((item: { key: string }) => item.key);
    expect(keys).toEqual(["p3", "p2", "p1"]);
  });
});
