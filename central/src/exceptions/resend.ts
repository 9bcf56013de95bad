import { ok, type Result, refuse, subjects } from "@tallygate/protocol";
import { type ExceptionRow, readExceptionBody } from "../db/exceptions/read.ts";
import { applyBatches, type Ledger } from "../ingest/apply.ts";
import { readMessage } from "../ingest/read-message.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";

/**
 * Applies the bytes that were kept of a site's message once more, as ingest does, in a transaction of its own: a movement that the ledger
 * has by now is skipped, so trying again is harmless. Refuses `exception.remains` where they still cannot be applied.
 */
export async function resendBytes(ledger: Ledger, row: ExceptionRow): Promise<Result<readonly SiteCommit[]>> {
  const body = await readExceptionBody(ledger.pool, row.id);
  if (body === null) return refuse("exception.remains", "Nothing was kept that could be applied once more.");
  if (body.length < (row.body_bytes ?? 0)) {
    const detail = `Only ${body.length} of ${row.body_bytes} bytes were kept; what is missing comes from the site's edge alone.`;
    return refuse("exception.remains", detail);
  }
  // What is refused before it is read names its site in its key, since such a site need not exist.
  const site = row.site ?? row.key.slice(0, row.key.indexOf("/"));
  const message = readMessage(subjects.movements(site), body);
  if (message.kind === "refused") return refuse("exception.remains", message.problem.detail);
  const { outcomes, commits, resends } = await applyBatches(ledger, [message]);
  const [outcome] = outcomes;
  if (outcome === "apply" || outcome === "repeat") return ok(commits);
  const from = resends[0]?.from;
  const detail =
    outcome === "broken" || outcome === "refused"
      ? "The bytes still do not fit the chain, or fail in the ledger."
      : `Movements before these are missing${from === undefined ? "" : `, from ${from} on`}; the edge was asked for them.`;
  return refuse("exception.remains", detail);
}
