import { OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { GrantSchema } from "../../auth/grants.ts";
import { type Principal, sitesWith } from "../../auth/principal.ts";
import { permissions } from "../../auth/roles.ts";
import { openToCallers } from "../access.ts";
import { json } from "../fields.ts";
import type { ApiParts } from "../parts.ts";

const Sites = GrantSchema.shape.sites;

const route = openToCallers({
  method: "get",
  path: "/me",
  tags: ["me"],
  summary: "Who calls, and what they may do where",
  responses: {
    200: json(
      "The caller",
      z
        .object({
          kind: z.enum(["client", "person"]),
          id: z.string().meta({ examples: ["web-shop"] }),
          grants: z.array(GrantSchema),
          permissions: z.partialRecord(z.enum(permissions), Sites).meta({
            description: "By permission, the sites where it holds; those that hold nowhere are left out.",
          }),
        })
        .openapi("Me"),
    ),
    ...problemResponses("stock.unavailable"),
  },
});

/** What a page needs to know of whoever looks at it. */
export function meRoutes(_parts: ApiParts) {
  return new OpenAPIHono().openapi(route, c => {
    const principal = c.get("principal");
    const { kind, id, grants } = principal;
    const held = permissions.map(permission => [permission, sitesOf(principal, permission)] as const);
    const answer = {
      kind,
      id,
      grants: z.array(GrantSchema).parse(grants),
      permissions: Object.fromEntries(held.filter(([, sites]) => sites.length > 0)),
    };
    return c.json(answer, 200, { "cache-control": "no-store" });
  });
}

function sitesOf(principal: Principal, permission: (typeof permissions)[number]) {
  const sites = sitesWith(principal, permission);
  return sites === "all" ? sites : [...sites].sort();
}
