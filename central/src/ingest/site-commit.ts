import { type Cursor, type Level, limits, type SiteChange } from "@tallygate/protocol";
import type { ReachedLevel } from "../db/ledger/postings.ts";
import type { Directory } from "./directory.ts";

/** What one commit changed at one site. */
export interface SiteCommit {
  readonly site: string;
  /** The site's version after the commit. It rose by the count of messages that tell the change: {@link siteChanges}. */
  readonly version: number;
  readonly cursors: readonly Cursor[];
  readonly levels: readonly Level[];
  readonly recordTimeMs: number;
}

/** How many messages tell a change of so many levels: one message must stay below what NATS carries. */
export function changeCount(levels: number): number {
  return Math.max(1, Math.ceil(levels / limits.pageRowsMax));
}

/** The messages that tell a commit; the cursors are confirmed by the last, when all levels have been told. */
export function siteChanges(commit: SiteCommit): readonly SiteChange[] {
  const { site, version, cursors, levels, recordTimeMs } = commit;
  const count = changeCount(levels.length);
  return Array.from({ length: count }, (_, index) => ({
    v: 1,
    site: site as SiteChange["site"],
    version: version - count + 1 + index,
    cursors: index === count - 1 ? [...cursors] : [],
    levels: levels.slice(index * limits.pageRowsMax, (index + 1) * limits.pageRowsMax),
    recordTimeMs: Math.floor(recordTimeMs),
  }));
}

/** Sorts levels by site, in the words of the outside. */
export function levelsBySite(
  levels: readonly ReachedLevel[],
  directory: Directory,
): ReadonlyMap<number, readonly Level[]> {
  const bySite = new Map<number, Level[]>();
  for (const { itemId, placeId, onHand, reserved, blocked } of levels) {
    const { siteId, code } = directory.place(placeId);
    const level = {
      sku: directory.sku(itemId) as Level["sku"],
      place: code as Level["place"],
      onHand,
      reserved,
      blocked,
    };
    const ofSite = bySite.get(siteId);
    if (ofSite === undefined) bySite.set(siteId, [level]);
    else ofSite.push(level);
  }
  return bySite;
}
