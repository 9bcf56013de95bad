import type { Movement } from "@tallygate/protocol";
import type { Thing } from "./thing.ts";

/** An account: a place of a site, or one of its outsides (supplier, customer, loss, found, transit). */
export interface Place {
  readonly id: number;
  readonly siteId: number;
  readonly code: string;
  readonly outside: boolean;
}

/** A movement with the integers that stand for its identity inside the database. */
export interface Recorded {
  readonly epochId: number;
  readonly seq: number;
  readonly siteId: number;
  readonly movement: Movement;
  readonly thing: Thing;
}

/** Where a serialised thing or a logistic unit is, by event time. Times are milliseconds since 1970. */
export interface Tag {
  readonly code: string;
  /** Absent for a logistic unit, which is no stock of itself. */
  readonly itemId: number | undefined;
  /** How many units of the item it is: what its code counted as when it was first seen, for ever. */
  readonly units: number;
  readonly placeId: number;
  readonly siteId: number;
  /** Event time of the movement that brought it there. */
  readonly since: number;
  /** The newest movement by event time, whether it brought the thing there or found it there. */
  readonly seen: number;
  readonly epochId: number;
  readonly seq: number;
}

/** One known stay in the history of a serialised thing. */
export interface Stay {
  /** Event time of the movement that says so. */
  readonly at: number;
  readonly placeId: number;
  /** The site whose movement says so: a thing that was outside is taken from that site's own outside. */
  readonly siteId: number;
  /** Where the movement says that the thing came from. It is believed for the first stay only. */
  readonly fromId: number;
}

/** One line of double entry. A line from an account to itself changes no sum; it tells where the thing was. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** What a class key means: an item, and of how many of its units the code is. */
export interface Meaning {
  readonly itemId: number;
  /** 1, or what the pack has in it that the code names. */
  readonly units: number;
}

/** What posting needs to know of the catalogue and the accounts. The accounts asked for exist. */
export interface Books {
  /** What a class key is bound to. */
  meaning(classKey: string): Meaning | undefined;
  place(id: number): Place;
  account(siteId: number, code: string): Place;
}

/** Where a thing is taken from by a movement of `siteId`: what has left one site arrives at another through its own outside. */
export function takenFrom(books: Books, placeId: number, siteId: number): number {
  const place = books.place(placeId);
  if (!place.outside || place.siteId === siteId) return placeId;
  return books.account(siteId, place.code).id;
}
