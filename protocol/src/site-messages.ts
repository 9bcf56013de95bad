import { z } from "zod";
import { ContractVersion } from "./batch.ts";
import { Account, Epoch, SiteId, Sku, TimeMs } from "./ids.ts";
import { limits } from "./limits.ts";
import { BizStep, ChainPoint } from "./movement.ts";

/**
 * What the centre and an edge tell each other besides movements. All of it is state, not history: a lost message is noticed
 * by the next one (versions are consecutive) and made good by asking.
 */

/** The centre's quantity of an item at a place of the site, absolute, as of the site's `version`. */
export const Level = z
  .object({
    sku: Sku,
    place: Account,
    onHand: z.int(),
    reserved: z.int().min(0),
    blocked: z.int().min(0),
  })
  .meta({ title: "Level" });
export type Level = z.infer<typeof Level>;

/** A site's cursor: the centre has committed every movement up to `seq` of `epoch`. */
export const Cursor = z.strictObject({ epoch: Epoch, seq: z.int().min(0) });
export type Cursor = z.infer<typeof Cursor>;

/**
 * One commit of the centre that concerns the site. `version` is one more than that of the site's commit before;
 * `cursors` confirm movements, and `levels` already contain them.
 */
export const SiteChange = z
  .object({
    v: ContractVersion,
    site: SiteId,
    version: z.int().min(1),
    cursors: z.array(Cursor),
    levels: z.array(Level),
    recordTimeMs: TimeMs,
  })
  .meta({ title: "SiteChange" });
export type SiteChange = z.infer<typeof SiteChange>;

/** An edge introduces itself: at connect, and whenever confirmations stay out. */
export const Hello = z
  .object({
    v: ContractVersion,
    site: SiteId,
    epochs: z
      .array(Cursor)
      .max(1000)
      .meta({ description: "Epochs with unconfirmed movements, and the last movement of each." }),
    timeMs: TimeMs,
  })
  .meta({ title: "Hello" });
export type Hello = z.infer<typeof Hello>;

/** Where the centre stands with each epoch asked for; an epoch it has never heard of has seq 0 and the genesis hash. */
export const HelloReply = z
  .object({
    v: ContractVersion,
    site: SiteId,
    version: z.int().min(0),
    catalogueVersion: z.int().min(0),
    cursors: z.array(ChainPoint),
    timeMs: TimeMs,
  })
  .meta({ title: "HelloReply" });
export type HelloReply = z.infer<typeof HelloReply>;

/** The centre missed movements: send again, from `from` of `epoch` on. */
export const Resend = z
  .object({ v: ContractVersion, site: SiteId, epoch: Epoch, from: z.int().min(1), reason: z.string().max(500) })
  .meta({ title: "Resend" });
export type Resend = z.infer<typeof Resend>;

export const SnapshotRequest = z
  .object({ v: ContractVersion, site: SiteId, after: z.strictObject({ sku: Sku, place: Account }).optional() })
  .meta({ title: "SnapshotRequest" });
export type SnapshotRequest = z.infer<typeof SnapshotRequest>;

/**
 * A page of all levels of the site, ordered by SKU and place. Each page is true as of its own `version`: keep the newer of a
 * page's level and one that came by a {@link SiteChange}. `next` is absent on the last page.
 */
export const SnapshotPage = z
  .object({
    v: ContractVersion,
    site: SiteId,
    version: z.int().min(0),
    cursors: z.array(Cursor),
    levels: z.array(Level).max(limits.pageRowsMax),
    next: z.strictObject({ sku: Sku, place: Account }).optional(),
  })
  .meta({ title: "SnapshotPage" });
export type SnapshotPage = z.infer<typeof SnapshotPage>;

/** What an edge knows of an item: enough to name what it reads, with the link down. */
export const CatalogueItem = z
  .object({
    sku: Sku,
    name: z.string(),
    uom: z.string(),
    classKeys: z.array(z.string()).meta({
      description: "Class keys as identify() gives them, such as (01)09506000134352; those of its packs too.",
    }),
    packs: z
      .array(z.object({ classKey: z.string(), units: z.int().min(2) }))
      .optional()
      .meta({
        description:
          "Those of the class keys that count as more than one unit each. Who does not know it counts them as one.",
      }),
    status: z.enum(["draft", "active", "discontinued"]).optional().meta({ description: "Absent: active." }),
    tracking: z.enum(["none", "lot", "serial"]).optional().meta({ description: "Absent: none." }),
  })
  .meta({ title: "CatalogueItem" });
