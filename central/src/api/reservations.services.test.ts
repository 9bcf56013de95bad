import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

const soon = { timeout: 10_000, interval: 20 };

let ledger: TestLedger;
let api: TestApi;
let lyon: TestSite;
let oslo: TestSite;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** Each test has an item of its own: 10 at lyon's dock, 4 on its shelf, 7 at oslo's dock. */
let sku: string;
let code: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  sku = `OAT-${count}`;
  code = `code:OAT-${count}`;
  await api.post("/v1/items", { sku, name: "Oat drink", codes: [code] });
  lyon ??= new TestSite("lyon");
  oslo ??= new TestSite("oslo");
  await ledger.apply(lyon, [
    { code, quantity: 10, to: "dock", eventTimeMs: noonMs },
    { code, quantity: 4, to: "shelf", eventTimeMs: noonMs },
  ]);
  await ledger.apply(oslo, [{ code, quantity: 7, to: "dock", eventTimeMs: noonMs }]);
});

const reserve = (body: object, headers: Record<string, string> = {}) => api.post("/v1/reservations", body, headers);
const one = (quantity: number, more: object = {}) => ({ lines: [{ sku, quantity, ...more }] });

/** `on hand / reserved / available` of the test's item. */
async function stock(): Promise<string> {
  const { body } = await api.get(`/v1/stock/${sku}`);
  return `${body.on_hand}/${body.reserved}/${body.available}`;
}

async function shortages(state: "open" | "resolved") {
  const { body } = await api.get(`/v1/exceptions?problem=stock.shortage&state=${state}`);
  return body.items.filter((each: { key: string }) => each.key.startsWith(`${sku} `));
}

/** Moves the time of a reservation into the past, as if so long had gone by. */
async function pass(id: string): Promise<void> {
  await ledger.pool.query(
    `update reservation set created_at = created_at - interval '1 day', expires_at = now() - interval '1 s' where id = $1`,
    [id],
  );
}

