import { OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { readChanges } from "../../db/audit/changes.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { exactText, fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const AuditedChange = z
  .object({
    id: z.int(),
    time: fields.time,
    actor: z.string().meta({
      description: "`person:`, `client:` and a name; `shell` at the command line.",
      examples: ["client:web-shop"],
    }),
    action: z.string().meta({ examples: ["item.add"] }),
    resource: z.string().meta({ description: "The address of what was changed.", examples: ["/v1/items/OAT-1L"] }),
    site: fields.site.nullable().meta({ description: "Null for what concerns several sites or none." }),
    before: z
      .unknown()
      .meta({ description: "What it was, as far as the change touched it; null where there was nothing." }),
    after: z.unknown().meta({ description: "What it is now; null where there is nothing, or a secret." }),
  })
  .openapi("AuditedChange");

const listRoute = guardedRoute(
  { permission: "audit.read", sites: "some" },
  {
    method: "get",
    path: "/audit/changes",
    tags: ["audit"],
    summary: "Who did what over the API, the newest first",
    request: {
      query: z.object({
        actor: exactText(200)
          .optional()
          .meta({ examples: ["client:web-shop"] }),
        resource: exactText(500)
          .optional()
          .meta({ examples: ["/v1/items/OAT-1L"] }),
        site: SiteId.optional(),
        since: Instant.optional().meta({ description: "At or after this time.", examples: ["2020-01-01T00:00:00Z"] }),
        until: Instant.optional().meta({ description: "Before this time.", examples: ["2036-11-23T09:30:00Z"] }),
        limit: Limit,
        cursor: cursorParam(z.tuple([Instant, z.int().min(1)])),
      }),
    },
    responses: {
      200: json("A page of changes", pageOf(AuditedChange)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

/** Every change that somebody asked for, with who it was, and what was there before and after. */
export function changeRoutes({ pool }: ApiParts) {
  return new OpenAPIHono().openapi(listRoute, async c => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const rows = await readChanges(pool, { ...filter, sites: sitesOf(c), after: cursor, limit: limit + 1 });
    const page = cutPage(rows, limit, row => [row.time, row.id]);
    return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
  });
}
