import type { AuditedTag } from "../db/audit/tags.ts";
import { type Thing, thingOf } from "../stock/thing.ts";
import type { Fault } from "./fault.ts";

/** Whether a thing is where its last movement says, since when it says. */
export function checkTag(tag: AuditedTag, items: ReadonlyMap<string, number>): Fault | undefined {
  const { code, site, epoch, seq } = tag;
  if (tag.movement_code === null) {
    return {
      kind: "missing",
      site,
      epoch,
      seq,
      detail: `the ledger has no such movement, and ${code} is where it says`,
    };
  }
  const wrong = disagreement(tag, items);
  return wrong === undefined
    ? undefined
    : { kind: "tag", site, epoch, seq, detail: `of ${code}, the ledger keeps ${wrong}` };
}

function disagreement(tag: AuditedTag, items: ReadonlyMap<string, number>): string | undefined {
  const { kind, classKey } = thingOf(tag.code);
  const item = kind === "unit" ? undefined : items.get(classKey);
  if (tag.movement_code !== tag.code) return `the movement of ${tag.movement_code}`;
  if (tag.place_id !== tag.to_id || tag.site_id !== tag.movement_site_id)
    return "another place than its last movement says";
  if (tag.seen_ms !== tag.event_ms) return "another time than that of its last movement";
  if ((tag.item_id ?? undefined) !== item) return `the item number ${tag.item_id}; its code means ${item}`;
  return sinceIsRight(tag, kind) ? undefined : "another time since when it is there";
}

/** A movement that took the thing somewhere is since when it is there; one that found it there says that it came earlier. */
function sinceIsRight(tag: AuditedTag, kind: Thing["kind"]): boolean {
  const moved = kind === "unit" ? tag.previous_to_id !== tag.to_id : tag.posted;
  return moved ? tag.since_ms === tag.seen_ms : tag.since_ms <= (tag.previous_ms ?? tag.seen_ms);
}
