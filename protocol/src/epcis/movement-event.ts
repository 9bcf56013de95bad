import { z } from "zod";
import { formatDigitalLink } from "../codes/digital-link.ts";
import type { Element } from "../codes/element.ts";
import { checkElements, parseBracketed } from "../codes/element-string.ts";
import { identityOf } from "../codes/identity.ts";
import { parseGln } from "../codes/keys.ts";
import { isOutside } from "../ids.ts";
import type { BizStep, Movement, MovementId } from "../movement.ts";
import type { BizTransaction, ObjectEvent } from "./events.ts";
import { meaningOf } from "./meaning.ts";
import { offsetAt } from "./time-zone.ts";

const Gln = z
  .string()
  .refine(gln => parseGln(gln).ok, { error: "a GLN has 13 digits, the last its check digit" })
  .brand("Gln")
  .meta({ description: "Global Location Number.", examples: ["0614141123452"] });

/** A place or read point that has a GLN, with the extension (AI 254) that tells it from others under the same GLN. */
export const Location = z
  .strictObject({ gln: Gln, extension: z.string().optional() })
  .refine(({ gln, extension }) => checkElements(elementsOf(gln, extension)).ok, {
    error: "an extension has 1 to 20 characters of GS1 set 82",
  })
  .brand("Location");
export type Location = z.infer<typeof Location>;

/** How a site is known to other systems. */
export const EventSite = z.object({
  /**
   * What the URIs begin with of all that has no GS1 key, and of each `eventID`. It is part of their identity: once an event
   * has been sent, another base would make the same movement a second event.
   */
  base: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~-]+)*$/, {
      error: "use an address without query, fragment and final slash, such as https://stock.example.com/v1",
    }),
  timeZone: z.string().meta({ description: "IANA time zone of the site.", examples: ["Europe/Paris"] }),
  /** GLN of the party whose goods are at the site. */
  party: Gln.optional(),
  places: z.map(z.string(), Location).optional(),
  /** By device, or by device/antenna, which comes first. */
  readPoints: z.map(z.string(), Location).optional(),
});
export type EventSite = z.infer<typeof EventSite>;

/** What a movement does not say of itself. */
export interface MovementContext {
  readonly id: MovementId;
  readonly site: EventSite;
  /** Unit of the movement's quantity, UN/ECE Rec. 20. Absent: pieces. */
  readonly uom?: string;
  /** GLN of the supplier or customer on the other side. */
  readonly partner?: z.infer<typeof Gln>;
  /** The orders and notices behind it. */
  readonly bizTransactions?: readonly BizTransaction[];
}

/**
 * The EPCIS event of a movement. The same movement in the same context always gives the same event, `eventID` included, so
 * sending it again is a repeat and no second event (EPCIS 2.0, 12.4: the repository answers 409).
 */
export function movementEvent(movement: Movement, context: MovementContext): ObjectEvent {
  const { id, site, bizTransactions } = context;
  const what = whatMoved(movement, context);
  const eventTime = new Date(movement.eventTimeMs).toISOString();
  const here = isOutside(movement.to) ? undefined : placeUri(movement.to, context);
  return {
    type: "ObjectEvent",
    eventID: `${site.base}/movements/${id.site}/${id.epoch}/${id.seq}`,
    eventTime,
    eventTimeZoneOffset: offsetAt(site.timeZone, movement.eventTimeMs),
    ...meaningOf(movement, what.quantityList !== undefined),
    ...what,
    readPoint: { id: readPointUri(movement.readPoint, context) },
    ...(here === undefined ? {} : { bizLocation: { id: here } }),
    ...(bizTransactions?.length ? { bizTransactionList: [...bizTransactions] } : {}),
    ...handOver(movement, context),
  };
}

function whatMoved(movement: Movement, context: MovementContext): Pick<ObjectEvent, "epcList" | "quantityList"> {
  const { kind, uri } = nameOf(movement.code, context.site.base);
  if (kind === "thing") return { epcList: [uri] };
  const uom = context.uom === undefined ? {} : { uom: context.uom };
  return { quantityList: [{ epcClass: uri, quantity: movement.quantity, ...uom }] };
}

/** A tag without a GS1 key is still one thing; any other code without one may be printed on many. */
function nameOf(code: string, base: string): { readonly kind: "thing" | "class"; readonly uri: string } {
  const own = { kind: code.startsWith("epc:") ? "thing" : "class", uri: `${base}/codes/${segment(code)}` } as const;
  const elements = parseBracketed(code);
  if (!elements.ok) return own;
  const kind = identityOf(elements.value, code).kind === "class" ? "class" : "thing";
  const link = formatDigitalLink(elements.value);
  return { kind, uri: link.ok ? link.value : own.uri };
}

function readPointUri(readPoint: string, { id, site }: MovementContext): string {
  const [device = ""] = readPoint.split("/", 1);
  const location = site.readPoints?.get(readPoint) ?? site.readPoints?.get(device);
  return location ? locationLink(location) : `${site.base}/sites/${id.site}/read-points/${segment(readPoint)}`;
}

function placeUri(place: string, { id, site }: MovementContext): string {
  const location = site.places?.get(place);
  return location ? locationLink(location) : `${site.base}/sites/${id.site}/places/${segment(place)}`;
}

const handingOver: readonly BizStep[] = ["receiving", "arriving", "shipping", "departing"];

/** Who hands over to whom, where such a step takes goods from a supplier or customer, or to one. */
function handOver(movement: Movement, context: MovementContext): Pick<ObjectEvent, "sourceList" | "destinationList"> {
  const { from, to, bizStep } = movement;
  const between = (isParty(from) && !isOutside(to)) || (isParty(to) && !isOutside(from));
  if (!between || !handingOver.includes(bizStep)) return {};
  const type = "possessing_party";
  return {
    sourceList: [{ type, source: partyUri(from, context) }],
    destinationList: [{ type, destination: partyUri(to, context) }],
  };
}

function isParty(account: string): boolean {
  return account === "supplier" || account === "customer";
}

function partyUri(account: string, { id, site, partner }: MovementContext): string {
  const gln = isParty(account) ? partner : site.party;
  if (gln !== undefined) return `https://id.gs1.org/417/${gln}`;
  return `${site.base}/sites/${id.site}${isParty(account) ? `/parties/${account}` : ""}`;
}

function locationLink({ gln, extension }: Location): string {
  const link = formatDigitalLink(elementsOf(gln, extension));
  return link.ok ? link.value : `https://id.gs1.org/414/${gln}`;
}

function elementsOf(gln: string, extension: string | undefined): readonly Element[] {
  const key = { ai: "414", value: gln };
  return extension === undefined ? [key] : [key, { ai: "254", value: extension }];
}

/** One segment of a path, slashes and all. Halves of characters, which no URI can carry, become U+FFFD. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
