/**
 * How much somebody may do in the long run: so many units a second, with a burst. What was done already is counted after the
 * fact, so the balance may be below zero; then there is a wait.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #balance: number;
  #atMs: number;

  constructor({ perS, burst, nowMs }: { readonly perS: number; readonly burst: number; readonly nowMs: number }) {
    this.#perMs = perS / 1000;
    this.#burst = burst;
    this.#balance = burst;
    this.#atMs = nowMs;
  }

  spend(units: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#balance -= units;
  }

  /** How long nothing more may be done; 0 when something may be done now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#balance >= 1 ? 0 : Math.ceil((1 - this.#balance) / this.#perMs);
  }

  #fill(nowMs: number): void {
    this.#balance = Math.min(this.#burst, this.#balance + Math.max(0, nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
