import { jetstream } from "@nats-io/jetstream";
import { connectNats } from "@tallygate/kit";
import { subjects } from "@tallygate/protocol";
import pg from "pg";
import { afterEach, expect, it } from "vitest";
import { TestSite } from "../../central/src/api/testing.ts";
import { reservedFaults } from "../../central/src/reservations/testing.ts";
import { at, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

const units = 500;
const attempts = 2_000;
const sku = "LAST";

let system: System;
afterEach(() => system[Symbol.asyncDispose]());

/**
 * One attempt as a careful client makes it: the same request under the same key until somebody answers. Every fourth does not
 * wait for its first answer, as when a network fails; whether it was granted then shows only when it asks again.
 */
async function attempt(urls: readonly string[], n: number, repeated: () => void): Promise<string | undefined> {
  const key = `attempt-${n}`;
  const authorization = `Bearer ${await system.caller.token()}`;
  for (let tries = 0; tries < 20; tries++) {
    if (tries > 0) repeated();
    const url = at(urls, (n + tries) % urls.length);
    const response = await fetch(`${url}/v1/reservations`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key, authorization },
      body: JSON.stringify({ lines: [{ sku, quantity: 1 }] }),
      signal: AbortSignal.timeout(n % 4 === 0 && tries === 0 ? 20 + n : 30_000),
    }).catch(() => undefined);
    // A process that dies may have begun an answer; what is not all there is no answer.
    const body = await response?.json().catch(() => undefined);
    if (response === undefined || body === undefined || response.status === 503) continue;
    if (response.status === 201) return body.id;
    if (response.status === 409) return undefined;
    throw new Error(`attempt ${n} was answered ${response.status}: ${JSON.stringify(body)}`);
  }
  throw new Error(`attempt ${n} got no answer`);
}

async function query<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: system.database.url });
  await client.connect();
  try {
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function stocked(): Promise<void> {
  await system.post("/v1/items", { sku, name: "The last of them", codes: [`code:${sku}`] });
  const lyon = new TestSite("lyon");
  const nc = await connectNats(system.natsOfCentral, {});
  const batch = lyon.batch([{ code: `code:${sku}`, quantity: units, to: "dock-1" }]);
  await jetstream(nc).publish(subjects.movements("lyon"), JSON.stringify(batch));
  await nc.close();
  await until("the stock is there", async () => {
    const { on_hand } = await system.get<{ on_hand: number }>(`/v1/stock/${sku}`);
    return on_hand === units;
  });
}

it(`I8: of ${attempts} attempts at once on ${units} units over two centres, one of them killed -9, exactly ${units} are granted and no answered grant is lost`, async () => {
  system = await openSystem({ scenario: { name: "none", seed: 1, items: 1, sites: {} }, centrals: 2 });
  await stocked();
  const urls = system.centrals.map(({ url }) => url);
  const granted: string[] = [];
  let repeats = 0;
  const kill = Promise.withResolvers<void>();
  const all = Array.from({ length: attempts }, async (_, n) => {
    const id = await attempt(urls, n, () => repeats++);
    if (id !== undefined && granted.push(id) === units / 5) kill.resolve(at(system.centrals, 1).part.kill());
  });
  await kill.promise;
  await Promise.all(all);
  expect(repeats, "some answers were lost with the centre that was killed").toBeGreaterThan(0);
  expect(new Set(granted).size).toBe(units);
  const [level] = await query<{ reserved: string }>("select sum(reserved)::text as reserved from stock");
  expect(level?.reserved).toBe(String(units));
  const held = await query<{ id: string }>("select id from reservation where state = 'held'");
  expect(held.map(({ id }) => id).sort()).toEqual(granted.sort());
  expect(await query(reservedFaults)).toEqual([]);
});
