import { isOutside } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import { createRandom, type Random } from "../random.ts";
import type { Item } from "./catalogue.ts";
import type { Crossing, Label, Scan, WorldEvent } from "./events.ts";
import type { GatePlan, ScannerPlan, SitePlan } from "./plan.ts";
import { createStock, type Stock } from "./stock.ts";
import { createThingMaker, type Thing, type ThingMaker } from "./things.ts";

/** What is going to be tried at a site, at a time that is kept outside. */
export type Intent =
  | { readonly kind: "pallet" }
  | { readonly kind: "crossing"; readonly gate: GatePlan; readonly group: number }
  | { readonly kind: "scan"; readonly scanner: ScannerPlan };

export type Schedule = (atMs: number, intent: Intent) => void;

export interface SiteWorld {
  begin(): void;
  /** Does what was intended, if it can be done, and schedules what follows from it. */
  act(intent: Intent, nowMs: number): WorldEvent | undefined;
}

interface Context {
  readonly plan: SitePlan;
  readonly items: readonly Item[];
  readonly random: Random;
  readonly maker: ThingMaker;
  readonly stock: Stock;
  readonly schedule: Schedule;
  readonly progress: Progress;
}

interface Progress {
  pallets: number;
  crossingsIntended: number;
  readonly scans: Map<string, { done: number; idle: number }>;
  readonly gateFreeMs: Map<string, number>;
}

/** One site's part of the world. Its chance is its own: another site beside it changes nothing here. */
export function createSiteWorld(
  seed: string,
  plan: SitePlan,
  siteIndex: number,
  items: readonly Item[],
  schedule: Schedule,
): SiteWorld {
  const random = createRandom(`${seed}/${plan.site}`);
  const context: Context = {
    plan,
    items,
    random,
    maker: createThingMaker(seed, siteIndex),
    stock: createStock(),
    schedule,
    progress: { pallets: 0, crossingsIntended: 0, scans: new Map(), gateFreeMs: new Map() },
  };
  return {
    begin() {
      if (entries(plan).length > 0) intendPallet(context, random.whole(plan.pallets.firstMs));
      for (const scanner of plan.scanners) schedule(random.whole(scanner.everyMs), { kind: "scan", scanner });
    },
    act(intent, nowMs) {
      switch (intent.kind) {
        case "pallet":
          return arrive(context, nowMs);
        case "crossing":
          return goOn(context, intent.gate, intent.group, nowMs);
        case "scan":
          return scan(context, intent.scanner, nowMs);
      }
    },
  };
}

/** The gates through which new goods come in. */
function entries(plan: SitePlan): readonly GatePlan[] {
  return plan.gates.filter(gate => isOutside(gate.from));
}

function intendPallet({ plan, schedule, progress }: Context, atMs: number): void {
  if (progress.pallets >= (plan.pallets.countMax ?? Number.POSITIVE_INFINITY)) return;
  progress.pallets++;
  schedule(atMs, { kind: "pallet" });
  progress.crossingsIntended++;
}

function arrive(context: Context, nowMs: number): Crossing | undefined {
  const { plan, random, maker, progress, schedule } = context;
  const gates = entries(plan);
  const gate = random.pick(gates.filter(({ device }) => freeMs(progress, device) <= nowMs));
  if (gate === undefined) {
    schedule(Math.min(...gates.map(({ device }) => freeMs(progress, device))), { kind: "pallet" });
    return undefined;
  }
  progress.crossingsIntended--;
  intendPallet(context, nowMs + random.whole(plan.pallets.everyMs));
  const wares = Array.from({ length: random.whole(plan.pallets.items) }, () => random.pick(context.items));
  const pieces = Array.from({ length: random.whole(plan.pallets.pieces) }, () => random.pick(wares));
  const things = pieces.filter(item => item !== undefined).map(item => maker.piece(item));
  return cross(context, gate, plan.pallets.tagged ? [maker.pallet(), ...things] : things, nowMs);
}

function goOn(context: Context, gate: GatePlan, group: number, nowMs: number): Crossing | undefined {
  const { stock, progress } = context;
  progress.crossingsIntended--;
  const free = freeMs(progress, gate.device);
  if (free > nowMs) {
    intendCrossing(context, gate, group, free);
    return undefined;
  }
  const tooMany = Math.max(0, stock.countAt(gate.from) - gate.keepMax);
  const count = Math.min(limits.crossingThingsMax, Math.max(Math.round(group * gate.share), tooMany));
  const things = stock.oldest(gate.from, count, nowMs);
  return things.length === 0 ? undefined : cross(context, gate, things, nowMs);
}

