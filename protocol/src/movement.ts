import { hash } from "node:crypto";
import { z } from "zod";
import { Account, Epoch, HashHex, SiteId, TimeMs } from "./ids.ts";
import { limits } from "./limits.ts";

/** Business steps of the Core Business Vocabulary 2.0 that a movement may name. */
export const bizSteps = [
  "receiving",
  "storing",
  "picking",
  "packing",
  "unpacking",
  "loading",
  "unloading",
  "shipping",
  "departing",
  "arriving",
  "staging_outbound",
  "cycle_counting",
  "stock_taking",
  "inspecting",
  "destroying",
  "commissioning",
  "decommissioning",
  "entering_exiting",
  "other",
] as const;
export const BizStep = z.enum(bizSteps).meta({ description: "Business step, CBV 2.0." });
export type BizStep = z.infer<typeof BizStep>;

export const causes = ["reading", "scan", "person", "client", "order", "count"] as const;
export const Cause = z.enum(causes).meta({ description: "What the movement was concluded from." });
export type Cause = z.infer<typeof Cause>;

/**
 * A quantity of something taken from one account to another: the only way stock changes. Its identity is (site, epoch,
 * sequence); site, epoch and the first sequence stand in the batch, so a movement does not repeat them.
 *
 * `code` is the canonical identity of what moved, as `identify()` gives it: `(01)…(21)…` for one serialised thing, `(01)…`
 * for a class of things, `(00)…` for a logistic unit, `epc:…` or `code:…` for what is no GS1 key.
 */
export const Movement = z
  .object({
    code: z.string().min(1).max(limits.codeCharsMax),
    epcHex: z.string().max(248).optional().meta({ description: "The EPC as read, where a tag was read." }),
    quantity: z.int().min(1).max(limits.quantityMax).meta({ description: "In the item's smallest unit." }),
    from: Account,
    to: Account,
    bizStep: BizStep,
    readPoint: z
      .string()
      .min(1)
      .max(96)
      .meta({ description: "Device, or device/antenna.", examples: ["dock-1/2"] }),
    eventTimeMs: TimeMs,
    cause: Cause,
    reverses: z
      .strictObject({ epoch: Epoch, seq: z.int().min(1) })
      .optional()
      .meta({ description: "The movement of this site that this one undoes." }),
    lot: z
      .string()
      .min(1)
      .max(20)
      .optional()
      .meta({ description: "Lot (AI 10) of one thing, as its label says; that of goods of a class stands in `code`." }),
    expiresOn: z.iso
      .date()
      .optional()
      .meta({ description: "When the lot ends (AI 17), as the label says. Neither this nor `lot` is in the hash." }),
  })
  .meta({ title: "Movement" });
export type Movement = z.infer<typeof Movement>;

export const MovementId = z
  .strictObject({ site: SiteId, epoch: Epoch, seq: z.int().min(1) })
  .meta({ title: "MovementId", description: "Given once, at the edge's commit; never changed." });
export type MovementId = z.infer<typeof MovementId>;

/** A point in a site's chain: everything up to and including `seq` of `epoch`, whose last hash is `hash`. */
export const ChainPoint = z.strictObject({ epoch: Epoch, seq: z.int().min(0), hash: HashHex });
export type ChainPoint = z.infer<typeof ChainPoint>;

/** The hash before the first movement of a site's first store. */
export const genesisHash = "0".repeat(64);

/**
 * The hash of a movement: SHA-256 over the hash before it and the movement's own fields in a fixed order. Changing,
 * removing or inserting one movement changes every hash after it. A field added to the contract later is not covered
 * until the contract's major version moves.
 *
 * @param previous hash of the movement before, 64 lower-case hexadecimal digits
 * @param note hash of who caused it and why, which the centre keeps of its own movements; no edge's movement has one
 */
export function hashMovement(
  previous: string,
  site: string,
  epoch: string,
  seq: number,
  movement: Movement,
  note?: string,
): string {
  const reverses = movement.reverses;
  const fields = JSON.stringify([
    site,
    epoch,
    seq,
    movement.code,
    movement.epcHex ?? null,
    movement.quantity,
    movement.from,
    movement.to,
    movement.bizStep,
    movement.readPoint,
    movement.eventTimeMs,
    movement.cause,
    reverses === undefined ? null : [reverses.epoch, reverses.seq],
    ...(note === undefined ? [] : [note]),
  ]);
  return hash("sha256", previous + fields, "hex");
}

/** The W3C trace id of everything that is done for a movement: it needs no storage of its own. */
export function traceIdOf(movementHash: string): string {
  return movementHash.slice(0, 32);
}
