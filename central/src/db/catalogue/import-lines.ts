import type { Executor } from "../pool.ts";

export interface StagedLine {
  readonly line: number;
  readonly key: string;
  readonly body: unknown;
}

/** Keeps lines of an import until they are all there. */
export async function stageLines(db: Executor, importId: string, lines: readonly StagedLine[]): Promise<void> {
  if (lines.length === 0) return;
  await db.query({
    name: "catalogue-stage-lines",
    text: `insert into import_line (import_id, line, key, body)
      select $1, line, key, body from unnest($2::integer[], $3::text[], $4::jsonb[]) as staged (line, key, body)`,
    values: [
      importId,
      lines.map(({ line }) => line),
      lines.map(({ key }) => key),
      lines.map(({ body }) => JSON.stringify(body)),
    ],
  });
}

/** The next lines of an import, in their order. */
export async function readStaged(
  db: Executor,
  importId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly StagedLine[]> {
  const { rows } = await db.query<StagedLine>({
    name: "catalogue-read-staged",
    text: "select line, key, body from import_line where import_id = $1 and line > $2 order by line limit $3",
    values: [importId, after, limit],
  });
  return rows;
}

/** Forgets the lines of an import, and those of imports that died. */
export async function forgetStaged(db: Executor, importId: string, keptMs: number): Promise<void> {
  await db.query({
    name: "catalogue-forget-staged",
    text: "delete from import_line where import_id = $1 or staged_at < now() - $2 * interval '1 millisecond'",
    values: [importId, keptMs],
  });
}
