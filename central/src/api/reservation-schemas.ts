import { ProblemJson, z } from "@tallygate/kit";
import { limits, PlaceCode, SiteId, Sku } from "@tallygate/protocol";
import { reservationLimits } from "../reservations/limits.ts";
import { policies, policyNames } from "../reservations/policies/index.ts";
import { exactText, fields } from "./fields.ts";

/** A reservation's id; of the examples one is for fulfilling, one for releasing, since each ends once. */
export const exampleIds = {
  fulfil: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d11",
  release: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d12",
} as const;
export const ReservationId = z.uuid().meta({ examples: [exampleIds.fulfil] });
export const ReservationState = z.enum(["held", "fulfilled", "released", "expired"]).meta({
  description:
    "`held`, then once one of the others: `fulfilled` or `released` by what ended the last of it, `expired` by its time.",
});
export const Reference = exactText(reservationLimits.referenceCharsMax).meta({
  description: "Your own word for it, such as an order's number. It need not be unique.",
  examples: ["SO-4711"],
});

const Line = z
  .strictObject({
    sku: Sku,
    quantity: z
      .int()
      .min(1)
      .max(limits.quantityMax)
      .meta({ examples: [1] }),
    site: SiteId.optional().meta({ description: "Only at this site.", examples: ["lyon"] }),
    place: PlaceCode.optional().meta({ description: "Only at this place of the site.", examples: ["dock-2"] }),
  })
  .refine(({ site, place }) => place === undefined || site !== undefined, {
    path: ["site"],
    message: "a place is one of a site; name the site too",
  });

const Lines = z
  .array(Line)
  .min(1)
  .max(reservationLimits.linesMax)
  .meta({ examples: [[{ sku: "OAT-1L", quantity: 1 }]] });

const summaries = Object.entries(policies).map(([name, { summary }]) => `\`${name}\`: ${summary}`);

export const NewReservation = z
  .strictObject({
    lines: Lines,
    policy: z
      .enum(policyNames)
      .default("one_place")
      .meta({ description: `From where it is held. ${summaries.join("; ")}.` }),
    sites: z
      .array(SiteId)
      .max(reservationLimits.sitesMax)
      .default([])
      .meta({ description: "For `nearest`: the sites to take from, the nearest first.", examples: [[]] }),
    expires_in_s: z.int().min(1).max(reservationLimits.expiresMaxS).default(reservationLimits.expiresDefaultS).meta({
      description: "After so many seconds it ends by itself.",
    }),
    reference: Reference.optional(),
  })
  .openapi("NewReservation");
export type NewReservation = z.infer<typeof NewReservation>;

export const NewReservations = z
  .strictObject({
    reservations: z
      .array(NewReservation)
      .min(1)
      .max(reservationLimits.bulkMax)
      .meta({ examples: [[{ lines: [{ sku: "OAT-1L", quantity: 1 }] }]] }),
  })
  .openapi("NewReservations");

export const EndOfReservation = z
  .strictObject({
    lines: Lines.optional().meta({ description: "Only this much of it; without lines, all that it holds." }),
  })
  .openapi("EndOfReservation", { examples: [{}] });

const quantities = {
  quantity: z.int().meta({ description: "What was asked for." }),
  held: z.int().meta({ description: "What it keeps from others now." }),
  fulfilled: z.int(),
  released: z.int(),
};

export const Reservation = z
  .object({
    id: ReservationId,
    state: ReservationState,
    policy: z.string().meta({ examples: ["one_place"] }),
    reference: z.string().nullable(),
    created_at: fields.time,
    expires_at: fields.time.nullable().meta({ description: "Null where the document that it is held for ends it." }),
    document: z.string().nullable().meta({ description: "The id of the order or transfer that it is held for." }),
    ended_at: fields.time.nullable(),
    lines: z.array(
      z.object({
        sku: fields.sku,
        ...quantities,
        holds: z.array(z.object({ site: fields.site, place: fields.account, ...quantities })),
      }),
    ),
  })
  .openapi("Reservation");

export const BulkResult = z
  .object({
    results: z
      .array(
        z.object({
          reservation: Reservation.optional().meta({ description: "What is held, where it was granted." }),
          problem: ProblemJson.optional().meta({ description: "Why it was refused, where it was." }),
        }),
      )
      .meta({ description: "One for each reservation, in the order of the request." }),
  })
  .openapi("BulkResult");
