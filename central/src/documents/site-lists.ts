import {
  Account,
  BizStep,
  contractVersion,
  type ListsChanged,
  type ListsPage,
  limits,
  SiteId,
  type SiteList,
  Sku,
  subjects,
} from "@tallygate/protocol";
import type { Logger } from "pino";
import { readListVersion, readListVersions } from "../db/documents/lists.ts";
import type { Pool } from "../db/pool.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { Repeat } from "../reservations/repeat.ts";
import { documentLimits } from "./limits.ts";
import { type ListView, openListsOf } from "./lists.ts";

/** The open lists of a site as its edge is told them. The version is read first: what changes meanwhile has a later one. */
export async function listsPage(pool: Pool, site: string): Promise<ListsPage> {
  const version = await readListVersion(pool, site);
  const views = await openListsOf(pool, site, documentLimits.siteListsMax + 1);
  let left: number = limits.pageRowsMax;
  const lists = views.slice(0, documentLimits.siteListsMax).map(view => {
    const list = toSiteList(view, left);
    left -= list.lines.length;
    return list;
  });
  const lines = views.reduce((sum, view) => sum + view.lines.length, 0);
  const cut = views.length > lists.length || lines > limits.pageRowsMax;
  return { v: contractVersion, site: SiteId.parse(site), version, cut, lists };
}

function toSiteList(view: ListView, linesMax: number): SiteList {
  const { id, read_point: readPoint, step, opened_at, documents, lines } = view;
  return {
    id,
    ...(readPoint !== null && { readPoint }),
    step: BizStep.parse(step),
    openedMs: Date.parse(opened_at),
    documents: documents.map(({ kind, number }) => ({ kind, number })),
    lines: lines.slice(0, linesMax).map(({ number: document, line, sku, place, quantity }) => {
      return { document, line, sku: Sku.parse(sku), ...(place !== null && { place: Account.parse(place) }), quantity };
    }),
  };
}

/**
 * Tells the edges that their open lists have changed, whoever changed them: it looks at the versions, a row a site that ever had a list.
 * A message that gets lost is made good by the next, and by the edge that asks when it connects.
 */
export function openListNews({
  pool,
  link,
  log,
}: {
  readonly pool: Pool;
  readonly link: Pick<NatsLink, "tell">;
  readonly log: Pick<Logger, "warn">;
}): AsyncDisposable {
  const told = new Map<string, number>();
  return new Repeat({
    async pass() {
      for (const { site, version } of await readListVersions(pool)) {
        if (told.get(site) === version) continue;
        told.set(site, version);
        const changed: ListsChanged = { v: contractVersion, site: SiteId.parse(site), version };
        link.tell(subjects.listsChanged(site), changed);
      }
      return false;
    },
    everyMs: documentLimits.listNewsEveryMs,
    restMs: 0,
    failing: "sites were not told of changed lists; it is tried again",
    log,
  });
}