describe("reserving", () => {
  test("holds at the place that has the most, and takes it from what is available", async () => {
    const { status, body } = await reserve({ ...one(9), reference: "SO-1", expires_in_s: 60 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: "held", policy: "one_place", reference: "SO-1", ended_at: null });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(60_000);
    const held = { quantity: 9, held: 9, fulfilled: 0, released: 0 };
    expect(body.lines).toEqual([{ sku, ...held, holds: [{ site: "lyon", place: "dock", ...held }] }]);
    expect(await stock()).toBe("21/9/12");
    const { body: again } = await api.get(`/v1/reservations/${body.id}`);
    expect(again).toEqual(body);
  });

  test("is refused with what is available, and then holds nothing of any line", async () => {
    const { status, body } = await reserve({
      lines: [
        { sku, quantity: 5 },
        { sku, quantity: 8 },
      ],
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "reservation.insufficient",
      at: "body.lines[1].quantity",
      detail: `8 of ${sku} were asked for, 16 are available, at most 7 of them at one place.`,
    });
    expect(await stock()).toBe("21/0/21");
  });

  test.each([
    ["anywhere", {}, "fewest_places", 21, ["lyon/dock 10", "lyon/shelf 4", "oslo/dock 7"]],
    ["at as few places as hold it", {}, "fewest_places", 12, ["lyon/dock 10", "oslo/dock 2"]],
    ["at a site", { site: "lyon" }, "fewest_places", 14, ["lyon/dock 10", "lyon/shelf 4"]],
    ["at a place", { site: "lyon", place: "shelf" }, "one_place", 4, ["lyon/shelf 4"]],
    ["at the nearest site first", {}, "nearest", 9, ["lyon/dock 2", "oslo/dock 7"]],
  ])("%s", async (_, where, policy, quantity, holds) => {
    const sites = policy === "nearest" ? { sites: ["oslo", "lyon"] } : {};
    const { status, body } = await reserve({ ...one(quantity, where), policy, ...sites });
    expect(status, JSON.stringify(body)).toBe(201);
    const found = body.lines[0].holds.map((hold: { site: string; place: string; quantity: number }) => {
      return `${hold.site}/${hold.place} ${hold.quantity}`;
    });
    expect(found.sort()).toEqual(holds);
  });

  test("from the nearest sites takes from no other", async () => {
    expect((await reserve({ ...one(8), policy: "nearest", sites: ["oslo"] })).body.code).toBe(
      "reservation.insufficient",
    );
  });

  test.each([
    [{ policy: "nearest" }, 422, "reservation.policy", "body.sites"],
    [{ sites: ["lyon"] }, 422, "reservation.policy", "body.sites"],
    [{ policy: "last_expiry" }, 400, "request.invalid", undefined],
    [{ lines: [{ sku: "NOBODY", quantity: 1 }] }, 404, "item.unknown", "body.lines[0].sku"],
    [{ lines: [{ sku: "OAT-1", quantity: 1, site: "rome" }] }, 404, "site.unknown", "body.lines[0].site"],
    [{ lines: [{ sku: "OAT-1", quantity: 1, site: "lyon", place: "x" }] }, 404, "place.unknown", "body.lines[0].place"],
    [{ lines: [{ sku: "OAT-1", quantity: 1, place: "dock" }] }, 400, "request.invalid", undefined],
    [{ lines: [{ sku: "OAT-1", quantity: 1, site: "lyon", place: "supplier" }] }, 400, "request.invalid", undefined],
    [{ lines: [] }, 400, "request.invalid", undefined],
  ])("of %j is refused", async (given, status, code, at) => {
    const answer = await reserve({ ...one(1), ...given });
    expect(answer).toMatchObject({ status, body: { code } });
    if (at !== undefined) expect(answer.body.at).toBe(at);
  });

  test("does not promise what has gone to a customer", async () => {
    await ledger.apply(lyon, [{ code, quantity: 10, from: "dock", to: "customer", eventTimeMs: noonMs }]);
    expect((await reserve({ ...one(12), policy: "fewest_places" })).body.detail).toContain("11 are available");
  });

  test("I8: of a hundred requests at once for the last units, as many are granted as there are units", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => reserve(one(1, { site: "lyon", place: "dock" }))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(90);
    expect(await stock()).toBe("21/10/11");
  });
});

describe("an idempotency key", () => {
  test("gives the first answer again, also when both come at once, and also after it has ended", async () => {
    const key = { "idempotency-key": `key-${sku}` };
    const [first, second] = await Promise.all([reserve(one(3), key), reserve(one(3), key)]);
    expect(second).toMatchObject({ status: 201, body: first.body });
    await api.post(`/v1/reservations/${first.body.id}/release`, {});
    expect((await reserve(one(3), key)).body).toEqual(first.body);
    expect(await stock()).toBe("21/0/21");
  });

  test("with another body is refused; a request that was refused may be mended under it", async () => {
    const key = { "idempotency-key": `key-${sku}` };
    expect((await reserve(one(99), key)).status).toBe(409);
    expect((await reserve(one(1), key)).status).toBe(201);
    expect(await reserve(one(2), key)).toMatchObject({ status: 422, body: { code: "idempotency.reused" } });
    expect(await stock()).toBe("21/1/20");
  });

  test("keeps a part that is fulfilled twice from counting twice", async () => {
    const { body } = await reserve(one(5));
    const key = { "idempotency-key": `key-${sku}` };
    const fulfil = () => api.post(`/v1/reservations/${body.id}/fulfil`, one(2), key);
    const first = await fulfil();
    expect(first).toMatchObject({ status: 200, body: { state: "held", lines: [{ held: 3, fulfilled: 2 }] } });
    expect((await fulfil()).body).toEqual(first.body);
    expect(await stock()).toBe("21/3/18");
  });
});

