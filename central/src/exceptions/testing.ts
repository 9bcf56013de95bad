import { randomUUID } from "node:crypto";
import { exampleExceptionIds } from "../api/exception-schemas.ts";
import type { Pool } from "../db/pool.ts";

/** Puts open exceptions under the ids that the examples have. */
export async function seedExampleExceptions(pool: Pool): Promise<void> {
  for (const id of Object.values(exampleExceptionIds)) {
    await pool.query(
      `insert into exception (id, problem, key, detail, body, body_bytes) overriding system value
       values ($1, 'message.shape', $2, 'The message has no tag.', 'bytes', 5)`,
      [id, `example ${id}`],
    );
  }
}

/** Another open exception; gives its id. */
export async function addExampleException(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into exception (problem, key, detail, body, body_bytes)
     values ('message.shape', $1, 'The message has no tag.', 'bytes', 5) returning id`,
    [`example ${randomUUID()}`],
  );
  return rows[0]?.id ?? 0;
}
