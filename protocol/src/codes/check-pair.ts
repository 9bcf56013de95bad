const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;
const set32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/**
 * The two check characters of a Global Model Number (GS1 GenSpecs 7.9.5): the places of the characters in set 82, weighted
 * with the prime numbers from the right, modulo 1021, written as two characters of 5 bits each. `undefined` when the
 * payload has a character outside set 82.
 */
export function checkPair(payload: string): string | undefined {
  const primes = firstPrimes(payload.length);
  let sum = 0;
  for (const [index, character] of [...payload].entries()) {
    const value = set82.indexOf(character);
    if (value < 0) return undefined;
    sum += value * (primes[payload.length - 1 - index] ?? 0);
  }
  sum %= 1021;
  return set32.charAt(sum >> 5) + set32.charAt(sum & 31);
}

/** Whether the last two characters of `text` are the check characters of those before them. */
export function hasCheckPair(text: string): boolean {
  return text.length >= 2 && checkPair(text.slice(0, -2)) === text.slice(-2);
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every(prime => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
