import { z } from "zod";
import type { Client, Pool } from "../db/pool.ts";

const Plan = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  "Rows Removed by Filter": z.number().optional(),
  get Plans() {
    return z.array(Plan).optional();
  },
});
type Plan = z.infer<typeof Plan>;

/** Tables that hold a handful of rows in any system: to read them whole is right. */
const small = new Set(["site", "place", "epoch", "follow_cursor", "item", "reorder_point", "exception"]);

/** Runs statements as one transaction does, rolled back, and gives how many there were, what they read from end to end, and how many rows. */
export async function plansOf(
  pool: Pool,
  ask: (db: Client) => Promise<unknown>,
  settings: string,
): Promise<{ readonly plans: number; readonly scans: readonly string[]; readonly read: number }> {
  const client = await pool.connect();
  const scans: string[] = [];
  let plans = 0;
  let read = 0;
  const visit = (node: Plan): void => {
    const table = node["Relation Name"];
    if (table !== undefined)
      read += (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
    if (node["Node Type"].includes("Seq Scan") && table !== undefined && !small.has(table)) scans.push(table);
    for (const child of node.Plans ?? []) visit(child);
  };
  const query = async (
    statement: string | { readonly text: string; readonly values?: unknown[] },
    given?: unknown[],
  ) => {
    const { text, values = [] } = typeof statement === "string" ? { text: statement, values: given } : statement;
    await client.query("savepoint explained");
    const { rows } = await client.query(`explain (analyze, format json) ${text}`, values);
    // What it changed is changed by the statement itself, once.
    await client.query("rollback to savepoint explained");
    plans += 1;
    visit(z.tuple([z.object({ Plan })]).parse(rows[0]["QUERY PLAN"])[0].Plan);
    return client.query(text, values);
  };
  try {
    await client.query(`begin; ${settings}`);
    await ask({ query } as unknown as Client);
  } finally {
    await client.query("rollback");
    client.release();
  }
  return { plans, scans, read };
}
