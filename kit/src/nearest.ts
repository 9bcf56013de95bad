/** The known word that is closest to what somebody wrote, if one is close enough to be meant. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  return nearestFew(written, known, 1)[0];
}

/** As `nearest`, but up to `max` of them, the closest first. */
export function nearestFew(written: string, known: Iterable<string>, max: number): string[] {
  const bound = Math.max(1, Math.floor(written.length / 3));
  return [...new Set(known)]
    .map(word => ({ word, distance: editDistance(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= bound)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, max)
    .map(({ word }) => word);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      const steps = [at(row, j - 1) + same, at(row, j) + 1, at(current, j - 1) + 1];
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped && i > 1 && j > 1) steps.push(at(before, j - 2) + 1);
      current.push(Math.min(...steps));
    }
    [before, row] = [row, current];
  }
  return at(row, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
