import { createHeap } from "../heap.ts";
import type { WorldEvent } from "./events.ts";
import type { WorldPlan } from "./plan.ts";
import { createSiteWorld, type Intent, type SiteWorld } from "./site.ts";

/** A world that goes on as long as it is asked what happens next. The same plan gives the same events. */
export interface World {
  /** The next event, in the order of their times; `undefined` when nothing more will happen. */
  next(): WorldEvent | undefined;
}

/** Pure: no clock, no chance but the seed's, nothing read or written. */
export function createWorld({ seed, items, sites }: WorldPlan): World {
  const intents = createHeap<{ readonly at: SiteWorld; readonly intent: Intent }>();
  for (const [index, plan] of sites.entries()) {
    const site: SiteWorld = createSiteWorld(seed, plan, index, items, (atMs, intent) =>
      intents.add(atMs, { at: site, intent }),
    );
    site.begin();
  }
  return {
    next() {
      while (true) {
        const nowMs = intents.firstMs();
        const first = intents.take();
        if (nowMs === undefined || first === undefined) return undefined;
        const event = first.at.act(first.intent, nowMs);
        if (event !== undefined) return event;
      }
    },
  };
}
