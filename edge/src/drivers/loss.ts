/** A jump beyond this is no loss: the counter was set anew. */
const gapMax = 10_000;
/** Numbers that are missing and may still come. */
const missingMax = 10_000;
/** So many numbers in a row below the highest mean that the device has begun again. */
const restartCount = 50;

/**
 * Counts what a device lost before us, by its own counter: gaps are loss until what is missing comes after all, late or in a
 * replay among live readings. A device that begins again counts from anywhere.
 */
export class LossCounter {
  #highest: number | undefined;
  readonly #missing = new Set<number>();
  #below = 0;
  #lost = 0;

  get lost(): number {
    return this.#lost;
  }

  follow(sequence: number): void {
    const highest = this.#highest;
    if (highest === undefined) {
      this.#highest = sequence;
    } else if (sequence > highest) {
      this.#below = 0;
      this.#highest = sequence;
      if (sequence - highest - 1 <= gapMax) this.#miss(highest + 1, sequence);
    } else if (this.#missing.delete(sequence)) {
      this.#lost--;
    } else if (++this.#below >= restartCount) {
      this.#below = 0;
      this.#missing.clear();
      this.#highest = sequence;
    }
  }

  #miss(from: number, to: number): void {
    this.#lost += to - from;
    for (let sequence = from; sequence < to; sequence++) {
      if (this.#missing.size >= missingMax) return;
      this.#missing.add(sequence);
    }
  }
}
