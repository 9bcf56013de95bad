import type { Export } from "@nats-io/jwt";
import { eventsStream, eventTypes, inboxPrefix, type SiteId, subjects } from "@tallygate/protocol";

const next = (consumer: string) => `$JS.API.CONSUMER.MSG.NEXT.${eventsStream}.${consumer}`;
const acknowledgement = (consumer: string) => `$JS.ACK.${eventsStream}.${consumer}`;

/**
 * What the centre's account opens to readers: to fetch from a consumer of events, and to acknowledge. Readers have it under the same
 * subjects: NATS 2.9 falls over when an answer is sent to a subject that has another name in the other account.
 */
export const sharedWithReaders: readonly Export[] = [
  // One request is answered with many messages.
  { name: "events-next", subject: next("*"), type: "service", response_type: "Stream" },
  { name: "events-ack", subject: acknowledgement(">"), type: "service" },
];

/** All that a reader with these consumers says and hears: it publishes no event, makes no consumer, and reaches nobody else's. Pure. */
export function subjectsOfReader(name: string, consumers: readonly string[]) {
  return {
    says: consumers.flatMap(each => [next(each), `${acknowledgement(each)}.>`]),
    hears: [`${inboxPrefix(name)}.>`],
  };
}

export interface ReaderConsumer {
  readonly name: string;
  /** The subjects of the events that it gives. */
  readonly filter: string;
}

/**
 * The durable consumers of a reader: one for all events; or one for each of its sites, and for each area of events that concern all sites,
 * since a consumer of NATS 2.9 has one filter. No
 * reader's name has an underscore, and no site's begins with a hyphen. Pure.
 */
export function consumersOfReader(name: string, sites: readonly SiteId[] | "all"): readonly ReaderConsumer[] {
  if (sites === "all") return [{ name, filter: subjects.allEvents }];
  return [
    ...sites.map(site => ({ name: `${name}_${site}`, filter: subjects.event("*.*", site) })),
    ...areasOfAllSites.map(area => ({ name: `${name}_-${area}`, filter: subjects.event(`${area}.*`, null) })),
  ];
}

const areasOfAllSites: readonly string[] = [
  ...new Set(
    Object.entries(eventTypes).flatMap(([type, { everywhere }]) =>
      everywhere === true ? [type.slice(0, type.indexOf("."))] : [],
    ),
  ),
];
