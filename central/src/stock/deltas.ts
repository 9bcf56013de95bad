/** What the level of an item at a place changes by. */
export interface StockDelta {
  readonly itemId: number;
  readonly placeId: number;
  readonly quantity: number;
}

/** Sums up lines, so that each level is written once however many lines touch it. */
export class StockDeltas {
  private readonly items = new Map<number, Map<number, number>>();

  take(itemId: number, from: number, to: number, quantity: number): void {
    if (from === to) return;
    let places = this.items.get(itemId);
    if (places === undefined) {
      places = new Map();
      this.items.set(itemId, places);
    }
    places.set(from, (places.get(from) ?? 0) - quantity);
    places.set(to, (places.get(to) ?? 0) + quantity);
  }

  /** The changes that are not zero, by item and place: the order in which rows are locked. */
  sorted(): readonly StockDelta[] {
    const deltas: StockDelta[] = [];
    for (const [itemId, places] of this.items) {
      for (const [placeId, quantity] of places) if (quantity !== 0) deltas.push({ itemId, placeId, quantity });
    }
    return deltas.sort((a, b) => a.itemId - b.itemId || a.placeId - b.placeId);
  }
}

/** What the quantity of a lot at a place changes by. */
export interface LotDelta extends StockDelta {
  readonly lot: string;
}

/** Sums up lines of goods by their lots. */
export class LotDeltas {
  private readonly lots = new Map<string, StockDeltas>();

  take(lot: string, itemId: number, from: number, to: number, quantity: number): void {
    let deltas = this.lots.get(lot);
    if (deltas === undefined) {
      deltas = new StockDeltas();
      this.lots.set(lot, deltas);
    }
    deltas.take(itemId, from, to, quantity);
  }

  /** The changes that are not zero, by item, place and lot. */
  sorted(): readonly LotDelta[] {
    const deltas = [...this.lots].flatMap(([lot, ofLot]) => ofLot.sorted().map(delta => ({ ...delta, lot })));
    return deltas.sort((a, b) => a.itemId - b.itemId || a.placeId - b.placeId || (a.lot < b.lot ? -1 : 1));
  }
}
