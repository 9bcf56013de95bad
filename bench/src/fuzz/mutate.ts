import type { Random } from "./random.ts";

/** Longer inputs say nothing that shorter ones do not; bounds of size have tests of their own. */
const bytesMax = 2048;

/** Bytes and texts that mean something to one parser or another, or stand at the edge of what a number holds. */
const pieces: readonly Buffer[] = [
  ...[
    "00",
    "01",
    "7f",
    "80",
    "ff",
    "0000",
    "ffff",
    "7fffffff",
    "80000000",
    "ffffffff",
    "02",
    "03",
    "0d0a",
    "1d",
    "bb",
    "7e",
  ],
  ...["a0", "cf", "0a", "c0af", "eda080", "efbbbf", "f0908080", "ffffffffffffffffff01"],
]
  .map(text => Buffer.from(text, "hex"))
  .concat(
    ["{", "}", "[", "]", ",", ":", '"', "\\", "\\u0000", "null", "true", "-", "1e999", "-0", "9007199254740993"].map(
      text => Buffer.from(text),
    ),
    ['"__proto__":', "[[[[[[[[", "(01)", "]C1", "%", "+", "\u0000", "é", "€", "99999999999999999999"].map(text =>
      Buffer.from(text),
    ),
  );

/** One input in so many is of random bytes alone. */
const noiseOneIn = 32;
const changesMax = 4;

/** A sample with up to four changes, or random bytes. Writes into memory of its own and gives a copy. */
export class Mutator {
  readonly #random: Random;
  readonly #samples: readonly Buffer[];
  readonly #work = Buffer.alloc(2 * bytesMax);
  #length = 0;

  constructor(random: Random, samples: readonly Buffer[]) {
    this.#random = random;
    this.#samples = samples.map(sample => sample.subarray(0, bytesMax));
  }

  next(): Buffer {
    const random = this.#random;
    this.#length = 0;
    if (random.below(noiseOneIn) === 0) this.#noise(random.below(64));
    else {
      this.#splice(0, 0, this.#sample());
      for (let changes = random.below(changesMax + 1); changes > 0; changes--) this.#change();
    }
    return Buffer.from(this.#work.subarray(0, this.#length));
  }

  #sample(): Buffer {
    return this.#samples[this.#random.below(this.#samples.length)] ?? Buffer.alloc(0);
  }

  #noise(length: number): void {
    for (let at = 0; at < length; at++) this.#work[at] = this.#random.next();
    this.#length = length;
  }

  #change(): void {
    const random = this.#random;
    const at = random.below(this.#length + 1);
    const cut = random.below(Math.min(9, this.#length - at + 1));
    switch (random.below(8)) {
      case 0:
        this.#work[at] = (this.#work[at] ?? 0) ^ (1 << random.below(8));
        return;
      case 1:
        this.#work[at] = random.next();
        return;
      case 2:
        this.#splice(at, cut, Buffer.alloc(0));
        return;
      case 3:
        this.#splice(at, cut, pieces[random.below(pieces.length)] ?? Buffer.alloc(0));
        return;
      case 4: {
        const from = random.below(this.#length + 1);
        this.#splice(at, 0, Buffer.from(this.#work.subarray(from, from + random.below(this.#length - from + 1))));
        return;
      }
      case 5: {
        const other = this.#sample();
        const from = random.below(other.length + 1);
        this.#splice(at, cut, other.subarray(from, from + random.below(other.length - from + 1)));
        return;
      }
      case 6:
        this.#length = at;
        return;
      default: {
        // A digit for a digit keeps texts and numbers whole, and so comes further.
        const byte = this.#work[at] ?? 0;
        this.#work[at] = byte >= 0x30 && byte <= 0x39 ? 0x30 + random.below(10) : byte + random.below(3) - 1;
      }
    }
  }

  /** Puts bytes in the place of `cut` others; what is beyond the limit is left out. */
  #splice(at: number, cut: number, bytes: Buffer): void {
    const behind = Math.min(at + cut, this.#length);
    const kept = Math.min(bytes.length, bytesMax - at);
    const rest = Math.min(this.#length - behind, bytesMax - at - kept);
    this.#work.copyWithin(at + kept, behind, behind + rest);
    bytes.copy(this.#work, at, 0, kept);
    this.#length = at + kept + rest;
  }
}
