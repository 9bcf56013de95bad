import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const { id, site, sku, place, time } = eventFields;

const quantities = {
  quantity: z.int().meta({ description: "What was asked for." }),
  held: z.int().meta({ description: "What it keeps from others now." }),
  fulfilled: z.int(),
  released: z.int(),
};

/** As `GET /v1/reservations/{id}` shows it. */
const reservation = z.object({
  id,
  state: z.enum(["held", "fulfilled", "released", "expired"]),
  policy: z.string(),
  reference: z.string().nullable(),
  created_at: time,
  expires_at: time.nullable().meta({ description: "Null where only a document ends it." }),
  document: z.string().nullable().meta({ description: "The document that it is held for." }),
  ended_at: time.nullable(),
  lines: z.array(z.object({ sku, ...quantities, holds: z.array(z.object({ site, place, ...quantities })) })),
});

export const reservationEvents = {
  "reservation.held": { summary: "Stock was promised.", data: reservation },
  "reservation.changed": {
    summary: "A part of a reservation was fulfilled or released; the rest is held.",
    data: reservation,
  },
  "reservation.fulfilled": {
    summary: "A reservation ended: the goods went to whom they were promised.",
    data: reservation,
  },
  "reservation.released": { summary: "A reservation ended: the goods are available again.", data: reservation },
  "reservation.expired": { summary: "A reservation ended by its time.", data: reservation },
} as const satisfies Record<string, EventType>;
