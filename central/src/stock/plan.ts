import assert from "node:assert/strict";
import type { ProblemCode } from "@tallygate/protocol";
import { type LotDelta, LotDeltas, type StockDelta, StockDeltas } from "./deltas.ts";
import { placeLate } from "./history.ts";
import { type Books, type Line, type Meaning, type Recorded, type Stay, type Tag, takenFrom } from "./model.ts";
import { lotOf } from "./thing.ts";

/** A movement's row. Without `posting`, nothing is posted with the row itself. */
export interface PlannedRow {
  readonly recorded: Recorded;
  readonly posting: { readonly itemId: number; readonly from: number; readonly to: number } | undefined;
  /** The movement before this one of the same serialised thing. */
  readonly previous: { readonly epochId: number; readonly seq: number } | undefined;
}

/**
 * A line that is posted apart from its movement's row; `line` counts from 1. `pack`: the movement is of packs, and the line of the
 * units in them, so that the row keeps what was read.
 */
export interface FurtherLine extends Line {
  readonly recorded: Recorded;
  readonly line: number;
  readonly itemId: number;
  readonly quantity: number;
  readonly why: "late" | "bound" | "pack";
}

export interface HeldMovement {
  readonly recorded: Recorded;
  readonly problem: Extract<ProblemCode, "movement.code_unknown" | "movement.meaningless">;
  readonly detail: string;
}

export interface Plan {
  /** One for each movement, in order. */
  readonly rows: readonly PlannedRow[];
  readonly further: readonly FurtherLine[];
  /** Tags that were not there, and tags that changed, each as it is now, in the order of their codes. */
  readonly newTags: readonly Tag[];
  readonly changedTags: readonly Tag[];
  readonly stock: readonly StockDelta[];
  /** Of what moved under codes with a lot, also part of `stock`. */
  readonly lots: readonly LotDelta[];
  readonly held: readonly HeldMovement[];
}

export interface PlanInput {
  /** In the order in which they are applied: by epoch and sequence. */
  readonly movements: readonly Recorded[];
  readonly books: Books;
  /** The tags that the ledger has, of those that the movements name. */
  readonly tags: ReadonlyMap<string, Tag>;
  /** The stays of each tag that {@link lateTags} names and the ledger has. */
  readonly histories: ReadonlyMap<string, readonly Stay[]>;
  /** `bound`: the movements are recorded already and post now, beside their rows. */
  readonly why: "recorded" | "bound";
}

/**
 * The serialised things of which a movement is older than what is known by then, each with the earliest such event time:
 * their history must be read before {@link plan}.
 */
export function lateTags(movements: readonly Recorded[], tags: ReadonlyMap<string, Tag>): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const late = new Map<string, number>();
  for (const { movement, thing } of movements) {
    if (thing.kind !== "instance") continue;
    const { code, eventTimeMs } = movement;
    const known = seen.get(code) ?? tags.get(code)?.seen;
    if (known === undefined || eventTimeMs >= known) seen.set(code, eventTimeMs);
    else late.set(code, Math.min(eventTimeMs, late.get(code) ?? eventTimeMs));
  }
  return late;
}

/**
 * Turns recorded movements into all that the ledger changes by them. Pure: whether a movement is held, posted or late follows
 * from the input alone, and a fact is never refused.
 */
export function plan(input: PlanInput): Plan {
  return new Planner(input).run();
}

interface Taken {
  readonly itemId: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
}

/** The state of one {@link plan}: tags as they are after the movements so far. */
class Planner {
  private readonly input: PlanInput;
  private readonly tags = new Map<string, Tag>();
  private readonly histories = new Map<string, readonly Stay[]>();
  private readonly stock = new StockDeltas();
  private readonly lots = new LotDeltas();
  private readonly rows: PlannedRow[] = [];
  private readonly further: FurtherLine[] = [];
  private readonly held: HeldMovement[] = [];

  constructor(input: PlanInput) {
    this.input = input;
    for (const code of lateTags(input.movements, input.tags).keys()) {
      this.histories.set(code, input.histories.get(code) ?? []);
    }
  }

  run(): Plan {
    for (const recorded of this.input.movements) this.add(recorded);
    const changed = [...this.tags.values()].sort(byCode);
    return {
      rows: this.rows,
      further: this.further,
      newTags: changed.filter(tag => !this.input.tags.has(tag.code)),
      changedTags: changed.filter(tag => this.input.tags.has(tag.code)),
      stock: this.stock.sorted(),
      lots: this.lots.sorted(),
      held: this.held,
    };
  }

  private add(recorded: Recorded): void {
    switch (recorded.thing.kind) {
      case "class":
        this.addClass(recorded);
        break;
      case "instance":
        this.addInstance(recorded);
        break;
      case "unit":
        this.addUnit(recorded);
        break;
      case "none":
        this.hold(recorded, "movement.meaningless", "the code is that of a location");
        break;
    }
  }

  private addClass(recorded: Recorded): void {
    const meaning = this.meaningOfNew(recorded);
    if (meaning === undefined) return;
    const stay = this.stayOf(recorded);
    this.post(recorded, meaning, stay.fromId, stay.placeId, undefined);
  }

