import type { Logger } from "pino";
import type { Pool } from "../db/pool.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import type { ApprovalLimits } from "./approval.ts";
import type { CountsConfig } from "./config.ts";
import { countLimits } from "./limits.ts";
import { openSettler, settleDue } from "./settle.ts";

export interface CountsOptions {
  readonly pool: Pool;
  readonly publish: (commits: readonly SiteCommit[]) => void;
  readonly config: CountsConfig;
  readonly log: Pick<Logger, "warn">;
  readonly now?: () => number;
}

/** What the routes need of counts besides the database. */
export interface Counts {
  readonly approval: ApprovalLimits;
  readonly priceList: string;
  readonly now: () => number;
  /** Posts the first places of an approved count, so that whoever approved a small one sees it done. The settler does the rest. */
  settle(countId: string): Promise<void>;
}

/** Opens counts: stock at places that are due is brought to what was counted, in the background. */
export function openCounts({ pool, publish, config, log, now = Date.now }: CountsOptions): Counts & AsyncDisposable {
  const { price_list: priceList, approval } = config;
  const options = { pool, publish, priceList, now, log };
  const settler = openSettler(options);
  return {
    approval,
    priceList,
    now,
    async settle(countId) {
      await settleDue(options, countLimits.placesAwaited, countId);
    },
    [Symbol.asyncDispose]: () => settler[Symbol.asyncDispose](),
  };
}
