import { z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { authLimits } from "./limits.ts";
import type { Grant } from "./principal.ts";
import { type Role, roleNames } from "./roles.ts";

export const RoleName = z.enum(roleNames as readonly [Role, ...Role[]]).meta({ examples: ["viewer"] });

/** A grant as tokens, configuration and the API write it. */
export const GrantSchema = z.strictObject({
  role: RoleName,
  sites: z.union([z.literal("all"), z.array(SiteId).min(1).max(authLimits.grantsMax)]).meta({
    description: "Their names, or `all`, which covers those that are yet to come.",
    examples: [["lyon"]],
  }),
});

export const Grants = z.array(GrantSchema).max(authLimits.grantsMax);

/** A client or person: what tokens, the audit trail and addresses call it by. */
export const PrincipalName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@+-]{0,63}$/,
    "use up to 64 of a to z, 0 to 9 and . _ @ + -, beginning with a letter or digit",
  )
  .meta({ description: "Is never given to anyone else.", examples: ["web-shop"] });

/** A role at a site, or at all (null): how the database keeps grants. */
export interface GrantRow {
  readonly role: string;
  readonly site: string | null;
}

/** One grant for each role, as callers like to read them. A role that this program does not know grants nothing. */
export function grantsOf(rows: readonly GrantRow[]): readonly Grant[] {
  return roleNames.flatMap(role => {
    const sites = rows.filter(row => row.role === role).map(row => row.site);
    if (sites.length === 0) return [];
    return [{ role, sites: sites.includes(null) ? "all" : sites.filter(site => site !== null).sort() } as const];
  });
}

/** The rows of grants, each once; a role at all sites swallows its single sites. */
export function rowsOf(grants: readonly Grant[]): readonly GrantRow[] {
  const rows = grants.flatMap(({ role, sites }): GrantRow[] =>
    sites === "all" ? [{ role, site: null }] : sites.map(site => ({ role, site })),
  );
  return grantsOf(rows).flatMap(({ role, sites }): GrantRow[] =>
    sites === "all" ? [{ role, site: null }] : [...new Set(sites)].map(site => ({ role, site })),
  );
}
