import { z } from "@tallygate/kit";
import { limits, PlaceCode, SiteId, Sku } from "@tallygate/protocol";
import { countLimits, countReasons } from "../counts/limits.ts";
import { countMachine, countStates } from "../counts/machine.ts";
import { exactText, fields, text } from "./fields.ts";

/** Counts of the examples, one in each state that an example needs, since most steps can be done once. */
export const exampleCountIds = {
  read: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d20",
  start: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d21",
  enter: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d22",
  submit: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d23",
  approve: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d24",
  reject: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d25",
  recount: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d26",
  cancel: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d27",
} as const;

/** The id in a path; each route shows that of the example it needs. */
export function countParams(example: keyof typeof exampleCountIds) {
  return z.object({ id: z.uuid().meta({ examples: [exampleCountIds[example]] }) });
}

const states = Object.entries(countMachine.states).map(([state, { means }]) => `\`${state}\`: ${means}`);
export const CountState = z.enum(countStates as [string, ...string[]]).meta({ description: states.join(" ") });
export const CountKind = z.enum(["full", "cycle"]).meta({
  description: "`full`: a stock-taking. `cycle`: a part of the stock, now and again. They are counted alike.",
  examples: ["cycle"],
});

const instant = z.iso.datetime({ offset: true }).refine(time => Number.isFinite(Date.parse(time)), "is no time");
const years = (time: string) => Date.parse(time) > Date.UTC(2000) && Date.parse(time) < Date.UTC(2200);
const when = instant.refine(years, "is not between the years 2000 and 2200");

const Limits = z
  .strictObject({
    value: z.int().min(0).optional().meta({ description: "What may differ in all, in the currency's minor unit." }),
    units: z.int().min(0).optional().meta({ description: "By how many units a line may differ." }),
    percent: z.number().min(0).max(1000).optional().meta({ description: "By how much of what should be there." }),
  })
  .meta({
    description: "Above any of these somebody who did not count must approve. Without it, the configured limits.",
  });

export const NewCount = z
  .strictObject({
    site: SiteId,
    kind: CountKind.default("cycle"),
    blind: z
      .boolean()
      .default(true)
      .meta({ description: "What should be there is in no answer until all is counted." }),
    name: text(countLimits.nameCharsMax)
      .optional()
      .meta({ examples: ["Aisle 3, November"] }),
    places: z
      .array(PlaceCode)
      .max(countLimits.placesMax)
      .optional()
      .meta({ description: "Without places and zones, the whole site.", examples: [["dock-2"]] }),
    zones: z
      .array(PlaceCode)
      .max(1000)
      .optional()
      .meta({ description: "Places with all that stands in them.", examples: [[]] }),
    skus: z
      .array(Sku)
      .min(1)
      .max(countLimits.itemsMax)
      .optional()
      .meta({ description: "Only these items. Without it, whatever is there.", examples: [["OAT-1L"]] }),
    limits: Limits.optional().meta({ examples: [{ units: 5 }] }),
    observed_since: when.optional().meta({
      description: "Takes what scanners and readers counted at these places since then, before the count was planned.",
      examples: ["2026-11-23T00:00:00Z"],
    }),
  })
  .openapi("NewCount");

const Entry = z
  .strictObject({
    place: PlaceCode,
    sku: Sku.optional(),
    code: exactText(limits.codeCharsMax)
      .optional()
      .meta({ description: "A scan, or a code as movements have it. It stands in place of the SKU." }),
    lot: z
      .string()
      .regex(/^[!-"%-?A-Z_a-z]{1,20}$/, "has characters that no lot may have")
      .optional(),
    serial: z
      .string()
      .regex(/^[!-"%-?A-Z_a-z]{1,20}$/, "has characters that no serial number may have")
      .optional(),
    quantity: z
      .int()
      .min(0)
      .max(limits.quantityMax)
      .default(1)
      .meta({ description: "All of it that was found there." }),
    counted_at: when.optional().meta({ description: "Without it, now." }),
  })
  .refine(({ sku, code }) => (sku === undefined) !== (code === undefined), {
    path: ["sku"],
    message: "name a sku or a code",
  })
  .refine(({ code, lot, serial }) => code === undefined || (lot ?? serial) === undefined, {
    path: ["code"],
    message: "a code names its lot and serial number itself",
  });

export const NewEntries = z
  .strictObject({
    entries: z
      .array(Entry)
      .max(countLimits.entriesMax)
      .default([])
      .meta({ examples: [[{ place: "dock-2", sku: "OAT-1L", quantity: 12 }]] }),
    done: z
      .array(z.strictObject({ place: PlaceCode, counted_at: when.optional() }))
      .max(countLimits.entriesMax)
      .default([])
      .meta({
        description: "Places of which all is counted, also where nothing was found.",
        examples: [[{ place: "dock-2" }]],
      }),
  })
  .refine(({ entries, done }) => entries.length + done.length > 0, {
    path: ["entries"],
    message: "nothing was counted",
  })
  .openapi("NewCountEntries");

const remark = text(countLimits.remarkCharsMax);
const reason = z.enum(countReasons).meta({ description: "Why stock differs.", examples: ["mispick"] });

export const Submission = z
  .strictObject({
    partial: z.boolean().default(false).meta({ description: "Leaves out places that nobody has counted." }),
  })
  .openapi("CountSubmission", { examples: [{}] });
export const Approval = z
  .strictObject({
    reasons: z
      .array(z.strictObject({ place: PlaceCode, sku: Sku, reason }))
      .max(countLimits.entriesMax)
      .default([])
      .meta({ description: "Lines without one have the reason `unknown`.", examples: [[]] }),
    remark: remark.optional().meta({ examples: ["seen on the shelf"] }),
  })
  .openapi("CountApproval");
export const Rejection = z.strictObject({ remark: remark.meta({ examples: ["cannot be"] }) }).openapi("CountRejection");
export const Cancellation = z
  .strictObject({ remark: remark.optional().meta({ examples: ["the aisle is closed"] }) })
  .openapi("CountCancellation");
export const Recount = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          place: PlaceCode,
          sku: Sku.optional().meta({ description: "Without it, all of the place." }),
        }),
      )
      .min(1)
      .max(countLimits.entriesMax)
      .meta({ examples: [[{ place: "dock-2" }]] }),
  })
  .openapi("CountRecount");

