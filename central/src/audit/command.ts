import type { Log, Running } from "@tallygate/kit";
import type { CentralConfig } from "../config.ts";
import { openPool } from "../db/pool.ts";
import { addChecked, type Fault, nothingChecked } from "./fault.ts";
import { auditLimits } from "./limits.ts";
import { verify } from "./verify.ts";
import { start } from "./walk.ts";

/**
 * The command `verify`: walks through the whole ledger once, says how far it is and what disagrees, and ends. It reads only, and
 * works while the service runs. Its end rejects when anything disagreed, which makes the exit code 1.
 */
export async function openVerification(
  { database }: Pick<CentralConfig, "database">,
  {
    log,
    signal,
    say = printLine,
  }: { readonly log: Log; readonly signal: AbortSignal; readonly say?: (line: string) => void },
): Promise<Running> {
  const pool = openPool({ url: database.url, size: 1, applicationName: "tallygate verify", log });
  const done = walk().finally(() => pool.end());
  // It is awaited when the process has started; until then, a rejection is nobody's.
  done.catch(() => undefined);

  async function walk(): Promise<void> {
    let position = start;
    let checked = nothingChecked;
    let faults = 0;
    while (position.phase !== "done" && !signal.aborted) {
      const { rowsMax, deadlineMs } = { rowsMax: auditLimits.answerRowsMax, deadlineMs: auditLimits.answerMs };
      const piece = await verify(pool, { from: position, rowsMax, deadlineMs });
      checked = addChecked(checked, piece.checked);
      position = piece.position;
      if (piece.fault !== undefined) {
        faults++;
        say(sentenceOf(piece.fault));
      }
      const { movements, items, tags, seals } = checked;
      say(`${movements} movements, ${items} items, ${tags} tags, ${seals} seals looked at`);
    }
    if (signal.aborted) return;
    if (faults > 0)
      throw new Error(`the ledger disagrees with itself: ${faults} faults, the first rows of which are named above`);
    say("the ledger agrees with itself");
  }

  return { done, [Symbol.asyncDispose]: () => done.catch(() => undefined) };
}

function sentenceOf({ kind, site, epoch, seq, detail }: Fault): string {
  const where = epoch === null ? (site ?? "the ledger") : `${site}/${epoch}/${seq}`;
  return `${kind} at ${where}: ${detail}`;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