export type CatalogueItem = z.infer<typeof CatalogueItem>;

export const CatalogueRequest = z
  .object({ v: ContractVersion, site: SiteId, since: z.int().min(0) })
  .meta({ title: "CatalogueRequest" });
export type CatalogueRequest = z.infer<typeof CatalogueRequest>;

/** Items changed after `since`, oldest change first. Ask again with `version` while `more`. */
export const CataloguePage = z
  .object({
    v: ContractVersion,
    version: z.int().min(0),
    more: z.boolean(),
    items: z.array(CatalogueItem).max(limits.pageRowsMax),
  })
  .meta({ title: "CataloguePage" });
export type CataloguePage = z.infer<typeof CataloguePage>;

export const CatalogueChanged = z
  .object({ v: ContractVersion, version: z.int().min(0) })
  .meta({ title: "CatalogueChanged" });
export type CatalogueChanged = z.infer<typeof CatalogueChanged>;

export const ListsRequest = z
  .object({
    v: ContractVersion,
    site: SiteId,
    epochs: z
      .array(Epoch)
      .max(1000)
      .optional()
      .meta({ description: "Epochs of which the site keeps movements: the answer says how far it counts them." }),
  })
  .meta({ title: "ListsRequest" });
export type ListsRequest = z.infer<typeof ListsRequest>;

/** What is still to be done of a line of a document on a list, at one place. */
export const SiteListLine = z.object({
  document: z.string().meta({ description: "The document's number.", examples: ["SO-4711"] }),
  line: z.int().min(1),
  sku: Sku,
  place: Account.optional().meta({ description: "Where it is held." }),
  quantity: z.int().min(1),
});
export type SiteListLine = z.infer<typeof SiteListLine>;

/** An item of a list: how many units its documents want, and how many the list's step was done to, which may be more. */
export const SiteListItem = z.object({ sku: Sku, wanted: z.int().min(0), done: z.int().min(0) });
export type SiteListItem = z.infer<typeof SiteListItem>;

/** Documents that are worked on together: at a read point, or as a wave that is picked anywhere. Lines are in walking order. */
export const SiteList = z.object({
  id: z.string(),
  readPoint: z.string().max(96).optional(),
  step: BizStep,
  openedMs: TimeMs,
  documents: z.array(z.object({ kind: z.string(), number: z.string(), partner: z.string().optional() })),
  lines: z.array(SiteListLine),
  items: z.array(SiteListItem).optional().meta({
    description: "All items, also those that nothing is missing of. Absent where a page has no room for them.",
  }),
});
export type SiteList = z.infer<typeof SiteList>;

/**
 * The open lists of the site, the oldest first, as of at least `version`. Lines above the limit of a page are left out, the last first, and
 * then `cut` is true.
 */
export const ListsPage = z
  .object({
    v: ContractVersion,
    site: SiteId,
    version: z.int().min(0),
    cut: z.boolean(),
    lists: z.array(SiteList).max(limits.pageRowsMax),
    followed: z
      .array(Cursor)
      .optional()
      .meta({ description: "The lists count the site's movements up to here, of the epochs that were asked for." }),
  })
  .meta({ title: "ListsPage" });
export type ListsPage = z.infer<typeof ListsPage>;

/** The open lists of a site have this version: an edge that has another one asks. */
export const ListsChanged = z
  .object({ v: ContractVersion, site: SiteId, version: z.int().min(0) })
  .meta({ title: "ListsChanged" });
export type ListsChanged = z.infer<typeof ListsChanged>;

/** How a site is, in its own words. */
export const SiteStatus = z
  .object({
    v: ContractVersion,
    site: SiteId,
    timeMs: TimeMs,
    epoch: Epoch,
    lastSeq: z.int().min(0),
    waiting: z.int().min(0).meta({ description: "Movements not yet confirmed." }),
    oldestWaitingMs: TimeMs.optional(),
    exceptionsOpen: z.int().min(0),
    alarms: z.array(z.string().max(300)).max(50),
    devices: z
      .array(
        z.object({
          deviceId: z.string(),
          driver: z.string(),
          state: z.enum(["connected", "waiting", "silent", "failed"]),
          lastHeardMs: TimeMs.optional(),
          readings: z.int().min(0),
          refused: z.int().min(0),
          clockSkewMs: z.number().optional(),
        }),
      )
      .max(500),
  })
  .meta({ title: "SiteStatus" });
export type SiteStatus = z.infer<typeof SiteStatus>;
