/** Limits of the catalogue, and what happens when each is reached. Longer, larger and more than these are refused. */
export const catalogueLimits = {
  /** Units in one pack: with the largest quantity of a movement, sums stay far below 2^53. */
  packUnitsMax: 100_000,
  /** Packs of one item. */
  packsMax: 20,
  /** Attributes of one item, and in which a family's variants may differ. */
  attributesMax: 40,
  variantByMax: 6,
  attributeCharsMax: 200,
  descriptionCharsMax: 2_000,
  /** What parties call one item. */
  partyCodesMax: 50,
} as const;
