import { OpenAPIHono } from "@tallygate/kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "../api/testing.ts";
import type { Authenticator } from "../auth/principal.ts";
import type { Role } from "../auth/roles.ts";
import { readEventsAfter, readHead } from "../db/events/log.ts";
import { listRefused, purgeRefused } from "../db/events/refused.ts";
import { emit } from "./emit.ts";
import { dayMs, happen, happening } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await ledger.apply(new TestSite("lyon"), [{ code: "code:OATS" }]);
  await ledger.apply(new TestSite("oslo"), [{ code: "code:OATS" }]);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** Lets an event happen that does not fit, at a site or at none; gives its row. */
async function refuse(site?: string) {
  const { rows } = await ledger.pool.query<{ id: number }>("select id from site where code = $1", [site]);
  await happen(ledger.pool, [happening({ siteId: rows[0]?.id, data: { sku: 7 } })]);
  while ((await emit(ledger.pool)).events > 0);
  const [row] = await listRefused(ledger.pool, { limit: 1 });
  if (row === undefined) throw new Error("nothing was refused");
  return row;
}

/** As it would be had the schema been mended: today's takes it. */
async function mend(id: number): Promise<void> {
  const data = { ...happening().data, undocumented: true };
  await ledger.pool.query("update event_refused set data = $2 where id = $1", [id, data]);
}

const exceptions = async () => (await api.get("/v1/exceptions?problem=event.refused&state=open")).body.items;
const resend = (id: number) => api.post(`/v1/events/refused/${id}/resend`, undefined);

test("a refused event is listed whole with what does not fit, and is sent anew once it fits: once, with its id, its time and the next number", async () => {
  const [first, second] = [await refuse("lyon"), await refuse("lyon")];
  const { body } = await api.get("/v1/events/refused?limit=1");
  expect(body.items).toMatchObject([
    { id: second.id, event_id: second.event_id, type: "item.added", subject: "/v1/items/OAT-1L", site: "lyon" },
  ]);
  expect(body.items[0]).toMatchObject({ data: { sku: 7 }, why: expect.stringContaining("data.sku") });
  const next = await api.get(`/v1/events/refused?limit=1&type=item.added&site=lyon&cursor=${body.next_cursor}`);
  expect(next.body.items).toMatchObject([{ id: first.id }]);
  const still = await resend(first.id);
  expect(still).toMatchObject({ status: 422, body: { code: "event.refused", at: "path.id" } });
  expect(still.body.detail).toContain("data.sku");
  await mend(first.id);
  await mend(second.id);
  const head = await readHead(ledger.pool);
  const answers = await Promise.all([resend(first.id), resend(first.id)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
  expect(await exceptions(), "another of its type waits").toHaveLength(1);
  expect((await resend(second.id)).body).toEqual({
    event_id: second.event_id,
    type: "item.added",
    subject: "/v1/items/OAT-1L",
  });
  expect(await exceptions()).toEqual([]);
  await emit(ledger.pool);
  const told = (await readEventsAfter(ledger.pool, head, 10)).filter(({ type }) => type === "item.added");
  expect(told.map(({ id, timeMs, site, data }) => ({ id, timeMs, site, data }))).toEqual(
    [first, second].map(({ event_id: id, time_ms: timeMs }) => ({ id, timeMs, site: "lyon", data: happening().data })),
  );
  const { rows: changes } = await ledger.pool.query(
    "select actor, resource, before from api_change where action = 'event.resend' order by id",
  );
  expect(changes).toMatchObject([
    { actor: "client:anyone", resource: `/v1/events/refused/${first.id}`, before: { id: first.event_id } },
    { resource: `/v1/events/refused/${second.id}` },
  ]);
});

function as(role: Role, sites: "all" | readonly string[]): Promise<TestApi> {
  const principal = {
    kind: "client",
    id: "shop",
    grants: [{ role, sites: sites === "all" ? sites : [...sites] }],
  } as const;
  const authenticator: Authenticator = { authenticate: async () => ({ ok: true, value: principal }) };
  return openTestApi(ledger, undefined, { authenticator, routes: new OpenAPIHono() });
}

test("a caller sees and sends refused events of the sites that are the caller's, and those of none are for who has all", async () => {
  const [lyon, oslo, none] = [await refuse("lyon"), await refuse("oslo"), await refuse()];
  for (const { id } of [lyon, oslo, none]) await mend(id);
  await using own = await as("integrator", ["lyon"]);
  const { body } = await own.get("/v1/events/refused");
  expect(body.items).toMatchObject([{ id: lyon.id }]);
  expect((await own.get("/v1/events/refused?site=oslo")).body.items ?? []).toEqual([]);
  for (const { id } of [oslo, none]) expect((await own.post(`/v1/events/refused/${id}/resend`, {})).status).toBe(404);
  await using auditor = await as("auditor", "all");
  expect((await auditor.get("/v1/events/refused")).body.items).toHaveLength(3);
  expect((await auditor.post(`/v1/events/refused/${lyon.id}/resend`, {})).status).toBe(403);
  expect((await own.post(`/v1/events/refused/${lyon.id}/resend`, {})).status).toBe(200);
});

test("refused events are kept as long as events are", async () => {
  const [old, young] = [await refuse("lyon"), await refuse("lyon")];
  await ledger.pool.query("update event_refused set refused_at = now() - interval '31 days' where id <= $1", [old.id]);
  await purgeRefused(ledger.pool, 30 * dayMs, 100);
  expect((await listRefused(ledger.pool, { limit: 10 })).map(({ id }) => id)).toEqual([young.id]);
});
