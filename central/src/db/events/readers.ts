import type { Executor } from "../pool.ts";

/** Up to which number a reader of ours has everything. */
export async function readPosition(db: Executor, reader: string): Promise<number> {
  const { rows } = await db.query<{ seq: number }>({
    name: "events-read-position",
    text: "select seq from event_reader where reader = $1",
    values: [reader],
  });
  return rows[0]?.seq ?? 0;
}

/** Moves a reader on; it never goes back, whoever moved it meanwhile. */
export async function movePosition(db: Executor, reader: string, seq: number): Promise<void> {
  await db.query({
    name: "events-move-position",
    text: `insert into event_reader (reader, seq) values ($1, $2)
      on conflict (reader) do update set seq = greatest(event_reader.seq, excluded.seq)`,
    values: [reader, seq],
  });
}