describe("many at once", () => {
  test("are granted or refused each for itself, in their order, and kept as a whole", async () => {
    const reservations = [one(6), one(6), one(99), one(1, { site: "rome" }), one(4)];
    const key = { "idempotency-key": `bulk-${sku}` };
    const { status, body } = await api.post("/v1/reservations/bulk", { reservations }, key);
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { reservation: { lines: [{ holds: [{ site: "lyon", place: "dock" }] }] } },
      { reservation: { lines: [{ holds: [{ site: "oslo", place: "dock" }] }] } },
      {
        problem: { code: "reservation.insufficient", at: "body.reservations[2].lines[0].quantity" },
      },
      { problem: { code: "site.unknown", at: "body.reservations[3].lines[0].site" } },
      { reservation: { state: "held" } },
    ]);
    expect((await api.post("/v1/reservations/bulk", { reservations }, key)).body).toEqual(body);
    expect(await stock()).toBe("21/16/5");
  });
});

describe("ending", () => {
  test("fulfilled: what was promised is no longer held, and the goods go by their movement", async () => {
    const { body } = await reserve(one(4, { site: "lyon", place: "dock" }));
    await ledger.apply(lyon, [{ code, quantity: 4, from: "dock", to: "customer", eventTimeMs: noonMs }]);
    const { body: ended } = await api.post(`/v1/reservations/${body.id}/fulfil`, {});
    expect(ended).toMatchObject({ state: "fulfilled", lines: [{ quantity: 4, held: 0, fulfilled: 4 }] });
    expect(ended.ended_at).not.toBeNull();
    expect(await stock()).toBe("17/0/17");
  });

  test("in parts: the last of it names the end, and more than is held is refused", async () => {
    const { body } = await reserve({ ...one(12), policy: "fewest_places" });
    const end = (how: string, given: object) => api.post(`/v1/reservations/${body.id}/${how}`, given);
    expect((await end("fulfil", one(11, { site: "lyon" }))).body).toMatchObject({
      code: "reservation.insufficient",
      at: "body.lines[0].quantity",
    });
    expect((await end("fulfil", one(3, { site: "lyon" }))).body.lines[0]).toMatchObject({ held: 9, fulfilled: 3 });
    expect((await end("release", one(2, { site: "oslo", place: "dock" }))).body.lines[0]).toMatchObject({
      released: 2,
    });
    expect(await stock()).toBe("21/7/14");
    const { body: ended } = await end("fulfil", {});
    expect(ended).toMatchObject({ state: "fulfilled", lines: [{ held: 0, fulfilled: 10, released: 2 }] });
    expect(await stock()).toBe("21/0/21");
  });

  test.each(["fulfil", "release"])("twice is refused: %s", async how => {
    const { body } = await reserve(one(5));
    const ends = await Promise.all(
      ["fulfil", "release", how].map(each => api.post(`/v1/reservations/${body.id}/${each}`, {})),
    );
    expect(ends.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(ends.filter(({ status }) => status === 409).map(end => end.body.code)).toEqual(
      Array(2).fill("reservation.ended"),
    );
    expect(await stock()).toBe("21/0/21");
  });

  test("of what nobody has made is refused", async () => {
    const path = `/v1/reservations/${crypto.randomUUID()}`;
    expect((await api.post(`${path}/fulfil`, {})).body.code).toBe("reservation.unknown");
    expect((await api.get(path)).body.code).toBe("reservation.unknown");
  });

  test("past its time it cannot be fulfilled, whether it was swept or not, and its stock comes back by itself", async () => {
    const { body } = await reserve(one(5));
    await pass(body.id);
    expect(await api.post(`/v1/reservations/${body.id}/fulfil`, {})).toMatchObject({
      status: 409,
      body: { code: "reservation.ended" },
    });
    expect((await api.get(`/v1/reservations/${body.id}`)).body).toMatchObject({
      state: "expired",
      lines: [{ held: 0 }],
    });
    await vi.waitFor(async () => expect(await stock()).toBe("21/0/21"), soon);
    expect((await api.get(`/v1/reservations/${body.id}`)).body.state).toBe("expired");
  });
});

describe("the list", () => {
  test("is filtered by state, item, site and reference, and paged", async () => {
    const made: string[] = [];
    for (const [index, site] of ["lyon", "oslo", "lyon"].entries()) {
      const { body } = await reserve({ ...one(1, { site }), reference: index === 0 ? `REF-${sku}` : undefined });
      made.unshift(body.id);
    }
    await api.post(`/v1/reservations/${made[0]}/release`, {});
    const ids = async (query: string) => {
      const { body } = await api.get(`/v1/reservations?sku=${sku}&${query}`);
      return body.items.map((each: { id: string }) => made.indexOf(each.id)).sort();
    };
    expect(await ids("")).toEqual([0, 1, 2]);
    expect(await ids("state=held")).toEqual([1, 2]);
    expect(await ids("state=released")).toEqual([0]);
    expect(await ids("site=lyon")).toEqual([0, 2]);
    expect(await ids(`reference=REF-${sku}`)).toEqual([2]);
    await pass(made[1] ?? "");
    expect(await ids("state=expired")).toEqual([1]);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await api.get(`/v1/reservations?sku=${sku}&limit=2${query}`);
      seen.push(...body.items.map((each: { id: string }) => each.id));
      cursor = body.next_cursor;
    }
    expect(seen.sort()).toEqual(made.sort());
  });
});

