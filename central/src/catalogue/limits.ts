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
  /** Bytes and lines of one import. What is larger is refused when that is known, and nothing of it was changed. */
  importBytesMax: 512 * 1024 * 1024,
  importLinesMax: 1_000_000,
  /** Characters of one line; a longer one is a fault, and the next is read. */
  importLineCharsMax: 64 * 1024,
  /** Lines that are staged, decided and written together. */
  importPageLines: 1_000,
  /** Faults that an answer names; further ones are counted. */
  importFaultsMax: 1_000,
  /** Lines of an import that died are forgotten after this long. */
  importKeptMs: 24 * 60 * 60 * 1000,
  /** Rows that an export reads at once. */
  exportPageRows: 1_000,
} as const;
