import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import type { Pool } from "../../db/pool.ts";
import { type EpochRow, readEpochs, readSites, type SiteRow } from "../../db/queries/sites.ts";
import type { HeardStatus } from "../../relay/feeds.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { Device, deviceOf, linkTo } from "../device-view.ts";
import { etagOf, isKnown } from "../etag.ts";
import { conditional, fields, json } from "../fields.ts";
import { instantOfMs } from "../instant.ts";
import { apiLimits } from "../limits.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts, SiteStatuses } from "../parts.ts";

const tags = ["sites"];
const reads = { permission: "stock.read", sites: "some" } as const;

const Site = z
  .object({
    site: fields.site,
    version: z.int().meta({ description: "One more at each commit that concerns the site." }),
    first_heard: fields.time,
    link: z.enum(["heard", "silent", "unheard"]).meta({
      description: `\`silent\`: nothing for ${apiLimits.siteSilentMs / 1000} s. \`unheard\`: nothing since this process began.`,
    }),
    last_heard: fields.time.nullable(),
    clock_skew_ms: z
      .number()
      .nullable()
      .meta({ description: "The site's clock ahead of the centre's, transport included." }),
    backlog: z.int().nullable().meta({ description: "Movements at the site that the centre has not confirmed." }),
    oldest_waiting: fields.time.nullable(),
    exceptions_open: z.int().meta({ description: "At the centre, about this site." }),
    site_exceptions_open: z.int().nullable().meta({ description: "At the site itself." }),
    alarms: z.array(z.string()),
    epochs: z
      .array(z.object({ epoch: fields.epoch, cursor: z.int(), opened_at: fields.time }))
      .meta({ description: "The newest first; the centre has every movement up to each cursor." }),
    devices: z.array(Device),
  })
  .openapi("Site");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/sites",
  tags,
  summary: `Sites and how they are, by name; each with its ${apiLimits.siteEpochsListed} newest epochs`,
  request: { query: z.object({ limit: Limit, cursor: cursorParam(z.tuple([SiteId])) }) },
  responses: {
    200: json("A page of sites", pageOf(Site)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/sites/{site}",
  tags,
  summary: `How one site is, with its ${apiLimits.siteEpochsMax} newest epochs`,
  request: { params: z.object({ site: SiteId }), headers: conditional },
  responses: {
    200: json("The site, with an ETag", Site),
    304: { description: "It is what the caller has" },
    ...problemResponses("site.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** Where the centre stands with each site, and what the site last said of itself. */
export function siteRoutes({ pool, sites }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await readSites(pool, { sites: sitesOf(c), after: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.code]);
      const items = await viewsOf(pool, sites, page.rows, apiLimits.siteEpochsListed);
      return c.json({ items, next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { site } = c.req.valid("param");
      const rows = await readSites(pool, { site, limit: 1 });
      const [view] = await viewsOf(pool, sites, rows, apiLimits.siteEpochsMax);
      if (view === undefined) {
        return answerProblem(c, { code: "site.unknown", detail: `No site ${site} has been heard.`, at: "path.site" });
      }
      const etag = etagOf(JSON.stringify(view));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(view, 200, { etag, "cache-control": "no-cache" });
    });
}

async function viewsOf(pool: Pool, sites: SiteStatuses, rows: readonly SiteRow[], epochsMax: number) {
  const ids = rows.map(row => row.id);
  const epochs = Map.groupBy(await readEpochs(pool, ids, epochsMax), epoch => epoch.site_id);
  return rows.map(row => viewOf(row, epochs.get(row.id) ?? [], sites.get(row.code)));
}

function viewOf(row: SiteRow, epochs: readonly EpochRow[], heard: HeardStatus | undefined) {
  return {
    site: row.code,
    version: row.version,
    first_heard: row.first_heard,
    ...linkOf(heard),
    exceptions_open: row.exceptions_open,
    site_exceptions_open: heard?.status.exceptionsOpen ?? null,
    alarms: heard?.status.alarms ?? [],
    epochs: epochs.map(epoch => ({ epoch: epoch.code, cursor: epoch.cursor_seq, opened_at: epoch.opened_at })),
    devices: heard?.status.devices.map(deviceOf) ?? [],
  };
}

function linkOf(heard: HeardStatus | undefined) {
  if (heard === undefined) {
    return { link: "unheard" as const, last_heard: null, clock_skew_ms: null, backlog: null, oldest_waiting: null };
  }
  const { status, heardMs } = heard;
  return {
    link: linkTo(heard),
    last_heard: instantOfMs(heardMs),
    clock_skew_ms: status.timeMs - heardMs,
    backlog: status.waiting,
    oldest_waiting: instantOrNull(status.oldestWaitingMs),
  };
}

function instantOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : instantOfMs(ms);
}
