import type { RateLimitsConfig } from "./config.ts";
import { authLimits } from "./limits.ts";

/** How many requests a caller may send. */
export interface Rate {
  readonly perMinute: number;
  /** How many at once, after a pause. */
  readonly burst: number;
}

export interface Taken {
  readonly allowed: boolean;
  /** What is left at once, and in how many seconds it is all of the burst again, or one more where nothing is left. */
  readonly remaining: number;
  readonly resetS: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets by caller, in this process's memory: each holds `burst` tokens and gets `perMinute` new ones. Above so many callers, those
 * with a full bucket are forgotten, which makes no difference to them, and then those that came first.
 */
export class Buckets {
  readonly rate: Rate;
  private readonly perMs: number;
  private readonly now: () => number;
  private readonly buckets = new Map<string, Bucket>();

  constructor(rate: Rate, now: () => number) {
    this.rate = rate;
    this.perMs = rate.perMinute / 60_000;
    this.now = now;
  }

  /** Takes one, if there is one. */
  take(caller: string): Taken {
    const bucket = this.of(caller);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    return this.taken(bucket, allowed);
  }

  /** What {@link take} would say, without taking. */
  peek(caller: string): Taken {
    const bucket = this.of(caller);
    return this.taken(bucket, bucket.tokens >= 1);
  }

  private of(caller: string): Bucket {
    const nowMs = this.now();
    const known = this.buckets.get(caller);
    if (known === undefined) {
      this.makeRoom(nowMs);
      const bucket = { tokens: this.rate.burst, atMs: nowMs };
      this.buckets.set(caller, bucket);
      return bucket;
    }
    known.tokens = Math.min(this.rate.burst, known.tokens + Math.max(0, nowMs - known.atMs) * this.perMs);
    known.atMs = nowMs;
    return known;
  }

  private taken({ tokens }: Bucket, allowed: boolean): Taken {
    const wanted = allowed ? this.rate.burst - tokens : 1 - tokens;
    return { allowed, remaining: Math.floor(tokens), resetS: Math.ceil(wanted / this.perMs / 1000) };
  }

  private makeRoom(nowMs: number): void {
    if (this.buckets.size < authLimits.rateCallersMax) return;
    for (const [caller, { tokens, atMs }] of this.buckets) {
      if (tokens + (nowMs - atMs) * this.perMs >= this.rate.burst) this.buckets.delete(caller);
    }
    for (const oldest of this.buckets.keys()) {
      if (this.buckets.size < authLimits.rateCallersMax) break;
      this.buckets.delete(oldest);
    }
  }
}

/** How fast callers may be: those that are known, by name; those that are not, and tries to sign in, by address. */
export interface Rates {
  readonly callers: Buckets;
  readonly strangers: Buckets;
  readonly signIns: Buckets;
}

export function openRates(config: RateLimitsConfig, now: () => number): Rates {
  const evenly = (perMinute: number) => new Buckets({ perMinute, burst: perMinute }, now);
  return {
    callers: new Buckets({ perMinute: config.client_per_minute, burst: config.client_burst }, now),
    strangers: evenly(config.address_per_minute),
    signIns: evenly(config.sign_in_per_minute),
  };
}
