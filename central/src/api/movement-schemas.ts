import { z } from "@tallygate/kit";
import { Account, BizStep, Cause, Epoch, HashHex, isOutside, limits, SiteId, Sku } from "@tallygate/protocol";
import { exactText, fields, text } from "./fields.ts";
import { Instant } from "./instant.ts";
import { apiLimits } from "./limits.ts";

export const MovementNote = z
  .object({
    actor: z.string().meta({ description: "Who caused it.", examples: ["person:maria"] }),
    reason: z.string().nullable(),
    document: z.string().nullable().meta({ description: "The address of the document that it belongs to." }),
  })
  .openapi("MovementNote");

export const MovementView = z
  .object({
    site: fields.site,
    epoch: fields.epoch,
    seq: z
      .int()
      .min(1)
      .meta({ examples: [1] }),
    code: z.string().meta({ description: "What moved, in canonical form.", examples: ["(01)09506000134352(21)S-1"] }),
    epc_hex: z.string().nullable().meta({ description: "The EPC as read, where a tag was read." }),
    sku: fields.sku.nullable().meta({ description: "The item that was posted; null where nothing was." }),
    quantity: z.int().min(1),
    from: fields.account,
    to: fields.account,
    biz_step: BizStep,
    read_point: z.string().meta({ examples: ["dock-1/2"] }),
    cause: Cause,
    event_time: fields.time.meta({ description: "When it happened at the read point." }),
    record_time: fields.time.meta({ description: "When the centre stored it." }),
    state: z.enum(["posted", "held"]).meta({
      description:
        "`held` waits for a person, who learns from `held_because` why. `posted`: the centre is done with it.",
    }),
    held_because: fields.problem.nullable(),
    mended_by: z.string().nullable().meta({
      description: "The exception with which a person put it right: the movements with this `document` took its place.",
    }),
    reverses: z.object({ epoch: fields.epoch, seq: z.int() }).nullable().meta({
      description: "The movement of this site that this one undoes.",
    }),
    hash: HashHex,
    trace_id: z.string().length(32).meta({ description: "W3C trace id of everything that was done for it." }),
    note: MovementNote.nullable().meta({ description: "Of the centre's own movements; covered by the hash." }),
  })
  .openapi("Movement");

const reason = text(apiLimits.reasonCharsMax).meta({
  description: "Why; it is kept with the movement for ever.",
  examples: ["found behind the shelf"],
});

export const NewMovement = z
  .strictObject({
    site: SiteId,
    sku: Sku.optional().meta({ description: "What moves: by exactly one of `sku`, `gtin` and `code`." }),
    gtin: z
      .string()
      .max(20)
      .optional()
      .meta({ examples: ["9506000134352"] }),
    code: exactText(limits.codeCharsMax)
      .optional()
      .meta({ description: "Any code, as a scanner sends it or in canonical form.", examples: ["(01)09506000134352"] }),
    lot: exactText(20)
      .optional()
      .meta({ description: "AI 10, with `sku` or `gtin`.", examples: ["L-2041"] }),
    serial: exactText(20)
      .optional()
      .meta({ description: "AI 21, with `sku` or `gtin`: one thing.", examples: ["S-1"] }),
    quantity: z
      .int()
      .min(1)
      .max(limits.quantityMax)
      .default(1)
      .meta({ examples: [1] }),
    from: Account.meta({ examples: ["found"] }),
    to: Account.meta({ examples: ["dock-1"] }),
    biz_step: BizStep.optional().meta({
      description:
        "Without it, what is usual between these accounts: `storing`, `receiving`, `shipping`, `cycle_counting`, …",
      examples: ["cycle_counting"],
    }),
    read_point: z
      .string()
      .regex(/^[a-z0-9_-]+(\/[A-Za-z0-9_.-]+)?$/)
      .max(96)
      .optional()
      .meta({ description: "Where it was seen, if anywhere.", examples: ["dock-1/2"] }),
    event_time: Instant.refine(time => time >= "1970", "is before 1970, where the ledger's times begin")
      .optional()
      .meta({
        description: "When it happened; without it, now. An earlier one changes what was, and never corrupts what is.",
        examples: ["2026-11-23T09:30:00Z"],
      }),
    reason: reason.optional(),
  })
  .superRefine((movement, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const { sku, gtin, code, lot, serial, quantity, from, to } = movement;
    if ([sku, gtin, code].filter(given => given !== undefined).length !== 1) {
      issue("sku", "give exactly one of sku, gtin and code");
    }
    if (code !== undefined && (lot ?? serial) !== undefined) issue("code", "a code has its lot and serial in itself");
    if (lot !== undefined && serial !== undefined) issue("lot", "one thing is found by its serial alone");
    if (serial !== undefined && quantity !== 1) issue("quantity", "one thing is moved at a time");
    if (from === to) issue("to", "goods move from one account to another");
    if (isOutside(from) && isOutside(to)) issue("to", "at least one side is a place of the site");
  })
  .openapi("NewMovement");

const Reversal = z
  .strictObject({
    reverses: z.strictObject({ site: SiteId, epoch: Epoch, seq: z.int().min(1) }).meta({
      description: "Posts the exact opposite of this movement, once.",
    }),
    reason: reason.optional(),
  })
  .openapi("Reversal");

/** What is asked for in one request, all of it or nothing. */
export const NewMovements = z
  .strictObject({
    movements: z
      .array(NewMovement)
      .max(apiLimits.movementsMax)
      .default([])
      .meta({
        examples: [
          [{ site: "lyon", sku: "OAT-1L", quantity: 2, from: "found", to: "dock-2", reason: "behind the shelf" }],
        ],
      }),
    reversals: z
      .array(Reversal)
      .max(apiLimits.movementsMax)
      .default([])
      .meta({ description: "Recorded behind the movements; each needs a reason.", examples: [[]] }),
    reason: reason.optional(),
    document: text(apiLimits.nameCharsMax)
      .optional()
      .meta({ description: "The document that it belongs to.", examples: ["/v1/counts/1"] }),
    force: z
      .boolean()
      .default(false)
      .meta({
        description: "Records what takes more than is there, or what is promised, too; needs a reason.",
        examples: [false],
      }),
  })
  .superRefine(({ movements, reversals, reason, force }, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const count = movements.length + reversals.length;
    if (count === 0) issue(["movements"], "give at least one movement or reversal");
    if (count > apiLimits.movementsMax) issue(["reversals"], `at most ${apiLimits.movementsMax} in one request`);
    for (const [index, { from, to, reason: own = reason }] of movements.entries()) {
      const adjusts = [from, to].some(account => account === "loss" || account === "found");
      if (own === undefined && force) issue(["movements", index, "reason"], "force needs a reason");
      else if (own === undefined && adjusts) issue(["movements", index, "reason"], "an adjustment needs a reason");
    }
    for (const [index, { reason: own = reason }] of reversals.entries()) {
      if (own === undefined) issue(["reversals", index, "reason"], "a reversal needs a reason");
    }
  })
  .openapi("NewMovements");
export type NewMovements = z.infer<typeof NewMovements>;

export const RecordedView = z.object({ movements: z.array(MovementView) }).openapi("RecordedMovements");
