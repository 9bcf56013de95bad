import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { followAll } from "../follow/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import type { AskedLine } from "./ask.ts";
import { Names } from "./names.ts";
import type { PolicyName } from "./policies/index.ts";
import type { Reservations } from "./reservations.ts";
import { sweep } from "./sweep.ts";
import { ask, openTestReservations, reservedFaults, toEnd, toReserve } from "./testing.ts";

const skus = ["A", "B"] as const;
const places = ["lyon/dock", "lyon/shelf", "oslo/dock"] as const;
type Sku = (typeof skus)[number];
type Place = (typeof places)[number];

let server: TestServer;
let ledger: TestLedger;
let processes: readonly Reservations[];
let round = 0;
const edges = { lyon: new TestEdge("lyon"), oslo: new TestEdge("oslo") };

beforeAll(async () => {
  server = await openTestServer();
  ledger = await openTestLedger(server);
  // Of equal places the older one is taken: they are made in the order in which the model has them.
  await ledger.apply(edges.lyon.record({ code: "code:first", to: "dock" }, { code: "code:first", to: "shelf" }));
  await ledger.apply(edges.oslo.record({ code: "code:first", to: "dock" }));
  processes = [openTestReservations(ledger.pool), openTestReservations(ledger.pool)];
});

afterAll(async () => {
  for (const process of processes ?? []) await process[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

interface Held {
  readonly sku: Sku;
  readonly place: Place;
  readonly quantity: number;
}

/** The world in plain words: what is where, and who holds what. */
class Model {
  readonly onHand = new Map<string, number>();
  readonly held = new Map<string, Held[]>();
  readonly ids: string[] = [];
  readonly ended = new Set<string>();

  reserved(sku: Sku, place: Place): number {
    const all = [...this.held.values()].flat();
    return all.reduce((sum, hold) => sum + (hold.sku === sku && hold.place === place ? hold.quantity : 0), 0);
  }

  available(sku: Sku, place: Place): number {
    return (this.onHand.get(`${sku} ${place}`) ?? 0) - this.reserved(sku, place);
  }

  isShort(sku: Sku, place: Place): boolean {
    return this.reserved(sku, place) > 0 && this.available(sku, place) < 0;
  }
}

/** The real thing of one run: items of its own, so that all runs share one database. */
interface Real {
  readonly items: Readonly<Record<Sku, string>>;
  readonly edges: Readonly<Record<string, TestEdge>>;
}

type Step = fc.AsyncCommand<Model, Real>;

class Move implements Step {
  readonly given: { sku: Sku; place: Place; quantity: number; isIn: boolean };
  constructor(given: Move["given"]) {
    this.given = given;
  }
  check = () => true;
  async run(model: Model, { items, edges }: Real): Promise<void> {
    const { sku, place, quantity, isIn } = this.given;
    const [site = "", code = ""] = place.split("/");
    const accounts = isIn ? { from: "supplier", to: code } : { from: code, to: "customer" };
    const batch = edges[site]?.record({ code: `code:${items[sku]}`, quantity, ...accounts });
    if (batch !== undefined) await ledger.apply(batch);
    const key = `${sku} ${place}`;
    model.onHand.set(key, (model.onHand.get(key) ?? 0) + (isIn ? quantity : -quantity));
  }
  toString = () => `${this.given.isIn ? "in" : "out"} ${this.given.quantity} ${this.given.sku} ${this.given.place}`;
}

interface Wanted {
  readonly sku: Sku;
  readonly quantity: number;
  readonly where: Place | "lyon" | "oslo" | undefined;
}

class Reserve implements Step {
  readonly given: { lines: Wanted[]; policy: PolicyName; process: number };
  constructor(given: Reserve["given"]) {
    this.given = given;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const { lines, policy, process } = this.given;
    const sites = policy === "nearest" ? ["oslo", "lyon"] : [];
    const asked = toReserve(
      lines.map(line => asLine(line, real)),
      { policy, sites },
    );
    const result = await ask(chosen(process), asked);
    const expected = this.isPossible(model);
    expect(result.ok, `${this} should be ${expected ? "granted" : "refused"}`).toBe(expected);
    if (!result.ok) return expect(result.problem.code).toBe("reservation.insufficient") as unknown as undefined;
    const holds = result.value.lines.flatMap(({ sku, holds }) =>
      holds.map(({ site, place, quantity }) => {
        return { sku: skuOf(sku, real), place: `${site}/${place}` as Place, quantity };
      }),
    );
    for (const hold of holds) expect(hold.quantity).toBeLessThanOrEqual(model.available(hold.sku, hold.place));
    expect(result.value.lines.map(line => line.quantity)).toEqual(lines.map(line => line.quantity));
    model.held.set(result.value.id, holds);
    model.ids.push(result.value.id);
    for (const each of places) for (const sku of skus) expectNotMade(model, sku, each, holds);
  }
  /** Line by line, as a person with a list would: the best place, or one after the other. */
  private isPossible(model: Model): boolean {
    const taken = new Map<string, number>();
    for (const line of this.given.lines) {
      const open = matching(line.where)
        .map(place => ({ place, left: model.available(line.sku, place) - (taken.get(`${line.sku} ${place}`) ?? 0) }))
        .filter(({ left }) => left > 0)
        .sort((a, b) => this.order(a, b));
      if (this.given.policy === "one_place") open.splice(1);
      let missing = line.quantity;
      for (const { place, left } of open) {
        const part = Math.min(missing, left);
        const key = `${line.sku} ${place}`;
        taken.set(key, (taken.get(key) ?? 0) + part);
        missing -= part;
      }
      if (missing > 0) return false;
    }
    return true;
  }
  private order(a: { place: Place; left: number }, b: { place: Place; left: number }): number {
    const near = (place: Place) => (place.startsWith("oslo") ? 0 : 1);
    const bySite = this.given.policy === "nearest" ? near(a.place) - near(b.place) : 0;
    return bySite || b.left - a.left || places.indexOf(a.place) - places.indexOf(b.place);
  }
  toString = () => `reserve ${JSON.stringify(this.given)}`;
}

/** A reservation takes nothing that was not available. */
function expectNotMade(model: Model, sku: Sku, place: Place, holds: readonly Held[]): void {
  const taken = holds.some(hold => hold.sku === sku && hold.place === place);
  if (taken) expect(model.available(sku, place)).toBeGreaterThanOrEqual(0);
}

class End implements Step {
  readonly given: { how: "fulfil" | "release"; which: number; process: number; part: number | undefined };
  constructor(given: End["given"]) {
    this.given = given;
  }
  check = (model: Readonly<Model>) => model.ids.length > 0;
  async run(model: Model, real: Real): Promise<void> {
    const { how, which, process, part } = this.given;
    const id = model.ids[which % model.ids.length] ?? "";
    const holds = model.held.get(id) ?? [];
    const [first] = holds;
    const lines =
      part === undefined || first === undefined
        ? undefined
        : [asLine({ sku: first.sku, quantity: part, where: first.place }, real)];
    const result = await ask(chosen(process), toEnd(how, id, lines));
    if (model.ended.has(id)) return expectCode(result, "reservation.ended");
    const there = holds.filter(hold => hold.sku === first?.sku && hold.place === first.place);
    const most = there.reduce((sum, hold) => sum + hold.quantity, 0);
    if (part !== undefined && part > most) return expectCode(result, "reservation.insufficient");
    expect(result.ok, `${this}: ${JSON.stringify(result)}`).toBe(true);
    const left = lines === undefined ? [] : without(holds, there, part ?? 0);
    model.held.set(id, left);
    if (left.length === 0) model.ended.add(id);
    const state = left.length > 0 ? "held" : how === "fulfil" ? "fulfilled" : "released";
    expect(result).toMatchObject({ value: { state } });
  }
  toString = () => JSON.stringify(this.given);
}

function without(holds: readonly Held[], there: readonly Held[], part: number): Held[] {
  let missing = part;
  return holds.flatMap(hold => {
    if (!there.includes(hold)) return [hold];
    const taken = Math.min(missing, hold.quantity);
    missing -= taken;
    return taken === hold.quantity ? [] : [{ ...hold, quantity: hold.quantity - taken }];
  });
}

/** Its time is over; it cannot be fulfilled from that moment on, and is swept then. */
class Expire implements Step {
  readonly which: number;
  constructor(which: number) {
    this.which = which;
  }
  check = (model: Readonly<Model>) => model.ids.some(id => !model.ended.has(id));
  async run(model: Model): Promise<void> {
    const open = model.ids.filter(id => !model.ended.has(id));
    const id = open[this.which % open.length] ?? "";
    const aged = "update reservation set expires_at = now() - interval '1 s' where id = $1";
    await ledger.pool.query(aged, [id]);
    expectCode(await ask(chosen(0), toEnd("fulfil", id)), "reservation.ended");
    // One of the two processes' own sweepers may be at it, or have done it.
    for (let tries = 0; (await sweep(ledger.pool, new Names())) !== 0; tries++) expect(tries).toBeLessThan(1_000);
    model.held.set(id, []);
    model.ended.add(id);
  }
  toString = () => `expire ${this.which}`;
}

function expectCode(result: { ok: boolean }, code: string): void {
  expect(result).toMatchObject({ ok: false, problem: { code } });
}

function chosen(process: number): Reservations {
  const found = processes[process % processes.length];
  if (found === undefined) throw new Error("there are no processes");
  return found;
}

function matching(where: Wanted["where"]): readonly Place[] {
  return places.filter(place => where === undefined || place === where || place.startsWith(`${where}/`));
}

function asLine({ sku, quantity, where }: Wanted, { items }: Real): AskedLine {
  const [site, place] = where?.split("/") ?? [];
  return { sku: items[sku], quantity, site, place };
}

function skuOf(name: string, { items }: Real): Sku {
  return name === items.A ? "A" : "B";
}

const sku = fc.constantFrom(...skus);
const place = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
const process = fc.nat({ max: 1 });
const wanted = fc.record({
  sku,
  quantity,
  where: fc.constantFrom(undefined, "lyon" as const, "oslo" as const, ...places),
});
const policy = fc.constantFrom<PolicyName>("one_place", "fewest_places", "nearest");
const steps = [
  fc.record({ sku, place, quantity, isIn: fc.boolean() }).map(given => new Move(given)),
  fc.record({ lines: fc.array(wanted, { minLength: 1, maxLength: 2 }), policy, process }).map(g => new Reserve(g)),
  fc.record({ lines: fc.tuple(wanted), policy, process }).map(given => new Reserve(given)),
  fc
    .record({
      how: fc.constantFrom("fulfil" as const, "release" as const),
      which: fc.nat(),
      process,
      part: fc.option(quantity, { nil: undefined }),
    })
    .map(given => new End(given)),
  fc.nat().map(which => new Expire(which)),
];

async function begin(): Promise<{ model: Model; real: Real }> {
  round += 1;
  const items = { A: `A-${round}`, B: `B-${round}` };
  for (const name of Object.values(items)) await ledger.bind(name, `code:${name}`);
  const model = new Model();
  const real = { items, edges };
  for (const sku of skus)
    for (const place of places) await new Move({ sku, place, quantity: 5, isIn: true }).run(model, real);
  return { model, real };
}

async function check(model: Model, { items }: Real): Promise<void> {
  await followAll(ledger.pool);
  const rows = await ledger.rows<{ sku: string; at: string; on_hand: number; reserved: number }>(
    `select sku, site.code || '/' || place.code as at, on_hand, reserved from stock join item on item.id = item_id
     join place on place.id = place_id join site on site.id = place.site_id where sku = any($1) and not outside`,
    [Object.values(items)],
  );
  const open = await ledger.rows<{ key: string }>(
    "select key from exception where problem = 'stock.shortage' and state = 'open' and split_part(key, ' ', 1) = any($1)",
    [Object.values(items)],
  );
  for (const sku of skus) {
    for (const at of places) {
      const row = rows.find(each => each.sku === items[sku] && each.at === at) ?? { on_hand: 0, reserved: 0 };
      const told = { onHand: row.on_hand, reserved: row.reserved };
      expect(told).toEqual({ onHand: model.onHand.get(`${sku} ${at}`) ?? 0, reserved: model.reserved(sku, at) });
      expect(open.filter(({ key }) => key === `${items[sku]} ${at}`)).toHaveLength(model.isShort(sku, at) ? 1 : 0);
    }
  }
}

test("I8: whatever is reserved, ended, moved and expired in whatever order, reserved is what is held, and only what is available is granted", {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 24, size: "max" }), async commands => {
      const { model, real } = await begin();
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await check(model, real);
    }),
    { numRuns: 300, endOnFailure: true },
  );
  expect(await ledger.rows(reservedFaults)).toEqual([]);
});
