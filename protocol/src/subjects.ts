import { partitions } from "./limits.ts";

/** The JetStream stream that carries movements, and the durable consumer of each partition. */
export const movementsStream = "TALLYGATE_MOVEMENTS";

/** The JetStream stream that carries events to other systems. */
export const eventsStream = "TALLYGATE_EVENTS";

/** FNV-1a over the site's name: the same everywhere, for ever. */
export function partitionOf(site: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < site.length; i++) {
    hash = Math.imul(hash ^ site.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % partitions;
}

/**
 * NATS subjects. The last token of each is the site, so that an edge's key can be bound to its own.
 * `hello`, `snapshot`, `catalogue`, `observations`, `exceptions` and `lists` are requests that any central process answers.
 */
export const subjects = {
  /** edge → JetStream: {@link Batch} */
  movements: (site: string) => `tallygate.movements.${partitionOf(site)}.${site}`,
  movementsOfPartition: (partition: number) => `tallygate.movements.${partition}.*`,
  allMovements: "tallygate.movements.*.*",
  /** edge → centre, request: {@link Hello} → {@link HelloReply} */
  hello: (site: string) => `tallygate.hello.${site}`,
  /** edge → centre, request: {@link SnapshotRequest} → {@link SnapshotPage} */
  snapshot: (site: string) => `tallygate.snapshot.${site}`,
  /** edge → centre, request: {@link CatalogueRequest} → {@link CataloguePage} */
  catalogue: (site: string) => `tallygate.catalogue.${site}`,
  /** edge → centre, request: {@link Observations} → {@link ObservationsReply}, once they are committed */
  observations: (site: string) => `tallygate.observations.${site}`,
  /** edge → centre, request: {@link EdgeExceptions} → {@link EdgeExceptionsReply}, once they are committed */
  exceptions: (site: string) => `tallygate.exceptions.${site}`,
  /** edge → centre, request: {@link ListsRequest} → {@link ListsPage} */
  lists: (site: string) => `tallygate.lists.${site}`,
  /** edge → centre, every few seconds: {@link SiteStatus} */
  status: (site: string) => `tallygate.status.${site}`,
  /** centre → edge, after each commit that concerns the site: {@link SiteChange} */
  change: (site: string) => `tallygate.change.${site}`,
  /** centre → edge: {@link Resend} */
  resend: (site: string) => `tallygate.resend.${site}`,
  /** centre → edge, when the site's open lists have changed: {@link ListsChanged} */
  listsChanged: (site: string) => `tallygate.lists-changed.${site}`,
  /** centre → everyone, when the catalogue has changed: {@link CatalogueChanged} */
  catalogueChanged: "tallygate.catalogue-changed",
  /** centre → JetStream, for other systems: an event of a type such as `order.placed`, at a site or at none: {@link CloudEvent} */
  event: (type: string, site: string | null) => `tallygate.events.${type}.${site ?? "-"}`,
  allEvents: "tallygate.events.>",
} as const;

/** Where answers to a site's requests arrive: the beginning of its inboxes. */
export function inboxPrefix(site: string): string {
  return `_INBOX.${site}`;
}

/** All that the edge of a site says and hears, and so all that its key is good for; of every site with "*". */
export function subjectsOfEdge(site: string): { readonly says: readonly string[]; readonly hears: readonly string[] } {
  return {
    says: [
      `tallygate.movements.*.${site}`,
      subjects.hello(site),
      subjects.snapshot(site),
      subjects.catalogue(site),
      subjects.observations(site),
      subjects.exceptions(site),
      subjects.lists(site),
      subjects.status(site),
    ],
    hears: [subjects.change(site), subjects.resend(site), subjects.listsChanged(site), subjects.catalogueChanged],
  };
}

/** The site that a subject names: its last token. */
export function siteOfSubject(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}
