import { ok, type Result, refuse, TimeMs } from "@tallygate/protocol";
import { z } from "zod";
import { markMended } from "../db/exceptions/held.ts";
import type { ExceptionRow } from "../db/exceptions/read.ts";
import type { Client } from "../db/pool.ts";
import type { AskedMovement } from "../record/ask.ts";
import { recordAsked } from "../record/record-asked.ts";
import type { Deciding, DecisionOf } from "./ask.ts";
import type { Done } from "./resolve.ts";

/** Records what really moved in the place of all that is held for this exception, which stays recorded and is never posted. */
export async function mendHeld(
  client: Client,
  row: ExceptionRow,
  { movements, force, reason }: DecisionOf<"mend">,
  deciding: Deciding,
): Promise<Result<Done>> {
  const elsewhere = movements.findIndex(({ site }) => site !== row.site);
  if (elsewhere >= 0) {
    const detail = `The exception ${row.id} is of ${row.site ?? "no site"}; what is recorded in its place is at the same site.`;
    return refuse("request.invalid", detail, { at: `body.movements[${elsewhere}].site` });
  }
  const recorded = await record(client, row, { movements, force, reason }, deciding);
  if (!recorded.ok || row.site_id === null) return recorded;
  await markMended(client, { id: row.id, siteId: row.site_id, classKey: row.key });
  return recorded;
}

/** Records that a thing, which two places heard, went to the one that a person says. */
export function decideCrossing(
  client: Client,
  row: ExceptionRow,
  { from, to, event_time, force, reason }: DecisionOf<"decide">,
  deciding: Deciding,
): Promise<Result<Done>> {
  if (row.site === null) throw new Error(`the doubtful crossing ${row.id} is of no site`);
  // Without another time it happened when the edge heard the thing; so what was read of it since stays true.
  const at = event_time ?? heardAt(row.body);
  const movement = { site: row.site, code: row.key, quantity: 1, from, to, event_time: at };
  return record(client, row, { movements: [movement], force, reason }, deciding);
}

/** What an edge tells of a doubtful crossing, as far as it is needed here. */
const Heard = z.object({ heard: z.array(z.object({ lastMs: TimeMs })).min(1) });

/** When a thing was heard last; undefined where what was kept does not say. */
function heardAt(body: Buffer | null): string | undefined {
  try {
    const { heard } = Heard.parse(JSON.parse(body?.toString("utf8") ?? "null"));
    return new Date(Math.max(...heard.map(({ lastMs }) => lastMs))).toISOString();
  } catch {
    return undefined;
  }
}

async function record(
  client: Client,
  { id }: ExceptionRow,
  asked: {
    readonly movements: readonly AskedMovement[];
    readonly force: boolean;
    readonly reason: string | undefined;
  },
  { actor, cause, nowMs }: Deciding,
): Promise<Result<Done>> {
  const { movements, force, reason } = asked;
  const note = { actor, reason, document: `/v1/exceptions/${id}` };
  const recorded = await recordAsked(client, { movements, reversals: [], note, cause, force, nowMs });
  if (recorded.ok) return ok({ commits: recorded.value.commits, catalogueVersion: undefined });
  const { problem } = recorded;
  return { ok: false, problem: problem.at === undefined ? problem : { ...problem, at: `body.${problem.at}` } };
}
