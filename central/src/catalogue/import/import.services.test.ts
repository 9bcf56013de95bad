import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "../../api/testing.ts";

let ledger: TestLedger;
let api: TestApi;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const types = { csv: "text/csv", jsonl: "application/x-ndjson" } as const;

async function send(body: string, query = "", type: string = types.jsonl, headers: Record<string, string> = {}) {
  return api.request("POST", `/v1/items/import${query}`, { body, headers: { "content-type": type, ...headers } });
}

const jsonl = (...lines: readonly object[]) => lines.map(line => `${JSON.stringify(line)}\n`).join("");
const exists = async (sku: string) => (await api.get(`/v1/items/${sku}`)).status === 200;
const staged = async () => (await ledger.pool.query("select count(*)::integer as n from import_line")).rows[0].n;

/** What is exported, less what other tests added. */
async function exported(format: keyof typeof types, prefix: string): Promise<string> {
  const lines = (await api.get(`/v1/items/export?format=${format}`)).body.split("\n");
  return lines
    .filter((line: string, index: number) => (format === "csv" && index === 0) || line.includes(prefix))
    .join("\n");
}

const wild = [
  { sku: "RT-FAMILY", name: 'Shirt, "best"', variant_by: ["colour"], description: "two – dashes" },
  { sku: "RT-A", name: "A\u00a0b, c", family: "RT-FAMILY", attributes: { colour: 'röd; "grün"', brand: "=1+1" } },
  {
    sku: "RT-B",
    name: "'; drop table item; --",
    status: "discontinued",
    tracking: "lot",
    uom: "KGM",
    gtins: ["9506000134369"],
    codes: ["code:with space | and pipe", "epc:CAFE"],
    packs: [
      { pack: "case", contains: 12, gtins: ["19506000134366"], codes: [] },
      { pack: "pallet", contains: 40, of: "case" },
    ],
    party_codes: [{ party: "acme, inc", code: "4 711" }],
  },
];

