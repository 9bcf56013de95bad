/** When something that used to be heard is missed. */
export const silenceLimits = {
  /** What is heard again within so long belongs to the same passing. */
  passingMs: 1000,
  /** Gaps that must have been seen before one is too long. */
  gapsMin: 10,
  /** The usual gap is the mean of about so many. */
  gapsMemory: 100,
  /** So many times its usual gap is too long, and never less than the floor. */
  factor: 20,
  floorMs: 600_000,
  /** A pause of others counts up to this: beyond it, nothing passes at all. */
  pauseMaxMs: 60_000,
  /** A heartbeat is missed sooner, since it does not depend on what passes. */
  heartbeatFactor: 5,
  heartbeatFloorMs: 60_000,
} as const;

/** Counts the time in which anything at all is heard: a night or a weekend is a minute of it. */
export class ActiveClock {
  #ms = 0;
  #lastMs: number | undefined;

  get ms(): number {
    return this.#ms;
  }

  /** Something was heard. */
  tick(nowMs: number): number {
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#ms += Math.min(Math.max(0, passedMs), silenceLimits.pauseMaxMs);
    this.#lastMs = nowMs;
    return this.#ms;
  }
}

/** Learns how long something is usually not heard, on any clock. */
export class UsualGap {
  #lastMs: number | undefined;
  #gaps = 0;
  #meanMs = 0;

  heard(atMs: number): void {
    const gapMs = atMs - (this.#lastMs ?? atMs);
    this.#lastMs = atMs;
    if (gapMs < silenceLimits.passingMs) return;
    this.#gaps = Math.min(silenceLimits.gapsMemory, this.#gaps + 1);
    this.#meanMs += (gapMs - this.#meanMs) / this.#gaps;
  }

  /** Whether it has not been heard for much longer than usual. */
  overdue(atMs: number, factor: number = silenceLimits.factor, floorMs: number = silenceLimits.floorMs): boolean {
    if (this.#lastMs === undefined || this.#gaps < silenceLimits.gapsMin) return false;
    return atMs - this.#lastMs > Math.max(floorMs, factor * this.#meanMs);
  }
}
