import { ok, parseGln, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import { lockSites } from "../db/ledger/sites.ts";
import {
  insertPlace,
  type PlaceFields,
  type PlaceKind,
  type PlaceRow,
  type ReadPoint,
  readHeight,
  readLineage,
  readPlace,
  replaceReadPoints,
  updatePlace,
} from "../db/places/places.ts";
import type { Client } from "../db/pool.ts";
import { findSite } from "../db/queries/sites.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { newReservationId } from "../reservations/id.ts";
import { checkStanding } from "./hierarchy.ts";
import { tellBlocked } from "./tell-blocked.ts";

/** What is given of a place; what is absent stays as it is, and null is nothing. */
export interface GivenPlace {
  readonly name?: string | null | undefined;
  readonly kind?: PlaceKind | undefined;
  readonly parent?: string | null | undefined;
  readonly gln?: string | null | undefined;
  readonly gln_extension?: string | null | undefined;
  readonly available?: boolean | undefined;
  readonly read_points?: readonly ReadPoint[] | undefined;
}

export interface ChangedPlace {
  readonly place: PlaceRow;
  /** To be published after the commit. */
  readonly commits: readonly SiteCommit[];
}

/** Adds a place to a site. Refuses `site.unknown`, `place.exists`, and what {@link changePlace} refuses. */
export async function addPlace(
  client: Client,
  { site, code, ...given }: GivenPlace & { readonly site: string; readonly code: string },
  actor: string,
): Promise<Result<ChangedPlace>> {
  const siteId = await findSite(client, site);
  if (siteId === undefined) {
    return refuse("site.unknown", `No site ${site} has been heard; start its edge first.`, { at: "body.site" });
  }
  await lockSites(client, [siteId]);
  const fields = await fieldsOf(client, { siteId, code, height: 0, before: undefined }, given);
  if (!fields.ok) return fields;
  const id = await insertPlace(client, { siteId, code, ...fields.value });
  if (id === undefined) {
    return refuse("place.exists", `The site ${site} has a place ${code} already; change that one.`, {
      at: "body.code",
    });
  }
  return finish(client, { site, code, id, siteId, before: undefined, given, actor });
}

/**
 * Changes a place. What becomes unavailable is blocked from then on, and what was promised of it is a shortage for a person.
 * `isExpected` says whether the caller has seen this version. Refuses `place.unknown`, `place.changed`, `place.hierarchy`,
 * `read_point.taken`, and a GLN that is none.
 */
export async function changePlace(
  client: Client,
  { site, code, ...given }: GivenPlace & { readonly site: string; readonly code: string },
  { actor, isExpected }: { readonly actor: string; readonly isExpected: (place: PlaceRow) => boolean },
): Promise<Result<ChangedPlace>> {
  const unknown = refuse("place.unknown", `The site ${site} has no place ${code}.`, { at: "path.code" });
  const siteId = await findSite(client, site);
  if (siteId === undefined) return unknown;
  await lockSites(client, [siteId]);
  const before = await readPlace(client, { site, code });
  if (before === undefined) return unknown;
  if (!isExpected(before)) {
    return refuse("place.changed", `The place ${site}/${code} has changed since; read it again.`, {
      at: "header.if-match",
    });
  }
  const height = await readHeight(client, before.id);
  const fields = await fieldsOf(client, { siteId, code, height, before }, given);
  if (!fields.ok) return fields;
  await updatePlace(client, before.id, fields.value);
  return finish(client, { site, code, id: before.id, siteId, before, given, actor });
}

interface Known {
  readonly siteId: number;
  readonly code: string;
  readonly height: number;
  readonly before: PlaceRow | undefined;
}

/** The place as it will be. The site is locked, so what it stands in stays where it is. */
async function fieldsOf(client: Client, known: Known, given: GivenPlace): Promise<Result<PlaceFields>> {
  const { siteId, code, height, before } = known;
  const gln = given.gln === undefined ? (before?.gln ?? null) : given.gln;
  const glnExtension = given.gln_extension === undefined ? (before?.gln_extension ?? null) : given.gln_extension;
  const read = gln === null ? ok("") : parseGln(gln);
  if (!read.ok) return refuse(read.problem.code, read.problem.detail, { at: "body.gln" });
  if (gln === null && glnExtension !== null) {
    return refuse("request.invalid", "An extension belongs to a GLN; give that too.", { at: "body.gln_extension" });
  }
  const kind = given.kind ?? before?.kind ?? "zone";
  const parent = given.parent === undefined ? (before?.parent ?? null) : given.parent;
  const lineage = parent === null ? [] : await readLineage(client, siteId, parent);
  if (parent !== null && lineage.length === 0) {
    return refuse("place.unknown", `The site has no place ${parent}.`, { at: "body.parent" });
  }
  const checked = checkStanding({ code, kind, height }, lineage);
  if (!checked.ok) return checked;
  const name = given.name === undefined ? (before?.name ?? null) : given.name;
  const available = given.available ?? before?.available ?? true;
  return ok({ name, kind, parentId: lineage[0]?.id ?? null, gln, glnExtension, available });
}

interface Finish {
  readonly site: string;
  readonly code: string;
  readonly id: number;
  readonly siteId: number;
  readonly before: PlaceRow | undefined;
  readonly given: GivenPlace;
  readonly actor: string;
}

/** The read points, the levels and the trail of a place that was written. */
async function finish(client: Client, change: Finish): Promise<Result<ChangedPlace>> {
  const { site, code, id, siteId, before, given, actor } = change;
  if (given.read_points !== undefined) {
    const taken = await replaceReadPoints(client, { id, siteId, readPoints: given.read_points });
    if (taken !== undefined) {
      const detail = `The read point ${taken} belongs to another place of ${site}; take it from that one first.`;
      return refuse("read_point.taken", detail, { at: "body.read_points" });
    }
  }
  const place = await readPlace(client, { site, code });
  if (place === undefined) throw new Error(`the place ${site}/${code} was written and is not there`);
  const freed = before !== undefined && before.available !== place.available;
  const commits = freed ? await tellBlocked(client, { siteId, placeId: id }) : [];
  const resource = `/v1/places/${site}/${code}`;
  const action = before === undefined ? "place.add" : "place.change";
  await recordChanges(client, [
    { actor, action, resource, siteId, before: before && told(before), after: told(place) },
  ]);
  const data = { site, place: code, ...told(place) };
  const event = { id: newReservationId(), type: "place.changed", key: resource, siteId, timeMs: Date.now(), data };
  await insertOutbox(client, [event]);
  return ok({ place, commits });
}

function told({ name, kind, parent, gln, gln_extension, available, read_points }: PlaceRow) {
  return { name, kind, parent, gln, gln_extension, available, read_points };
}
