export interface BatchReadsOptions<K, V> {
  /** Reads many at once; what is missing in the answer does not exist. */
  readonly read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  readonly keysMax: number;
  readonly flightsMax: number;
}

interface Waiting<V> {
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads one thing by its key; what is asked for while reads are under way goes into the next one together. Under load a statement
 * serves many requests, and alone a request waits for nothing. Each read begins after it was asked for, so no answer is older.
 */
export function batchReads<K, V>({ read, keysMax, flightsMax }: BatchReadsOptions<K, V>) {
  let flights = 0;
  let waiting = new Map<K, Waiting<V>[]>();

  return function readOne(key: K): Promise<V | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<V | undefined>();
    const others = waiting.get(key);
    if (others) others.push({ resolve, reject });
    else waiting.set(key, [{ resolve, reject }]);
    if (flights < flightsMax) {
      flights++;
      // One turn later, so that requests which arrived together fly together.
      setImmediate(() => void fly());
    }
    return promise;
  };

  async function fly(): Promise<void> {
    while (waiting.size > 0) await flight(take());
    flights--;
  }

  function take(): Map<K, Waiting<V>[]> {
    if (waiting.size <= keysMax) {
      const all = waiting;
      waiting = new Map();
      return all;
    }
    const some = new Map([...waiting].slice(0, keysMax));
    for (const key of some.keys()) waiting.delete(key);
    return some;
  }

  async function flight(asked: ReadonlyMap<K, readonly Waiting<V>[]>): Promise<void> {
    try {
      const values = await read([...asked.keys()]);
      for (const [key, those] of asked) for (const { resolve } of those) resolve(values.get(key));
    } catch (error) {
      for (const those of asked.values()) for (const { reject } of those) reject(error);
    }
  }
}
