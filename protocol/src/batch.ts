import { z } from "zod";
import { Epoch, HashHex, SiteId } from "./ids.ts";
import { limits } from "./limits.ts";
import { ChainPoint, hashMovement, Movement } from "./movement.ts";
import { ok, type Result, refuse } from "./result.ts";

/** The version of everything an edge and the centre say to each other. Additions keep it; anything else raises it. */
export const contractVersion = 1;
export const ContractVersion = z.literal(contractVersion).meta({ description: "Major version of the contract." });

/**
 * What an edge sends: movements `first`, `first + 1`, … of one epoch, in order. `before` is the hash in front of the first
 * and `after` that of the last, so the batch proves that it continues what the centre has.
 *
 * The first batch of an epoch names in `follows` where the store stood when the epoch began; it is absent only for the
 * first epoch of a new store, whose chain begins at the genesis hash.
 */
export const Batch = z
  .object({
    v: ContractVersion,
    site: SiteId,
    epoch: Epoch,
    first: z.int().min(1),
    before: HashHex,
    after: HashHex,
    follows: ChainPoint.optional(),
    movements: z.array(Movement).min(1).max(limits.batchMovementsMax),
  })
  .meta({ title: "Batch" });
export type Batch = z.infer<typeof Batch>;

/**
 * Reads one message of the movements subject. Unknown additional fields are let through: an edge may be newer.
 * Refuses with `batch.unreadable` or `message.version`.
 */
export function parseBatch(text: string): Result<Batch> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse("batch.unreadable", `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version = z.object({ v: z.unknown() }).safeParse(value);
  if (version.success && version.data.v !== contractVersion) {
    return refuse(
      "message.version",
      `contract version ${String(version.data.v)}; this centre speaks ${contractVersion}: update it`,
    );
  }
  const batch = Batch.safeParse(value);
  if (batch.success) return ok(batch.data);
  const faults = batch.error.issues.slice(0, 20).map(issue => ({ at: issue.path.join("."), detail: issue.message }));
  return refuse("batch.unreadable", faults.map(fault => `${fault.at}: ${fault.detail}`).join("; "), { faults });
}

/** Every movement's hash, in order. The last one equals `batch.after` if the batch is what its edge wrote. */
export function hashBatch(batch: Batch): string[] {
  const hashes: string[] = [];
  let previous = batch.before;
  for (const [index, movement] of batch.movements.entries()) {
    previous = hashMovement(previous, batch.site, batch.epoch, batch.first + index, movement);
    hashes.push(previous);
  }
  return hashes;
}