describe("an import", () => {
  test("in either form is read again from its export without a change", async () => {
    expect((await send(jsonl(...wild))).body).toMatchObject({ lines: 3, added: 3, faulty: 0, dry_run: false });
    for (const format of ["jsonl", "csv"] as const) {
      const text = await exported(format, "RT-");
      const version = await ledger.pool.query("select version from catalogue");
      expect((await send(text, "", types[format])).body, text).toMatchObject({ lines: 3, unchanged: 3, faulty: 0 });
      expect((await ledger.pool.query("select version from catalogue")).rows).toEqual(version.rows);
      expect(await exported(format, "RT-")).toBe(text);
    }
    const { rows } = await ledger.pool.query(
      "select count(*)::integer as n from outbox where key like '/v1/items/RT-%'",
    );
    expect(rows).toEqual([{ n: 3 }]);
    expect(await staged()).toBe(0);
  });

  test("changes what a line names and leaves the rest; a list that is named is the whole list", async () => {
    await send(jsonl({ sku: "UP", name: "one", description: "kept", codes: ["code:UP-1", "code:UP-2"] }));
    const csv = 'sku,name,description,codes\nUP,two,,"[""code:UP-2""]"\n';
    expect((await send(csv, "", types.csv)).body).toMatchObject({ changed: 1 });
    const { body } = await api.get("/v1/items/UP");
    expect(body).toMatchObject({ name: "two", description: "kept", codes: ["code:UP-2"] });
    await send(jsonl({ sku: "UP", description: null }));
    expect((await api.get("/v1/items/UP")).body.description).toBeNull();
  });

  test("posts what was held for its codes", async () => {
    await ledger.apply(new TestSite("lyon"), [{ code: "code:IMPORTED", quantity: 2 }]);
    await send(jsonl({ sku: "HELD", name: "h", packs: [{ pack: "case", contains: 5, codes: ["code:IMPORTED"] }] }));
    expect((await api.get("/v1/stock/HELD")).body.on_hand).toBe(10);
  });

  const faulty = [
    '{"sku":"F-1","name":"one","gtins":["9506000134352"]}',
    '{"sku":"F-2","name":"two","uom":"XX9"}',
    "{nonsense",
    '{"sku":"F-4","name":"four","gtins":["09506000134352"]}',
    '{"sku":"F-5","name":"five","family":"F-6"}',
    "",
    '{"sku":"F-6","name":"six","variant_by":["size"]}',
    '{"sku":"F-8","name":"eight","gtins":["123"]}',
    `{"sku":"F-9","name":"${"x".repeat(70_000)}"}`,
    '{"sku":"F-10","name":"last","other":1}',
    '{"sku":"F-11","name":"last one"}',
  ].join("\n");

  test("lists its faults by line, and changes nothing", async () => {
    const { body } = await send(faulty);
    expect(body).toMatchObject({ status: 422, code: "import.faults" });
    expect(body.faults.map((fault: { at: string }) => fault.at)).toEqual([
      "line 2 uom",
      "line 3",
      "line 8 item.gtins[0]",
      "line 9",
      "line 10",
    ]);
    expect(await exists("F-1")).toBe(false);
    const readable = jsonl({ sku: "F-1", name: "one" }, { sku: "F-5", name: "five", family: "F-6" });
    const second = await send(readable);
    expect(second.body.faults).toMatchObject([{ at: "line 2 item.family" }]);
    expect(await exists("F-1")).toBe(false);
    expect(await staged()).toBe(0);
  });

  test("skips them if asked to, and says what it would do without doing it", async () => {
    const dry = await send(faulty, "?mode=skip_faulty&dry_run=true");
    expect(dry.body).toMatchObject({ lines: 10, added: 3, faulty: 7, dry_run: true });
    expect(await exists("F-1")).toBe(false);
    const done = await send(faulty, "?mode=skip_faulty");
    expect(done.body).toEqual({ ...dry.body, dry_run: false });
    expect(done.body.faults.map((fault: { line: number }) => fault.line)).toEqual([2, 3, 4, 5, 8, 9, 10]);
    for (const sku of ["F-1", "F-6", "F-11"]) expect(await exists(sku), sku).toBe(true);
  });

  test("of CSV says what is wrong with its columns, cells and quotes", async () => {
    const one = async (body: string) => (await send(body, "", types.csv)).body.faults?.[0];
    expect(await one("sku,nam\nC-1,x\n")).toMatchObject({
      at: "line 1",
      detail: expect.stringContaining("no column nam"),
    });
    expect(await one("sku,sku\nC-1,x\n")).toMatchObject({ at: "line 1" });
    expect(await one("sku,name\nC-1,x,y\n")).toMatchObject({
      at: "line 2",
      detail: expect.stringContaining("3 cells"),
    });
    expect(await one('sku,name\nC-1,"x\n')).toMatchObject({ at: "line 2" });
    expect(await one('sku,name\nC-1,x"y\n')).toMatchObject({ at: "line 2", detail: expect.stringContaining("no CSV") });
    expect(await one('{"sku":"C-1"}\n')).toMatchObject({ at: "line 1", detail: expect.stringContaining("no CSV") });
    expect(await one("sku,name,packs\nC-1,x,no\n")).toMatchObject({ at: "line 2 packs" });
    expect((await send("\ufeffsku,name\r\nC-1,x\r\n", "", types.csv)).body).toMatchObject({ added: 1 });
  });

  test("is done once for its key, in both modes, and refused under it with another body", async () => {
    for (const mode of ["all_or_nothing", "skip_faulty"]) {
      const headers = { "idempotency-key": randomUUID() };
      const body = jsonl({ sku: `K-${mode}`, name: "k" });
      const first = await send(body, `?mode=${mode}`, types.jsonl, headers);
      expect(first.body).toMatchObject({ added: 1 });
      expect((await send(body, `?mode=${mode}`, types.jsonl, headers)).body).toEqual(first.body);
      const other = await send(jsonl({ sku: "K-2", name: "k" }), `?mode=${mode}`, types.jsonl, headers);
      expect(other.body).toMatchObject({ status: 422, code: "idempotency.reused" });
    }
  });

  test("of nothing, and of another type, is answered", async () => {
    expect((await send("")).body).toMatchObject({ lines: 0, faulty: 0 });
    expect((await send("{}", "", "application/json")).body).toMatchObject({ status: 400, code: "request.invalid" });
    expect((await send("{}", "?mode=some")).body).toMatchObject({ status: 400, code: "request.invalid" });
  });

  test("of more than the usual body comes in one request", async () => {
    const lines = Array.from({ length: 12_000 }, (_, n) => ({ sku: `BULK-${n}`, name: `Item ${n} ${"x".repeat(60)}` }));
    const body = jsonl(...lines);
    expect(body.length).toBeGreaterThan(1024 * 1024);
    expect((await send(body)).body).toMatchObject({ lines: 12_000, added: 12_000 });
    const text: string = (await api.get("/v1/items/export")).body;
    expect(text.split("\n").filter(line => line.includes('"BULK-'))).toHaveLength(12_000);
  });
});
