import {
  answerProblem,
  type EventClient,
  encodeEvent,
  eventStream,
  OpenAPIHono,
  problemResponses,
  z,
} from "@tallygate/kit";
import { type SiteChange, SiteId } from "@tallygate/protocol";
import { endWithAccess, guardedRoute, sitesOf } from "../access.ts";
import { apiLimits } from "../limits.ts";
import type { ApiParts, ChangeFeed } from "../parts.ts";

const streamRoute = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/stream",
    tags: ["stream"],
    summary: "Server-sent events: one `change` for each commit that concerns a site",
    description:
      "The id of an event is `site:version`; a site's versions are consecutive. Changes are not kept: whoever misses one reads the stock again.",
    request: { query: z.object({ site: SiteId.optional().meta({ description: "Only this site's changes." }) }) },
    responses: {
      200: {
        description: "An endless stream; a comment now and then shows that it lives",
        content: { "text/event-stream": { schema: z.string().meta({ examples: [example()] }) } },
      },
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

/** The changes of all sites as they are committed. */
export function streamRoutes({ changes, metrics }: ApiParts) {
  const readers = fanOut(changes);
  return new OpenAPIHono().openapi(streamRoute, c => {
    if (readers.count() >= apiLimits.streamClientsMax) {
      const detail = `${apiLimits.streamClientsMax} clients read the stream already; close some, or ask again later.`;
      return answerProblem(c, { code: "stock.unavailable", detail });
    }
    const { site } = c.req.valid("query");
    const sites = site === undefined ? sitesOf(c) : [site];
    return eventStream(c, client => {
      metrics.streamClients.inc();
      const leave = readers.join(client, sites && new Set(sites));
      const access = endWithAccess(c, client.close);
      return () => {
        access[Symbol.dispose]();
        leave();
        metrics.streamClients.dec();
      };
    });
  });
}

/** Encodes each change once for all readers, and listens to the feed only while there are some. */
function fanOut(changes: ChangeFeed) {
  const readers = new Map<EventClient, ReadonlySet<string> | undefined>();
  let unsubscribe: (() => void) | undefined;

  function pass(change: SiteChange): void {
    const bytes = encodeEvent(eventOf(change));
    for (const [client, sites] of readers) if (sites?.has(change.site) !== false) client.send(bytes);
  }

  return {
    count: () => readers.size,
    join(client: EventClient, sites: ReadonlySet<string> | undefined): () => void {
      readers.set(client, sites);
      unsubscribe ??= changes.subscribe(pass);
      return () => {
        readers.delete(client);
        if (readers.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}

function eventOf({ site, version, cursors, levels, recordTimeMs }: SiteChange) {
  return {
    event: "change",
    id: `${site}:${version}`,
    data: {
      site,
      version,
      record_time: new Date(recordTimeMs).toISOString(),
      cursors,
      levels: levels.map(({ sku, place, onHand, reserved, blocked }) => ({
        sku,
        place,
        on_hand: onHand,
        reserved,
        blocked,
        available: onHand - reserved - blocked,
      })),
    },
  };
}

function example(): string {
  const data = { site: "lyon", version: 7, record_time: "2026-11-23T09:30:00.000Z", cursors: [], levels: [] };
  return `id: lyon:7\nevent: change\ndata: ${JSON.stringify(data)}\n\n`;
}
