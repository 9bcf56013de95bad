import {
  Account,
  BizStep,
  contractVersion,
  type Epoch,
  type ListsChanged,
  type ListsPage,
  type ListsRequest,
  limits,
  SiteId,
  type SiteList,
  Sku,
  subjects,
} from "@tallygate/protocol";
import type { Logger } from "pino";
import { readListVersion, readListVersions } from "../db/documents/lists.ts";
import { readDocuments } from "../db/documents/read.ts";
import { readFollowed } from "../db/follow/cursors.ts";
import type { Client, Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { Repeat } from "../repeat.ts";
import { documentLimits } from "./limits.ts";
import { itemsOf, type ListItem, type ListView, openListsOf } from "./lists.ts";
import type { Document } from "./model.ts";

/**
 * The open lists of a site as its edge is told them, with how far they count the movements of the edge's epochs: all of it as of one
 * moment, so that the edge can add what it knows beyond that, and nothing counts twice.
 */
export function listsPage(pool: Pool, { site, epochs = [] }: ListsRequest): Promise<ListsPage> {
  return transaction(pool, client => readPage(client, site, epochs), "begin isolation level repeatable read read only");
}

async function readPage(client: Client, site: SiteId, epochs: readonly Epoch[]): Promise<ListsPage> {
  const version = await readListVersion(client, site);
  const followed = await readFollowed(client, { site, epochs });
  const views = await openListsOf(client, site, documentLimits.siteListsMax + 1);
  const told = views.slice(0, documentLimits.siteListsMax);
  const ids = [...new Set(told.flatMap(({ documents }) => documents.map(({ id }) => id)))];
  const documents = new Map((await readDocuments(client, ids)).map(document => [document.id, document]));
  let linesLeft: number = limits.pageRowsMax;
  let itemsLeft: number = limits.pageRowsMax;
  const lists = told.map(view => {
    const own = view.documents.flatMap(({ id }) => documents.get(id) ?? []);
    const items = itemsOf(view, own);
    const list = toSiteList(view, own, linesLeft, items.length <= itemsLeft ? items : undefined);
    linesLeft -= list.lines.length;
    itemsLeft -= list.items?.length ?? 0;
    return list;
  });
  const lines = views.reduce((sum, view) => sum + view.lines.length, 0);
  const cut = views.length > lists.length || lines > limits.pageRowsMax;
  return { v: contractVersion, site, version, cut, lists, followed: [...followed] };
}

function toSiteList(
  view: ListView,
  documents: readonly Document[],
  linesMax: number,
  items: readonly ListItem[] | undefined,
): SiteList {
  const { id, read_point: readPoint, step, opened_at, lines } = view;
  return {
    id,
    ...(readPoint !== null && { readPoint }),
    step: BizStep.parse(step),
    openedMs: Date.parse(opened_at),
    documents: documents.map(({ kind, number, partner }) => ({ kind, number, ...(partner && { partner }) })),
    lines: lines.slice(0, linesMax).map(({ number: document, line, sku, place, quantity }) => {
      return { document, line, sku: Sku.parse(sku), ...(place !== null && { place: Account.parse(place) }), quantity };
    }),
    ...(items && { items: items.map(({ sku, ...count }) => ({ sku: Sku.parse(sku), ...count })) }),
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
    failing: "sites were not told of changed lists; it is tried again",
    log,
  });
}