  private addInstance(recorded: Recorded): void {
    const { code, quantity, eventTimeMs } = recorded.movement;
    const tag = this.tags.get(code) ?? this.input.tags.get(code);
    if (quantity !== 1) this.hold(recorded, "movement.meaningless", `${quantity} of one serialised thing`);
    else if (tag === undefined) this.addFirst(recorded);
    else if (eventTimeMs < tag.seen) this.addLate(recorded, tag);
    else this.addNews(recorded, tag);
  }

  private addFirst(recorded: Recorded): void {
    const meaning = this.meaningOfNew(recorded);
    if (meaning === undefined) return;
    const stay = this.stayOf(recorded);
    this.post(recorded, meaning, stay.fromId, stay.placeId, undefined);
    this.remember(recorded, stay, meaning, stay.at);
  }

  private addNews(recorded: Recorded, tag: Tag): void {
    assert(hasItem(tag), "a serialised thing has an item");
    const stay = this.stayOf(recorded);
    const from = takenFrom(this.input.books, tag.placeId, recorded.siteId);
    this.post(recorded, tag, from, stay.placeId, tag);
    this.remember(recorded, stay, tag, from === stay.placeId ? tag.since : stay.at);
  }

  private addLate(recorded: Recorded, tag: Tag): void {
    assert(hasItem(tag), "a serialised thing has an item");
    const { code } = recorded.movement;
    const history = this.histories.get(code);
    assert(history !== undefined, "the history of a tag with a late movement is known");
    const placed = placeLate(history, this.stayOf(recorded), this.input.books);
    this.histories.set(code, placed.history);
    this.rows.push({ recorded, posting: undefined, previous: undefined });
    this.postFurther(recorded, tag, placed.lines, "late");
  }

  private addUnit(recorded: Recorded): void {
    const { code, eventTimeMs } = recorded.movement;
    const tag = this.tags.get(code) ?? this.input.tags.get(code);
    const late = tag !== undefined && eventTimeMs < tag.seen;
    this.rows.push({ recorded, posting: undefined, previous: late ? undefined : tag });
    if (late) return;
    const stay = this.stayOf(recorded);
    this.remember(recorded, stay, undefined, tag?.placeId === stay.placeId ? tag.since : eventTimeMs);
  }

  private post(recorded: Recorded, meaning: Meaning, from: number, to: number, previous: Tag | undefined): void {
    const { eventTimeMs: at, quantity } = recorded.movement;
    if (this.input.why === "bound") {
      this.rows.push({ recorded, posting: undefined, previous: undefined });
      this.postFurther(recorded, meaning, [{ from, to, at }], "bound");
    } else if (meaning.units === 1) {
      const { itemId } = meaning;
      this.rows.push({ recorded, posting: from === to ? undefined : { itemId, from, to }, previous });
      this.take(recorded, { itemId, from, to, quantity });
    } else {
      this.rows.push({ recorded, posting: undefined, previous });
      if (from !== to) this.postFurther(recorded, meaning, [{ from, to, at }], "pack");
    }
  }

  private postFurther(recorded: Recorded, meaning: Meaning, lines: readonly Line[], why: FurtherLine["why"]): void {
    const { itemId, units } = meaning;
    const quantity = recorded.movement.quantity * units;
    for (const [index, line] of lines.entries()) {
      this.further.push({ ...line, recorded, line: index + 1, itemId, quantity, why });
      this.take(recorded, { itemId, from: line.from, to: line.to, quantity });
    }
  }

  private take({ movement, thing }: Recorded, line: Taken): void {
    const { itemId, from, to, quantity } = line;
    this.stock.take(itemId, from, to, quantity);
    const lot = thing.kind === "class" ? lotOf(movement.code) : undefined;
    if (lot !== undefined) this.lots.take(lot, itemId, from, to, quantity);
  }

  private stayOf({ siteId, movement }: Recorded): Stay {
    const { books } = this.input;
    const placeId = books.account(siteId, movement.to).id;
    return { at: movement.eventTimeMs, placeId, siteId, fromId: books.account(siteId, movement.from).id };
  }

  private remember(recorded: Recorded, stay: Stay, meaning: Meaning | undefined, since: number): void {
    const { epochId, seq, movement } = recorded;
    const { code } = movement;
    const { placeId, siteId, at } = stay;
    const { itemId, units } = meaning ?? { itemId: undefined, units: 1 };
    this.tags.set(code, { code, itemId, units, placeId, siteId, since, seen: at, epochId, seq });
    const history = this.histories.get(movement.code);
    if (history !== undefined) this.histories.set(movement.code, [...history, stay]);
  }

  /** What is meant by what the ledger has not seen yet; without an item, the movement is held. */
  private meaningOfNew(recorded: Recorded): Meaning | undefined {
    const { movement, thing } = recorded;
    const meaning = this.input.books.meaning(thing.classKey);
    if (meaning === undefined) {
      this.hold(recorded, "movement.code_unknown", `no item has the code ${thing.classKey}; give it to one`);
      return undefined;
    }
    if (movement.from === movement.to) {
      this.hold(recorded, "movement.meaningless", `it goes from ${movement.from} to where it comes from`);
      return undefined;
    }
    return meaning;
  }

  private hold(recorded: Recorded, problem: HeldMovement["problem"], detail: string): void {
    this.rows.push({ recorded, posting: undefined, previous: undefined });
    this.held.push({ recorded, problem, detail });
  }
}

function hasItem(tag: Tag): tag is Tag & Meaning {
  return tag.itemId !== undefined;
}

function byCode(a: Tag, b: Tag): number {
  return a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
}