describe("what is promised and taken all the same", () => {
  test("is a shortage, once while it lasts, and resolved when there is enough again", async () => {
    await reserve(one(8, { site: "lyon", place: "dock" }));
    const out = (quantity: number) => ({ code, quantity, from: "dock", to: "customer", eventTimeMs: noonMs });
    await ledger.apply(lyon, [out(3)]);
    await ledger.apply(lyon, [out(1)]);
    await vi.waitFor(async () => {
      expect(await shortages("open")).toMatchObject([{ key: `${sku} lyon/dock`, site: "lyon", count: 1 }]);
      expect((await shortages("open"))[0].detail).toContain("2 are missing");
    }, soon);
    expect(await stock()).toBe("17/8/9");
    await ledger.apply(lyon, [{ code, quantity: 2, to: "dock", eventTimeMs: noonMs }]);
    await vi.waitFor(async () => expect(await shortages("open")).toEqual([]), soon);
    expect(await shortages("resolved")).toHaveLength(1);
  });

  test.each(["release", "fulfil"])("is resolved by %s, too", async how => {
    const { body } = await reserve(one(8, { site: "lyon", place: "dock" }));
    await ledger.apply(lyon, [{ code, quantity: 8, from: "dock", to: "customer", eventTimeMs: noonMs }]);
    await vi.waitFor(async () => expect(await shortages("open")).toHaveLength(1), soon);
    await api.post(`/v1/reservations/${body.id}/${how}`, {});
    expect(await shortages("open")).toEqual([]);
  });

  test("is none while nothing is promised", async () => {
    await ledger.apply(lyon, [{ code, quantity: 50, from: "dock", to: "customer", eventTimeMs: noonMs }]);
    await vi.waitFor(async () => {
      const { rows } = await ledger.pool.query(
        "select from epoch left join follow_cursor on epoch_id = epoch.id where cursor_seq <> coalesce(seq, 0)",
      );
      expect(rows).toEqual([]);
    }, soon);
    expect(await shortages("open")).toEqual([]);
  });
});

test("sites are told what is reserved, many changes with one version", async () => {
  const told: { version: number; reserved: number | undefined }[] = [];
  const leave = ledger.feed.subscribe(({ site, version, levels, cursors }) => {
    expect(cursors).toEqual([]);
    if (site === "lyon") told.push({ version, reserved: levels.find(level => level.sku === sku)?.reserved });
  });
  const { rows } = await ledger.pool.query("select version from site where code = 'lyon'");
  const lines = Array.from({ length: 10 }, () => reserve(one(1, { site: "lyon", place: "dock" })));
  await Promise.all(lines);
  await vi.waitFor(() => expect(told.at(-1)?.reserved).toBe(10), soon);
  leave();
  expect(told.map(({ version }) => version)).toEqual(told.map((_, index) => rows[0].version + 1 + index));
  expect(told.length).toBeLessThan(5);
});
