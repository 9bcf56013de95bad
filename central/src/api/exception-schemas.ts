import { z } from "@tallygate/kit";
import { Account, Epoch, SiteId, Sku } from "@tallygate/protocol";
import { actions, kindNames } from "../exceptions/kinds.ts";
import { exceptionLimits } from "../exceptions/limits.ts";
import { exactText, fields, text } from "./fields.ts";
import { Instant } from "./instant.ts";
import { apiLimits } from "./limits.ts";
import { NewMovement } from "./movement-schemas.ts";

/** Exceptions that the examples of the document name. */
export const exampleExceptionIds = { read: 900_000_001, resolve: 900_000_002, bulk: 900_000_003 } as const;

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const actionNames = Object.keys(actions) as readonly (keyof typeof actions)[];

/** The number of an exception in a path. */
export function exceptionParams(example: keyof typeof exampleExceptionIds) {
  return z.object({
    id: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .meta({ examples: [exampleExceptionIds[example]] }),
  });
}

const state = z.enum(["open", "ignored", "resolved"]).meta({
  description: "`ignored`: its cause goes on, and nobody is to be asked again; it ends by itself, or is put right.",
  examples: ["open"],
});

export const ExceptionView = z
  .object({
    id,
    site: fields.site.nullable(),
    kind: z.enum(kindNames),
    problem: fields.problem,
    title: z.string().meta({ description: "What the problem code means." }),
    key: z.string().meta({ description: "What it is about, such as the code that no item has." }),
    detail: z.string(),
    actions: z.array(z.enum(actionNames)).meta({ description: "What can be done about it as it is." }),
    body: z.string().nullable().meta({ description: "The beginning of what could not be read, base64." }),
    preview: z.string().nullable().meta({ description: "The same as text, as far as it is text." }),
    body_bytes: z.int().nullable().meta({ description: "Length of the whole." }),
    body_kept: z
      .int()
      .nullable()
      .meta({ description: "How much of it is kept; less than the whole when that was larger than a message may be." }),
    count: z.int().meta({ description: "How often it has come." }),
    state,
    first_time: fields.time,
    last_time: fields.time,
    resolution: z
      .string()
      .nullable()
      .meta({ description: "The action that was taken, or `by_itself`; null while it is open." }),
    resolved_by: z.string().nullable().meta({ description: "Who decided; null where nobody did." }),
    resolved_at: fields.time.nullable(),
    note: z.string().nullable().meta({ description: "The reason that was given." }),
  })
  .openapi("Exception");

