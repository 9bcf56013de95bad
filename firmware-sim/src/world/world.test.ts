import { identify, isOutside } from "@tallygate/protocol";
import { describe, expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import type { WorldEvent } from "./events.ts";
import type { SitePlan, WorldPlan } from "./plan.ts";
import { createTruthKeeper, type Truth } from "./truth.ts";
import { createWorld } from "./world.ts";

const lyon: SitePlan = {
  site: "lyon",
  pallets: { firstMs: [0, 500], everyMs: [1000, 5000], pieces: [5, 20], items: [1, 3], tagged: true, countMax: 40 },
  gates: [
    {
      device: "dock-1",
      from: "supplier",
      to: "dock-1",
      stayMs: [0, 0],
      dwellMs: [1000, 4000],
      share: 1,
      keepMax: 1000,
    },
    {
      device: "inner-1",
      from: "dock-1",
      to: "storage",
      stayMs: [100, 9000],
      dwellMs: [500, 900],
      share: 1,
      keepMax: 1000,
    },
    {
      device: "dock-2",
      from: "storage",
      to: "customer",
      stayMs: [5000, 9000],
      dwellMs: [900, 900],
      share: 0.8,
      keepMax: 60,
    },
  ],
  scanners: [
    { device: "in", from: "supplier", to: "bench", everyMs: [500, 900], labels: ["ean-13", "gs1-128", "data-matrix"] },
    { device: "out", from: "bench", to: "customer", everyMs: [700, 2000], labels: ["ean-13", "data-matrix"] },
  ],
};
const plan: WorldPlan = { seed: "7", items: catalogue(12), sites: [lyon] };

function happen(world: WorldPlan, countMax = 10_000): readonly WorldEvent[] {
  const { next } = createWorld(world);
  const events: WorldEvent[] = [];
  for (let event = next(); event !== undefined && events.length < countMax; event = next()) events.push(event);
  return events;
}

function truthOf(events: readonly WorldEvent[]): Truth {
  const keeper = createTruthKeeper();
  for (const event of events) keeper.apply(event);
  return keeper.truth();
}

describe("the course of the world", () => {
  test("is the same for the same seed, and another for another seed", () => {
    expect(happen(plan)).toEqual(happen(plan));
    expect(happen({ ...plan, seed: "8" })).not.toEqual(happen(plan));
  });

  test("at one site does not change when another site is added", () => {
    const porto = { ...lyon, site: "porto" };
    const both = happen({ ...plan, sites: [lyon, porto] });
    expect(both.filter(({ site }) => site === "lyon")).toEqual(happen(plan));
    expect(both.filter(({ site }) => site === "porto").length).toBeGreaterThan(100);
  });

  test("comes to an end when the pallets are counted, with every pallet through the first gate", () => {
    const events = happen(plan);
    expect(events.length).toBeLessThan(10_000);
    expect(events.filter(event => event.device === "dock-1")).toHaveLength(40);
  });

  test("goes on without end when they are not", () => {
    const { countMax: _, ...endless } = lyon.pallets;
    expect(happen({ ...plan, sites: [{ ...lyon, pallets: endless }] }, 3000)).toHaveLength(3000);
  });

  test("ends where a person finds nothing to scan", () => {
    const out = lyon.scanners.filter(({ device }) => device === "out");
    expect(happen({ ...plan, sites: [{ ...lyon, gates: [], scanners: out }] })).toEqual([]);
  });

  test("goes forward in time, one crossing at a time through each gate", () => {
    const freeMs = new Map<string, number>();
    let lastMs = 0;
    for (const event of happen(plan)) {
      expect(event.atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = event.atMs;
      if (event.kind !== "crossing") continue;
      expect(event.atMs).toBeGreaterThanOrEqual(freeMs.get(event.device) ?? 0);
      freeMs.set(event.device, event.endMs);
    }
  });

  test("moves a thing only from where it is, and not before it is out of the last gate", () => {
    const places = new Map<string, { place: string; fromMs: number }>();
    // Someone takes pieces away at the dock, so that a group that goes on is filled up with what came after it.
    const taker = {
      device: "pick",
      from: "dock-1",
      to: "customer",
      everyMs: [300, 500],
      labels: ["data-matrix"],
    } as const;
    const sites = [{ ...lyon, scanners: [...lyon.scanners, taker] }];
    for (const event of happen({ ...plan, sites })) {
      const things = event.kind === "crossing" ? event.things : event.thing ? [event.thing] : [];
      for (const { epcHex } of things) {
        const { place, fromMs } = places.get(epcHex) ?? { place: "supplier", fromMs: 0 };
        expect(place).toBe(event.from);
        expect(event.atMs).toBeGreaterThanOrEqual(fromMs);
        places.set(epcHex, { place: event.to, fromMs: event.kind === "crossing" ? event.endMs : event.atMs });
      }
    }
    expect(places.size).toBeGreaterThan(300);
  });

  test("never scans out a class of things that is not there", () => {
    const levels = new Map<string, number>();
    for (const event of happen(plan)) {
      if (event.kind !== "scan" || event.thing !== undefined) continue;
      const { sku } = event.item;
      if (event.from === "bench") levels.set(sku, (levels.get(sku) ?? 0) - 1);
      else levels.set(sku, (levels.get(sku) ?? 0) + 1);
      expect(levels.get(sku)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("things", () => {
  test("have an EPC that says the same as their code", () => {
    for (const event of happen(plan)) {
      for (const { epcHex, code } of event.kind === "crossing" ? event.things : []) {
        expect(identify({ epcHex }).key).toBe(code);
      }
    }
  });

  test("of two sites are never alike, nor those of two seeds", () => {
    const sites = Array.from({ length: 3 }, (_, index) => ({ ...lyon, site: `site-${index}` }));
    const events = [...happen({ ...plan, sites }), ...happen({ ...plan, seed: "other", sites })];
    const arrived = events.flatMap(event =>
      event.device === "dock-1" && event.kind === "crossing" ? event.things : [],
    );
    expect(new Set(arrived.map(({ epcHex }) => epcHex)).size).toBe(arrived.length);
  });

  test("belong to items whose GTINs have the right check digit and are all different", () => {
    const gtins = catalogue(200).map(({ gtin }) => gtin);
    for (const gtin of gtins) expect(identify({ scan: `]C101${gtin}` })).toMatchObject({ kind: "class", gtin });
    expect(new Set(gtins).size).toBe(200);
  });
});

describe("the truth", () => {
  test("is a replay of all events, counted here in another way", () => {
    const events = happen(plan);
    const truth = truthOf(events);
    const last = new Map<string, { sku: string; place: string }>();
    const scanned = new Map<string, number>();
    for (const event of events) {
      for (const { epcHex, item } of event.kind === "crossing" ? event.things : event.thing ? [event.thing] : []) {
        if (item !== undefined) last.set(epcHex, { sku: item.sku, place: event.to });
      }
      if (event.kind === "crossing" || event.thing !== undefined) continue;
      const bench = event.to === "bench" ? 1 : -1;
      scanned.set(event.item.sku, (scanned.get(event.item.sku) ?? 0) + bench);
    }
    for (const { sku, place, onHand, tagged, scanned: sum } of truth.stock) {
      expect(tagged).toBe([...last.values()].filter(tag => tag.sku === sku && tag.place === place).length);
      expect(sum).toBe(place === "bench" ? (scanned.get(sku) ?? 0) : 0);
      expect(onHand).toBe(tagged + sum);
    }
    const stocked = truth.stock.reduce((total, { tagged }) => total + tagged, 0);
    expect(stocked).toBe([...last.values()].filter(({ place }) => !isOutside(place)).length);
    expect(stocked).toBeGreaterThan(20);
    expect(Object.fromEntries(truth.tags.map(({ epcHex, place }) => [epcHex, place]))).toEqual(
      Object.fromEntries([...last].map(([epcHex, { place }]) => [epcHex, place])),
    );
  });

  test("sums to zero for each item over places and outsides", () => {
    const truth = truthOf(happen(plan));
    const sums = new Map<string, number>();
    for (const { sku, onHand } of [...truth.stock, ...truth.outsides]) sums.set(sku, (sums.get(sku) ?? 0) + onHand);
    expect([...sums.values()].every(sum => sum === 0)).toBe(true);
    expect(sums.size).toBeGreaterThan(5);
  });

  test("keeps pallets apart from stock", () => {
    const truth = truthOf(happen(plan));
    expect(truth.pallets).toHaveLength(40);
    expect(truth.pallets.every(({ code, sku }) => code.startsWith("(00)") && sku === undefined)).toBe(true);
  });
});
