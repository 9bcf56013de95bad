export interface KeptReadsOptions<V> {
  /** Reads one thing as it is now or later, never as it was before the call. */
  readonly read: (key: string) => Promise<V | undefined>;
  /**
   * A number that stays the same for as long as everything that is said of changes arrives here; undefined while nothing does.
   * What was kept under another number may have changed unheard.
   */
  readonly hearing: () => number | undefined;
  /** Above it, what was kept first goes first. */
  readonly keysMax: number;
  /** How long anything is kept: what a message that got lost would have said is made good after it. */
  readonly ageMaxMs: number;
  readonly now?: () => number;
}

interface Kept<V> {
  readonly value: V;
  readonly untilMs: number;
}

/** Reads of one key that are under way. What is heard of the key meanwhile makes all of them too old to keep. */
interface Flight {
  readers: number;
  outdated: boolean;
}

/**
 * Keeps what was read until something is heard that changed it. So an answer is never older than the last change of it that this process
 * has heard of: what is heard while a read is under way keeps that read from being kept, whichever of the two it saw.
 */
export class KeptReads<V> {
  private readonly options: KeptReadsOptions<V>;
  private readonly kept = new Map<string, Kept<V>>();
  /** Goes on from where it was: a new one would step over all that has gone since the map last moved, each time. */
  private readonly oldest = this.kept.keys();
  private readonly flights = new Map<string, Flight>();
  private hearing: number | undefined;

  constructor(options: KeptReadsOptions<V>) {
    this.options = options;
  }

  /** The thing: at once where it is in memory. Nothing is kept of what does not exist. */
  get(key: string): V | Promise<V | undefined> {
    this.checkHearing();
    const kept = this.kept.get(key);
    if (kept !== undefined && kept.untilMs > this.now()) return kept.value;
    return this.fetch(key);
  }

  /** Says that these have changed. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.kept.delete(key);
      const flight = this.flights.get(key);
      if (flight !== undefined) flight.outdated = true;
      // Whoever asks from now on reads what is new, and may keep it.
      this.flights.delete(key);
    }
  }

  /** Says that anything may have changed. */
  forgetAll(): void {
    this.kept.clear();
    for (const flight of this.flights.values()) flight.outdated = true;
    this.flights.clear();
  }

  private async fetch(key: string): Promise<V | undefined> {
    const flight = this.board(key);
    try {
      const value = await this.options.read(key);
      this.checkHearing();
      if (value !== undefined && !flight.outdated && this.hearing !== undefined) this.keep(key, value);
      return value;
    } finally {
      flight.readers--;
      if (flight.readers === 0 && this.flights.get(key) === flight) this.flights.delete(key);
    }
  }

  private board(key: string): Flight {
    const flight = this.flights.get(key) ?? { readers: 0, outdated: false };
    flight.readers++;
    this.flights.set(key, flight);
    return flight;
  }

  private keep(key: string, value: V): void {
    this.kept.delete(key); // The map's order is that of keeping.
    this.kept.set(key, { value, untilMs: this.now() + this.options.ageMaxMs });
    if (this.kept.size <= this.options.keysMax) return;
    const { value: first } = this.oldest.next();
    if (first !== undefined) this.kept.delete(first);
  }

  private checkHearing(): void {
    const hearing = this.options.hearing();
    if (hearing !== this.hearing) this.forgetAll();
    this.hearing = hearing;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}
