import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recorded, Stay, Tag } from "./model.ts";
import { lateTags, plan } from "./plan.ts";
import { replay, sumsAsOf, type Taken } from "./replay.ts";
import { recorded, TestBooks } from "./testing.ts";

const known = "(01)09506000134352";
const unknown = "(01)09506000149547";
const box = "(01)19506000134359";
const unknownBox = "(01)19506000149544";
const classes = [known, unknown, box, unknownBox];
const codes = classes.flatMap(key => [key, `${key}(21)1`, `${key}(21)2`]);
const accounts = ["dock", "shelf", "transit", "supplier", "customer"];
const endOfTime = 1_000;

const move = fc
  .record({
    code: fc.constantFrom(...codes),
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    site: fc.integer({ min: 1, max: 3 }),
    at: fc.integer({ min: 0, max: 12 }),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  .filter(({ from, to }) => from !== to);
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** Transactions of movements; before the one with the number `boundAt`, the unknown code is given to an item. */
const story = fc.record({
  transactions: fc.array(fc.array(move, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 }),
  boundAt: fc.nat({ max: 12 }),
});

test("I5, I6, I9: whatever comes in whatever order, sums are zero, each thing is in one place, and history is as it happened", () => {
  fc.assert(
    fc.property(story, ({ transactions, boundAt }) => {
      const ledger = new MemoryLedger();
      let seq = 0;
      for (const [index, moves] of transactions.entries()) {
        if (index === boundAt) ledger.bindUnknown();
        ledger.apply(moves.map(one => movementOf(one, ++seq)).sort(inOrderOfEpochs), "recorded");
      }
      ledger.bindUnknown();
      checkLedger(ledger);
    }),
    { numRuns: 1_500 },
  );
});

function checkLedger({ lines, posted, books, stock, tags }: MemoryLedger): void {
  const told = replay(posted, books);
  for (let at = 0; at <= 12; at++) expect(sumsAsOf(lines, at)).toEqual(sumsAsOf(told, at));
  expect(stock).toEqual(sumsAsOf(lines, endOfTime));
  for (const itemId of [1, 2]) expect(sumOf(lines.filter(line => line.itemId === itemId))).toBe(0);
  for (const tag of tags.values()) {
    const own = lines.filter(line => line.code === tag.code);
    const first = told.find(line => line.code === tag.code);
    expect(ownedPlaces(own, books)).toEqual(expectedPlaces(tag, first, books));
  }
}

/** What is left of one thing at each real place: its units where it is, and so many less where its first movement took it from. */
function ownedPlaces(own: readonly Taken[], books: TestBooks): Record<string, number> {
  const left = [...sumsAsOf(own, endOfTime)].map(([key, sum]) => [Number(key.split(" ").at(-1)), sum] as const);
  return Object.fromEntries(left.filter(([id]) => !books.place(id).outside));
}

function expectedPlaces(tag: Tag, first: Taken | undefined, books: TestBooks): Record<string, number> {
  const expected: Record<string, number> = {};
  const { units } = tag;
  if (!books.place(tag.placeId).outside) expected[tag.placeId] = units;
  if (first !== undefined && !books.place(first.from).outside) {
    expected[first.from] = (expected[first.from] ?? 0) - units;
  }
  return Object.fromEntries(Object.entries(expected).filter(([, count]) => count !== 0));
}

function sumOf(lines: readonly Taken[]): number {
  let sum = 0;
  for (const quantity of sumsAsOf(lines, endOfTime).values()) sum += quantity;
  return sum;
}

function movementOf({ code, from, to, site, at, quantity }: Move, seq: number): Recorded {
  return recorded(seq, code, `${from} > ${to} @${site} t${at}`, code.includes("(21)") ? 1 : quantity);
}

function inOrderOfEpochs(a: Recorded, b: Recorded): number {
  return a.epochId - b.epochId || a.seq - b.seq;
}

/** Keeps in memory what the database keeps in tables. */
class MemoryLedger {
  readonly books = new TestBooks().bind(known, 1).bind(box, 1, 12);
  readonly tags = new Map<string, Tag>();
  readonly lines: Taken[] = [];
  readonly stock = new Map<string, number>();
  /** In the order of posting. */
  readonly posted: Recorded[] = [];
  private readonly stays = new Map<string, Stay[]>();
  private held: Recorded[] = [];

  bindUnknown(): void {
    this.books.bind(unknown, 2).bind(unknownBox, 2, 40);
    const waiting = this.held;
    this.held = [];
    this.apply(
      waiting.toSorted((a, b) => a.movement.eventTimeMs - b.movement.eventTimeMs),
      "bound",
    );
  }

  apply(movements: readonly Recorded[], why: "recorded" | "bound"): void {
    const { books, tags } = this;
    const histories = new Map([...lateTags(movements, tags).keys()].map(code => [code, this.stays.get(code) ?? []]));
    const planned = plan({ movements, books, tags, histories, why });
    for (const { recorded: one, posting } of planned.rows) {
      const { eventTimeMs: at, quantity } = one.movement;
      if (posting !== undefined) this.post(one, { ...posting, at, quantity });
    }
    for (const line of planned.further) this.post(line.recorded, line);
    for (const tag of [...planned.newTags, ...planned.changedTags]) tags.set(tag.code, tag);
    for (const { itemId, placeId, quantity } of planned.stock) {
      const key = `item ${itemId} at place ${placeId}`;
      const sum = (this.stock.get(key) ?? 0) + quantity;
      if (sum === 0) this.stock.delete(key);
      else this.stock.set(key, sum);
    }
    const held = new Set(planned.held.map(({ recorded: one }) => one));
    this.held.push(...held);
    for (const one of movements) if (!held.has(one)) this.remember(one);
  }

  private post({ movement }: Recorded, line: Omit<Taken, "code">): void {
    const { itemId, from, to, at, quantity } = line;
    this.lines.push({ itemId, from, to, at, code: movement.code, quantity });
  }

  private remember(one: Recorded): void {
    const { movement, siteId } = one;
    this.posted.push(one);
    const stays = this.stays.get(movement.code) ?? [];
    const at = movement.eventTimeMs;
    const placeId = this.books.account(siteId, movement.to).id;
    const later = stays.findIndex(stay => stay.at > at);
    const stay = { at, siteId, placeId, fromId: this.books.account(siteId, movement.from).id };
    stays.splice(later < 0 ? stays.length : later, 0, stay);
    this.stays.set(movement.code, stays);
  }
}
