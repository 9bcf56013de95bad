import type { AuditedTag } from "../db/audit/tags.ts";
import type { Meaning } from "../stock/model.ts";
import { type Thing, thingOf } from "../stock/thing.ts";
import type { Fault } from "./fault.ts";

/** What class keys mean and have meant. */
export type Meanings = ReadonlyMap<string, readonly Meaning[]>;

/** Whether a thing is where its last movement says, since when it says. */
export function checkTag(tag: AuditedTag, meanings: Meanings): Fault | undefined {
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
  const wrong = disagreement(tag, meanings);
  return wrong === undefined
    ? undefined
    : { kind: "tag", site, epoch, seq, detail: `of ${code}, the ledger keeps ${wrong}` };
}

function disagreement(tag: AuditedTag, meanings: Meanings): string | undefined {
  const { kind, classKey } = thingOf(tag.code);
  if (tag.movement_code !== tag.code) return `the movement of ${tag.movement_code}`;
  if (tag.place_id !== tag.to_id || tag.site_id !== tag.movement_site_id)
    return "another place than its last movement says";
  if (tag.seen_ms !== tag.event_ms) return "another time than that of its last movement";
  if (!isMeant(tag, kind === "unit" ? [] : (meanings.get(classKey) ?? [])))
    return `${tag.units} of the item number ${tag.item_id}, which its code does not mean`;
  return sinceIsRight(tag, kind) ? undefined : "another time since when it is there";
}

/** A logistic unit is no item; any other thing is one of the meanings that its code has or had. */
function isMeant({ item_id, units }: AuditedTag, meanings: readonly Meaning[]): boolean {
  if (meanings.length === 0) return item_id === null && units === 1;
  return meanings.some(meaning => meaning.itemId === item_id && meaning.units === units);
}

/** A movement that took the thing somewhere is since when it is there; one that found it there says that it came earlier. */
function sinceIsRight(tag: AuditedTag, kind: Thing["kind"]): boolean {
  const moved = kind === "unit" ? tag.previous_to_id !== tag.to_id : tag.posted;
  return moved ? tag.since_ms === tag.seen_ms : tag.since_ms <= (tag.previous_ms ?? tag.seen_ms);
}
