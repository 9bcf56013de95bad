import { z } from "zod";
import { Account, SiteId, Sku } from "../ids.ts";

/** Fields that many events have. */
export const eventFields = {
  site: SiteId,
  place: Account,
  sku: Sku,
  id: z.uuid().meta({ examples: ["019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d11"] }),
  time: z.iso.datetime({ offset: true }).meta({ description: "RFC 3339.", examples: ["2026-11-23T09:30:00.000Z"] }),
  date: z.iso.date().meta({ examples: ["2027-03-31"] }),
  quantity: z.int().meta({ description: "In the item's smallest unit.", examples: [12] }),
  text: z.string(),
};

/** What a level is: absolute, so that a later one makes good for one that was missed. */
export const levelQuantities = {
  on_hand: z.int().meta({ description: "Physically there, in the item's smallest unit.", examples: [42] }),
  reserved: z.int().meta({ description: "Promised, still there.", examples: [2] }),
  blocked: z.int().meta({ description: "There, not to be promised.", examples: [0] }),
  available: z.int().meta({ description: "On hand − reserved − blocked.", examples: [40] }),
};

/** One type of event: when it happens, and what its `data` is like. */
export interface EventType {
  readonly summary: string;
  readonly data: z.ZodType<Record<string, unknown>>;
  /** True where it concerns every site, such as the catalogue; then every reader of events may see it. */
  readonly everywhere?: boolean;
}
