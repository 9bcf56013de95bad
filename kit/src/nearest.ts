/** The known word that is closest to what somebody wrote, if one is close enough to be meant. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  const bound = Math.max(1, Math.floor(written.length / 3));
  let best: string | undefined;
  let bestDistance = bound + 1;
  for (const word of known) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

/** Insertions, deletions and replacements (Levenshtein), with one row kept at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, a] of [...left].entries()) {
    const nextRow = [i + 1];
    for (const [j, b] of [...right].entries()) {
      const replaced = (row[j] ?? 0) + (a === b ? 0 : 1);
      nextRow.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (nextRow[j] ?? 0) + 1));
    }
    row = nextRow;
  }
  return row[right.length] ?? 0;
}
