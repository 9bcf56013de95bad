import type { EdgeException, EdgeExceptions, EdgeExceptionsReply, ProblemCode } from "@tallygate/protocol";
import { countEdgeExceptions } from "../db/exceptions/edge.ts";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import { addSites, lockSites, readSites } from "../db/ledger/sites.ts";
import type { Pool } from "../db/pool.ts";
import { Outdated, transaction } from "../db/transaction.ts";
import { openExceptions } from "./open.ts";

/**
 * Takes what an edge could not use or decide into the one inbox. Each is counted as often as it came, however often it is told and by
 * whatever copy of the edge's store: an edge says how often in all, and only what is new of that counts. Nothing is refused.
 */
export async function takeEdgeExceptions(
  pool: Pool,
  { site, exceptions }: EdgeExceptions,
): Promise<EdgeExceptionsReply["taken"]> {
  const told = exceptions.map(storable);
  await transaction(pool, async client => {
    await addSites(client, [site]);
    const [found] = await readSites(client, [site]);
    if (found === undefined) throw new Outdated(`the site ${site} was added by another process`);
    await lockSites(client, [found.id]);
    const once = new Map(told.map(each => [`${each.day} ${each.problem} ${each.deviceId} ${each.key}`, each]));
    const distinct = [...once.values()];
    const more = await countEdgeExceptions(client, found.id, distinct);
    const fresh = distinct.flatMap((each, index) => {
      const count = more[index] ?? 0;
      return count === 0 ? [] : [caseOf(found.id, each, count)];
    });
    await openExceptions(client, merged(fresh));
  });
  return exceptions.map(({ id, count }) => ({ id, count }));
}

/** What a device sent may hold what no text of PostgreSQL does: U+0000, and halves of characters. */
function storable(exception: EdgeException): EdgeException {
  const clean = (text: string) => text.toWellFormed().replaceAll("\u0000", "\u2400");
  const { deviceId, key, detail } = exception;
  return { ...exception, deviceId: clean(deviceId), key: clean(key), detail: clean(detail) };
}

function caseOf(siteId: number, exception: EdgeException, count: number): ExceptionCase {
  const { problem, deviceId, key, detail, bytes, bytesWhole } = exception;
  return {
    siteId,
    // A later edge may know problems that this centre does not; they are shown by their code.
    problem: problem as ProblemCode,
    // Where the thing is concerns the thing, whichever device heard it; all else is of one device.
    key: problem === "crossing.doubtful" ? key : [deviceId, key].filter(part => part !== "").join(" "),
    detail: `${deviceId}: ${detail}`,
    ...(bytesWhole > 0 && { body: Buffer.from(bytes, "base64"), bodyBytes: bytesWhole }),
    count,
  };
}

/** The same on two days is one in the inbox. */
function merged(cases: readonly ExceptionCase[]): readonly ExceptionCase[] {
  const byKey = new Map<string, ExceptionCase>();
  for (const one of cases) {
    const name = `${one.problem} ${one.key}`;
    byKey.set(name, { ...one, count: one.count + (byKey.get(name)?.count ?? 0) });
  }
  return [...byKey.values()];
}
