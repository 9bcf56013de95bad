import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { SiteChange, SiteStatus, siteOfSubject, subjects } from "@tallygate/protocol";
import type { z } from "zod";
import { relayLimits } from "./limits.ts";

/** Every change of every site, whichever central process committed it. */
export interface ChangeFeed extends Disposable {
  /** Calls the listener with each change from now on, until the returned function is called. */
  subscribe(listener: (change: SiteChange) => void): () => void;
}

/** Hears the changes that all central processes tell. A listener must not throw and must bound what it keeps. */
export function openChangeFeed(nc: NatsConnection): ChangeFeed {
  const listeners = new Set<(change: SiteChange) => void>();
  const subscription = nc.subscribe(subjects.change("*"), {
    callback: (error, message) => {
      if (error !== null || listeners.size === 0) return;
      const change = parseMessage(SiteChange, message);
      if (change === undefined || change.site !== siteOfSubject(message.subject)) return;
      for (const listener of listeners) listener(change);
    },
  });
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

export interface HeardStatus {
  readonly status: SiteStatus;
  /** When this process received it. */
  readonly heardMs: number;
}

/** What each site last said of itself. */
export interface SiteStatuses extends Disposable {
  get(site: string): HeardStatus | undefined;
  values(): Iterable<HeardStatus>;
}

export function openSiteStatuses(nc: NatsConnection, now: () => number): SiteStatuses {
  const heard = new Map<string, HeardStatus>();
  const subscription = nc.subscribe(subjects.status("*"), {
    callback: (error, message) => {
      const status = error === null ? parseMessage(SiteStatus, message) : undefined;
      if (status === undefined || status.site !== siteOfSubject(message.subject)) return;
      heard.delete(status.site); // The map's order is that of the last word.
      heard.set(status.site, { status, heardMs: now() });
      const [oldest] = heard.keys();
      if (heard.size > relayLimits.siteStatusMax && oldest !== undefined) heard.delete(oldest);
    },
  });
  return {
    get: site => heard.get(site),
    values: () => heard.values(),
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

/** A message as what it should be; undefined when it is something else. */
export function parseMessage<T>(schema: z.ZodType<T>, message: Msg): T | undefined {
  try {
    return schema.safeParse(message.json()).data;
  } catch {
    return undefined; // Not JSON. The next message of its sender will tell.
  }
}
