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