export const ExceptionDetail = ExceptionView.extend({
  meaning: z.string().meta({ description: "What an exception of this kind means." }),
  related: z
    .array(z.string())
    .meta({ description: "Addresses of what it is about, such as reservations that are hurt." }),
  history: z.array(
    z.object({
      time: fields.time,
      what: z.string().meta({ description: "`opened`, `by_itself`, or the action that was taken." }),
      by: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
}).openapi("ExceptionDetail");

export const ExceptionFilterQuery = {
  state: state.optional(),
  site: SiteId.optional(),
  kind: z
    .enum(kindNames)
    .optional()
    .meta({ examples: ["unknown_code"] }),
  problem: exactText(64)
    .optional()
    .meta({ examples: ["movement.code_unknown"] }),
  text: exactText(apiLimits.nameCharsMax)
    .optional()
    .meta({ description: "Stands in the key or the detail.", examples: ["095060"] }),
  since: Instant.optional().meta({
    description: "Came last at or after this time.",
    examples: ["2020-01-01T00:00:00Z"],
  }),
};

export const ExceptionSummary = z
  .object({
    open: z.int(),
    kinds: z.array(
      z.object({
        kind: z.enum(kindNames),
        open: z.int(),
        meaning: z.string(),
        actions: z.array(z.enum(actionNames)),
      }),
    ),
  })
  .openapi("ExceptionSummary");

const reason = text(apiLimits.reasonCharsMax).meta({ description: "Why; it is kept.", examples: ["a test pallet"] });
const force = z
  .boolean()
  .default(false)
  .meta({ description: "As of POST /v1/movements.", examples: [false] });

const byItself = {
  ignore: z.strictObject({ action: z.literal("ignore"), reason }),
  done: z.strictObject({ action: z.literal("done"), reason }),
  bind: z.strictObject({
    action: z.literal("bind"),
    sku: Sku.meta({ description: "The item that has the code from now on." }),
    pack: exactText(apiLimits.nameCharsMax)
      .optional()
      .meta({ description: "The pack of the item that the code is of; without one, a single unit." }),
    reason: reason.optional(),
  }),
  resend: z.strictObject({ action: z.literal("resend"), reason: reason.optional() }),
  match: z.strictObject({
    action: z.literal("match"),
    document: z.uuid().toLowerCase().meta({ description: "The order, shipment, transfer or return." }),
    line: z.int().min(1).max(32_767),
    movements: z
      .array(z.strictObject({ epoch: Epoch, seq: z.int().min(1).max(Number.MAX_SAFE_INTEGER) }))
      .min(1)
      .max(apiLimits.movementsMax)
      .refine(all => new Set(all.map(({ epoch, seq }) => `${epoch}/${seq}`)).size === all.length, "one stands twice")
      .meta({ description: "Of the exception's site; `related` leads to them." }),
    reason: reason.optional(),
  }),
  mend: z.strictObject({
    action: z.literal("mend"),
    movements: z.array(NewMovement).min(1).max(apiLimits.movementsMax),
    force,
    reason,
  }),
  decide: z.strictObject({
    action: z.literal("decide"),
    from: Account,
    to: Account,
    event_time: Instant.refine(time => time >= "1970", "is before 1970, where the ledger's times begin").optional(),
    force,
    reason: reason.optional(),
  }),
} as const;

/** What is decided about one exception. */
export const DecisionBody = z
  .discriminatedUnion("action", [
    byItself.ignore,
    byItself.done,
    byItself.bind,
    byItself.resend,
    byItself.match,
    byItself.mend,
    byItself.decide,
  ])
  .meta({ examples: [{ action: "ignore", reason: "a test pallet" }] })
  .openapi("ExceptionDecision");

const Which = z.strictObject({ ...ExceptionFilterQuery, state: z.enum(["open", "ignored"]).default("open") });

/** What is decided about many exceptions: all of `ids`, or what a filter finds. */
export const BulkDecisionBody = z
  .strictObject({
    ids: z
      .array(id)
      .min(1)
      .max(exceptionLimits.bulkMax)
      .optional()
      .meta({ examples: [[exampleExceptionIds.bulk]] }),
    filter: Which.optional().meta({
      description: `Instead of \`ids\`: at most ${exceptionLimits.bulkMax} that are found, the oldest first.`,
    }),
    decision: z
      .discriminatedUnion("action", [byItself.ignore, byItself.done, byItself.bind, byItself.resend])
      .meta({ examples: [{ action: "ignore", reason: "a test pallet" }] }),
  })
  .superRefine(({ ids, filter }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if ((ids === undefined) === (filter === undefined)) issue("ids", "give either ids or a filter");
    if (ids !== undefined && new Set(ids).size < ids.length) issue("ids", "one stands twice");
  })
  .meta({
    examples: [{ ids: [exampleExceptionIds.bulk], decision: { action: "ignore", reason: "a test pallet" } }],
  })
  .openapi("ExceptionDecisions");

export const BulkDecided = z
  .object({
    items: z.array(
      z.object({
        id,
        state: state.nullable().meta({ description: "Null where there is none." }),
        problem: z
          .object({ code: fields.problem, detail: z.string() })
          .nullable()
          .meta({ description: "Why nothing was done about this one." }),
      }),
    ),
    more: z.boolean().meta({ description: "Whether the filter finds more than were taken: ask again." }),
  })
  .openapi("ExceptionsDecided");
