import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { makeSiteKey } from "../../auth/nats/keys.ts";
import { recordChanges } from "../../db/audit/changes.ts";
import { findSite } from "../../db/queries/sites.ts";
import { transaction } from "../../db/transaction.ts";
import { callerOf, guardedRoute } from "../access.ts";
import { body, fields, json } from "../fields.ts";
import type { ApiParts } from "../parts.ts";

const NewSiteKey = z
  .strictObject({
    valid_until: fields.time.optional().meta({
      description: "When the edge is refused. Without it the key is good until it is revoked.",
      examples: ["2099-12-31T00:00:00Z"],
    }),
  })
  .openapi("NewSiteKey");

const SiteKey = z
  .object({
    site: fields.site,
    key: z.string().meta({
      description: "The key's name, `U…`: it is revoked by this, and the servers log it.",
      examples: ["UC2U6CWJ4HFGTVVRH5QXLGROTJ6U2YBBECHIFVT7HO5KYEZCQKCBBDXN"],
    }),
    valid_until: fields.time.nullable(),
    credentials: z.string().meta({
      description: "The text of the file that `nats.credentials` of the site's edge.yaml names. Shown only now.",
    }),
  })
  .openapi("SiteKey");

const addRoute = guardedRoute(
  { permission: "access.write", sites: "all" },
  {
    method: "post",
    path: "/sites/{site}/keys",
    tags: ["sites"],
    summary: "Makes a key with which the site's edge signs on to NATS",
    description:
      "The site need not have been heard yet. The key is in this answer and kept nowhere, so there is no idempotency key: the same request again makes another one. Keys are revoked on the NATS servers.",
    request: { params: z.object({ site: SiteId }), body: body(NewSiteKey) },
    responses: {
      201: json("The key", SiteKey),
      ...problemResponses("site.keys_unavailable", "request.invalid", "stock.unavailable"),
    },
  },
);

/** Keys of sites, where this process has what signs them. */
export function siteKeyRoutes({ pool, sitesKey }: Pick<ApiParts, "pool" | "sitesKey">) {
  return new OpenAPIHono().openapi(addRoute, async c => {
    const { site } = c.req.valid("param");
    const { valid_until } = c.req.valid("json");
    const untilMs = valid_until === undefined ? undefined : Date.parse(valid_until);
    if (untilMs !== undefined && !(untilMs > Date.now())) {
      return answerProblem(c, { code: "request.invalid", detail: "It has passed already.", at: "body.valid_until" });
    }
    if (sitesKey === undefined) {
      const detail =
        "nats.sites_key in central.yaml names no file; `npm run central -- edge-key` makes keys where that file is.";
      return answerProblem(c, { code: "site.keys_unavailable", detail });
    }
    const { key, credentials } = await makeSiteKey(sitesKey, site, untilMs);
    const made = { site, key, valid_until: valid_until ?? null };
    await transaction(pool, async client => {
      const siteId = await findSite(client, site);
      const resource = `/v1/sites/${site}/keys/${key}`;
      await recordChanges(client, [{ actor: callerOf(c), action: "site.key", resource, siteId, after: made }]);
    });
    return c.json({ ...made, credentials }, 201, { "cache-control": "no-store" });
  });
}
