import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { DeviceId, SiteId } from "@tallygate/protocol";
import type { HeardStatus } from "../../relay/feeds.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { Device, DeviceState, deviceOf, linkTo } from "../device-view.ts";
import { etagOf, isKnown } from "../etag.ts";
import { conditional, fields, json } from "../fields.ts";
import { instantOfMs } from "../instant.ts";
import { apiLimits } from "../limits.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["sites"];
const reads = { permission: "stock.read", sites: "some" } as const;

const SiteDevice = Device.extend({
  site: fields.site,
  site_link: z.enum(["heard", "silent"]).meta({
    description: `Whether the site speaks. \`silent\`: nothing for ${apiLimits.siteSilentMs / 1000} s, and the device is shown as it was then.`,
  }),
  site_heard: fields.time.meta({ description: "When the site last said how its devices are." }),
}).openapi("SiteDevice");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/devices",
  tags,
  summary: "Readers and scanners of all sites and how they are, by site and name",
  description: "As the sites said of themselves since this process began; a site that has not spoken since shows none.",
  request: {
    query: z.object({
      site: SiteId.optional().meta({ examples: ["lyon"] }),
      state: DeviceState.optional().meta({ examples: ["connected"] }),
      limit: Limit,
      cursor: cursorParam(z.tuple([SiteId, z.string()])),
    }),
  },
  responses: {
    200: json("A page of devices", pageOf(SiteDevice)),
    ...problemResponses("request.invalid"),
  },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/devices/{site}/{device}",
  tags,
  summary: "How one device is",
  request: {
    params: z.object({ site: SiteId, device: DeviceId.meta({ examples: ["dock-1"] }) }),
    headers: conditional,
  },
  responses: {
    200: json("The device, with an ETag", SiteDevice),
    304: { description: "It is what the caller has" },
    ...problemResponses("device.unknown", "request.invalid"),
  },
});

/** Health of the devices of all sites, as their edges say it. */
export function deviceRoutes({ sites }: Pick<ApiParts, "sites">) {
  return new OpenAPIHono()
    .openapi(listRoute, c => {
      const { site, state, limit, cursor } = c.req.valid("query");
      const within = sitesOf(c);
      const rows: z.infer<typeof SiteDevice>[] = [];
      const heard = [...sites.values()]
        .filter(({ status }) => (site ?? status.site) === status.site && within?.includes(status.site) !== false)
        .filter(({ status }) => cursor === undefined || status.site >= cursor[0])
        .toSorted((a, b) => compare(a.status.site, b.status.site));
      for (const one of heard) {
        if (rows.length > limit) break;
        const devices = devicesOf(one).filter(device => (state ?? device.state) === device.state);
        rows.push(...devices.filter(device => cursor === undefined || isBehind(device, cursor)));
      }
      const page = cutPage(rows, limit, row => [row.site, row.device]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, c => {
      const { site, device } = c.req.valid("param");
      const heard = sites.get(site);
      const found = heard && devicesOf(heard).find(one => one.device === device);
      if (found === undefined) {
        const why = heard === undefined ? `The site ${site} has not been heard since this process began.` : "";
        const detail = `No device ${device} is known at the site ${site}. ${why}`.trim();
        return answerProblem(c, { code: "device.unknown", detail, at: "path.device" });
      }
      const etag = etagOf(JSON.stringify(found));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(found, 200, { etag, "cache-control": "no-cache" });
    });
}

function devicesOf(heard: HeardStatus): z.infer<typeof SiteDevice>[] {
  const { site, devices } = heard.status;
  const of = { site, site_link: linkTo(heard), site_heard: instantOfMs(heard.heardMs) };
  return devices.map(device => ({ ...of, ...deviceOf(device) })).toSorted((a, b) => compare(a.device, b.device));
}

function isBehind({ site, device }: { site: string; device: string }, [afterSite, afterDevice]: [string, string]) {
  return site > afterSite || (site === afterSite && device > afterDevice);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
