import { z } from "zod";

/**
 * Short names that people give to sites, places and devices. They appear in subjects, topics and addresses, so they hold
 * nothing that any of those would take for syntax.
 */
const name = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/,
    "use 1 to 64 of a–z, 0–9, - and _, beginning and ending with a letter or digit",
  );

export const SiteId = name
  .brand("SiteId")
  .meta({ description: "A site: one warehouse with one edge.", examples: ["lyon"] });
export type SiteId = z.infer<typeof SiteId>;

export const DeviceId = name
  .brand("DeviceId")
  .meta({ description: "A reader or scanner at a site.", examples: ["dock-1"] });
export type DeviceId = z.infer<typeof DeviceId>;

/** Where goods are when they are at no place of ours. Each site has its own account of each. */
export const outsides = ["supplier", "customer", "loss", "found", "transit"] as const;
export type Outside = (typeof outsides)[number];

export function isOutside(account: string): account is Outside {
  return outsides.some(outside => outside === account);
}

export const PlaceCode = name
  .refine(code => !isOutside(code), "supplier, customer, loss, found and transit are no places of the site")
  .brand("PlaceCode")
  .meta({ description: "A place of a site: a zone, a dock or a bin.", examples: ["dock-1"] });
export type PlaceCode = z.infer<typeof PlaceCode>;

/** One side of a movement: a place of the movement's own site, or one of the outsides. */
export const Account = name.brand("Account").meta({
  description: "A place of the site, or an outside: supplier, customer, loss, found, transit.",
  examples: ["dock-1"],
});
export type Account = z.infer<typeof Account>;

/** Names one opening of a site's store; new at each opening, so a restored copy can never give an id twice. */
export const Epoch = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "16 hexadecimal digits")
  .brand("Epoch")
  .meta({ description: "One opening of the site's store.", examples: ["01939f6c2a7be4d1"] });
export type Epoch = z.infer<typeof Epoch>;

/** The epoch of each site that the centre itself writes: what a person, client, order or count causes there. No edge's. */
export const centralEpoch = Epoch.parse("0".repeat(16));

export const Sku = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x21-\x7e]+$/, "printable ASCII without spaces")
  .brand("Sku")
  .meta({ description: "Stock keeping unit: the item's own short name.", examples: ["OAT-1L"] });
export type Sku = z.infer<typeof Sku>;

export const TimeMs = z
  .int()
  .min(0)
  .max(253_402_300_799_999)
  .meta({ description: "Milliseconds since 1970-01-01T00:00:00Z.", examples: [1_788_785_436_194] });

export const HashHex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
  .meta({ description: "SHA-256, lower-case hexadecimal." });