const actor = z.string().nullable();
export const CountView = z
  .object({
    id: z.uuid(),
    site: fields.site,
    kind: CountKind,
    state: CountState,
    blind: z.boolean(),
    name: z.string().nullable(),
    all_items: z.boolean().meta({ description: "Whatever is there is counted, not only some items." }),
    limits: Limits,
    places: z.int().meta({ description: "How many there are to be counted." }),
    places_counted: z.int(),
    places_left_out: z.int(),
    places_posted: z.int(),
    created_by: z.string(),
    created_at: fields.time,
    started_at: fields.time.nullable(),
    submitted_by: actor,
    submitted_at: fields.time.nullable(),
    approved_by: actor.meta({ description: "Null where nothing was above the limits." }),
    approved_at: fields.time.nullable(),
    posted_at: fields.time.nullable(),
    remark: z.string().nullable(),
  })
  .openapi("Count");

export const CountPlaceView = z
  .object({
    place: fields.account,
    counted_at: fields.time.nullable().meta({ description: "The time as of which the count is the truth here." }),
    done: z.boolean(),
    left_out: z.boolean(),
    posted: z.boolean(),
    entries: z.int(),
  })
  .openapi("CountPlace");

export const CountEntryView = z
  .object({
    place: fields.account,
    sku: fields.sku,
    code: z.string(),
    lot: z.string().nullable(),
    quantity: z.int(),
    units: z.int().meta({ description: "Units of the item that each of them is: what the pack has in it, or 1." }),
    counter: z.string().meta({ description: "Who found it: a caller, or a device with its sweep." }),
    first_time: fields.time,
    last_time: fields.time,
  })
  .openapi("CountEntry");

const hidden = z.int().nullable().meta({ description: "Null while a blind count is not handed in." });
export const CountLineView = z
  .object({
    place: fields.account,
    sku: fields.sku,
    name: z.string(),
    counted_at: fields.time.meta({ description: "As of when it is compared." }),
    counted: z.int(),
    expected: hidden,
    variance: hidden,
    adjusted: z.int().meta({ description: "By how much stock was adjusted for it." }),
    value: hidden.meta({ description: "Of the variance, in the currency's minor unit; null without a price." }),
    currency: z.string().nullable(),
    missing: z.array(z.string()).meta({ description: "Things that should be there and were not found." }),
    unexpected: z.array(z.string()).meta({ description: "Things that were found and should not be there." }),
    lots: z.array(z.object({ lot: z.string().nullable(), expected: z.int(), counted: z.int() })).meta({
      description: "Of what has no serial number: what differs, by lot where the item is tracked by lot.",
    }),
    needs_serials: z
      .boolean()
      .meta({ description: "Only serial numbers tell which things are missing: count it again by them." }),
    reason: z.string().nullable(),
  })
  .openapi("CountLine");

export const AccuracyView = z
  .object({
    group: z.string(),
    counted: z.int().meta({ description: "Items at places that were counted." }),
    right: z.int().meta({ description: "Those of them that were as the ledger had them." }),
    accuracy: z.number().meta({ description: "right / counted.", examples: [0.985] }),
    units_expected: z.int(),
    units_counted: z.int(),
    units_off: z.int().meta({ description: "Found and lost alike." }),
    value_off: z.int(),
    currency: z.string().nullable(),
  })
  .openapi("CountAccuracy");

export const ProposalView = z
  .object({
    place: fields.account,
    sku: fields.sku,
    score: z.number().meta({ description: "From 0 to 100; comparable within one answer." }),
    reasons: z.array(z.string()).meta({ description: "The heaviest first." }),
    on_hand: z.int(),
    proven_at: fields.time.nullable().meta({ description: "When a count last proved it." }),
  })
  .openapi("CountProposal");

export const ObservationView = z
  .object({
    site: fields.site,
    epoch: fields.epoch,
    seq: z.int(),
    place: fields.account,
    code: z.string(),
    quantity: z.int(),
    event_time: fields.time,
    read_point: z.string(),
    session: z.string(),
    count: z.string().nullable().meta({ description: "The count that it belongs to." }),
  })
  .openapi("CountObservation");

export const Reason = reason;
export const Instant = when;
export { PlaceCode, SiteId, Sku };
