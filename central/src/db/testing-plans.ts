import { z } from "zod";
import type { Client, Pool } from "../db/pool.ts";

const Plan = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Index Name": z.string().optional(),
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

/** What statements did: how many there were, what they read from end to end, how many rows, and which months of the ledger by which indexes. */
export interface Plans {
  readonly plans: number;
  readonly scans: readonly string[];
  readonly read: number;
  readonly months: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

const month = /^movement_\d{4}_\d{2}/;

/** Runs statements as one transaction does, rolled back, and gives what they did. */
export async function plansOf(pool: Pool, ask: (db: Client) => Promise<unknown>, settings: string): Promise<Plans> {
  const client = await pool.connect();
  const scans: string[] = [];
  const months = new Set<string>();
  const indexes = new Set<string>();
  let plans = 0;
  let read = 0;
  const visit = (node: Plan): void => {
    const relation = node["Relation Name"];
    const ofLedger = relation !== undefined && month.test(relation);
    const table = relation?.replace(month, "movement");
    const rows = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
    if (table !== undefined) read += rows;
    // Of a month to come there is nothing to read.
    const scanned = table !== undefined && !small.has(table) && (!ofLedger || rows > 0);
    if (node["Node Type"].includes("Seq Scan") && scanned) scans.push(table);
    if (ofLedger && node["Actual Loops"] > 0) months.add(relation);
    if (ofLedger && node["Index Name"] !== undefined) indexes.add(node["Index Name"].replace(month, ""));
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
    return typeof statement === "string" ? client.query(statement, given) : client.query(statement);
  };
  try {
    await client.query(`begin; ${settings}`);
    await ask({ query } as unknown as Client);
  } finally {
    await client.query("rollback");
    client.release();
  }
  return { plans, scans, read, months, indexes };
}
