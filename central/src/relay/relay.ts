import { contractVersion, type Resend, subjects } from "@tallygate/protocol";
import { type SiteCommit, siteChanges } from "../ingest/site-commit.ts";
import { type AnswersOptions, openAnswers } from "./answers.ts";
import { type ChangeFeed, openChangeFeed, openSiteStatuses, type SiteStatuses } from "./feeds.ts";
import { relayLimits } from "./limits.ts";
import type { NatsLink } from "./nats-link.ts";
import { openStockNews, type StockNews } from "./stock-news.ts";

/** All that the centre and the sites tell each other, besides movements. */
export interface Relay extends AsyncDisposable {
  readonly changes: ChangeFeed;
  readonly sites: SiteStatuses;
  readonly news: StockNews;
  /** Tells each site what a commit changed there. Call it after the commit. */
  publishCommits(commits: readonly SiteCommit[]): void;
  /** Asks sites to send again; the same site is not asked for the same within a second. */
  askAgain(resends: readonly Resend[]): void;
  /** Tells all sites that the catalogue has this version. */
  catalogueChanged(version: number): void;
}

export function openRelay({
  link,
  pool,
  log,
  now = Date.now,
}: Omit<AnswersOptions, "nc" | "now"> & { readonly link: NatsLink; readonly now?: () => number }): Relay {
  const stack = new DisposableStack();
  const changes = stack.use(openChangeFeed(link.nc));
  const sites = stack.use(openSiteStatuses(link.nc, now));
  const news = stack.use(openStockNews(link));
  stack.use(openAnswers({ nc: link.nc, pool, log, now }));
  const asked = new Map<string, number>();
  return {
    changes,
    sites,
    news,
    publishCommits(commits) {
      for (const commit of commits) {
        news.tell(commit.levels.map(level => level.sku));
        for (const change of siteChanges(commit)) link.tell(subjects.change(commit.site), change);
      }
    },
    askAgain(resends) {
      if (asked.size > relayLimits.resendPointsMax) asked.clear();
      for (const resend of resends) {
        const point = `${resend.site}/${resend.epoch}/${resend.from}`;
        if (now() - (asked.get(point) ?? 0) < relayLimits.resendEveryMs) continue;
        asked.set(point, now());
        link.tell(subjects.resend(resend.site), resend);
      }
    },
    catalogueChanged(version) {
      news.tell("all");
      link.tell(subjects.catalogueChanged, { v: contractVersion, version });
    },
    async [Symbol.asyncDispose]() {
      stack.dispose();
    },
  };
}
