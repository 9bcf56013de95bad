import pg from "pg";

/**
 * What one writes first: one statement a request on a pool, which takes what is available or nothing. It is safe, and everyone
 * waits for the row that everyone wants. Without HTTP, ids, expiry or answers to repeat.
 */
export async function oneStatement(
  url: string,
  { requests, connections, skus }: { readonly requests: number; readonly connections: number; readonly skus: number },
): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  try {
    await pool.query(`create table one_stock (item int primary key, on_hand bigint not null, reserved bigint not null default 0);
      insert into one_stock select item, 1000000000 from generate_series(0, ${skus - 1}) item`);
    let next = 0;
    const lane = async () => {
      while (next < requests) {
        const item = wantedItem(next++, skus);
        await pool.query({
          name: "reserve",
          text: "update one_stock set reserved = reserved + $2 where item = $1 and on_hand - reserved >= $2",
          values: [item, 1],
        });
      }
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: 8 * connections }, lane));
    return requests / ((performance.now() - started) / 1000);
  } finally {
    await pool.end();
  }
}

/** Half of all requests want the item 0, the others one of the rest in turn. */
export function wantedItem(n: number, skus: number): number {
  return n % 2 === 0 ? 0 : 1 + ((n >> 1) % (skus - 1));
}
