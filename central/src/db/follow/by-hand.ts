import type { MovementKey } from "../../follow/model.ts";
import { keyOf } from "../../follow/model.ts";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** Those of the movements that were followed, and wait for nothing more of it. */
export async function readFollowed(db: Executor, movements: readonly MovementKey[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ epoch_id: number; seq: number }>(
    `select epoch_id, seq from unnest($1::integer[], $2::bigint[]) as asked (epoch_id, seq)
     where exists (select from follow_cursor done where done.epoch_id = asked.epoch_id and done.seq >= asked.seq)
       and not exists (select from follow_later later where later.epoch_id = asked.epoch_id and later.seq = asked.seq)`,
    keyValues(movements),
  );
  return new Set(rows.map(({ epoch_id, seq }) => keyOf({ epochId: epoch_id, seq })));
}

/** Those of the movements that passed at a list and are none of its lines. */
export async function readUnexpectedAt(
  db: Executor,
  listId: string,
  movements: readonly MovementKey[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ epoch_id: number; seq: number }>(
    `select epoch_id, seq from unnest($2::integer[], $3::bigint[]) as asked (epoch_id, seq)
     join document_list_unexpected using (epoch_id, seq) where list_id = $1::uuid`,
    [listId, ...keyValues(movements)],
  );
  return new Set(rows.map(({ epoch_id, seq }) => keyOf({ epochId: epoch_id, seq })));
}

function keyValues(movements: readonly MovementKey[]) {
  return [
    binaryArray.integer(movements.map(({ epochId }) => epochId)),
    binaryArray.bigint(movements.map(({ seq }) => seq)),
  ];
}