/** Takes things through a gate now; what came to a place will go on from there. */
function cross(context: Context, gate: GatePlan, things: readonly Thing[], nowMs: number): Crossing {
  const { plan, random, stock, progress } = context;
  const endMs = nowMs + random.whole(gate.dwellMs);
  progress.gateFreeMs.set(gate.device, endMs);
  for (const thing of things) stock.move(thing, gate.from, gate.to, endMs);
  const near = [gate.from, gate.to].flatMap(place => stock.oldest(place, limits.nearThingsMax / 2, nowMs));
  const next = random.pick(plan.gates.filter(other => other.from === gate.to));
  if (next !== undefined) intendCrossing(context, next, things.length, endMs + random.whole(next.stayMs));
  return {
    kind: "crossing",
    atMs: nowMs,
    endMs,
    site: plan.site,
    device: gate.device,
    from: gate.from,
    to: gate.to,
    things,
    near,
  };
}

/** From when on the gate has nothing in it. One crossing at a time: two pallets do not fit. */
function freeMs(progress: Progress, device: string): number {
  return progress.gateFreeMs.get(device) ?? 0;
}

function intendCrossing({ schedule, progress }: Context, gate: GatePlan, group: number, atMs: number): void {
  progress.crossingsIntended++;
  schedule(atMs, { kind: "crossing", gate, group });
}

function scan(context: Context, scanner: ScannerPlan, nowMs: number): Scan | undefined {
  const { plan, random, schedule, progress } = context;
  const { done, idle } = progress.scans.get(scanner.device) ?? { done: 0, idle: 0 };
  const goodsAreDone = scanner.countMax === undefined && entries(plan).length > 0 && progress.crossingsIntended === 0;
  const isFull = done >= (scanner.countMax ?? Number.POSITIVE_INFINITY) || idle > limits.idleScansMax;
  if (isFull || goodsAreDone) return undefined;
  schedule(nowMs + Math.max(1, random.whole(scanner.everyMs)), { kind: "scan", scanner });
  const label = random.pick(scanner.labels);
  const made = label === undefined ? undefined : makeScan(context, scanner, label, nowMs);
  progress.scans.set(scanner.device, made === undefined ? { done, idle: idle + 1 } : { done: done + 1, idle: 0 });
  return made;
}

/** Nothing is scanned when there is nothing at `from` that has such a label. */
function makeScan(context: Context, scanner: ScannerPlan, label: Label, nowMs: number): Scan | undefined {
  const { plan, random, stock } = context;
  const { device, from, to } = scanner;
  const fixed = { kind: "scan", atMs: nowMs, site: plan.site, device, from, to, label } as const;
  if (label === "data-matrix") {
    const thing = isOutside(from) ? newThing(context) : stock.oldest(from, limits.nearThingsMax, nowMs).find(isPiece);
    if (thing?.item === undefined || thing.serial === undefined) return undefined;
    stock.move(thing, from, to, nowMs);
    const elements = [
      { ai: "01", value: thing.item.gtin },
      { ai: "21", value: thing.serial },
    ];
    return { ...fixed, item: thing.item, elements, thing };
  }
  const skus = isOutside(from) ? undefined : stock.classesAt(from);
  const item = random.pick(context.items.filter(({ sku }) => skus === undefined || skus.includes(sku)));
  if (item === undefined) return undefined;
  stock.addClass(from, item.sku, -1);
  stock.addClass(to, item.sku, 1);
  const gtin = { ai: "01", value: item.gtin };
  return { ...fixed, item, elements: label === "ean-13" ? [gtin] : [gtin, ...dated(random)] };
}

function newThing({ items, maker, random }: Context): Thing | undefined {
  const item = random.pick(items);
  return item === undefined ? undefined : maker.piece(item);
}

function isPiece(thing: Thing): boolean {
  return thing.item !== undefined;
}

/** An expiry date (AI 17) and a lot (AI 10). */
function dated(random: Random): Scan["elements"] {
  const date = `${random.whole([28, 30])}${two(random.whole([1, 12]))}${two(random.whole([1, 28]))}`;
  return [
    { ai: "17", value: date },
    { ai: "10", value: `L${random.whole([1000, 9999])}` },
  ];
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
