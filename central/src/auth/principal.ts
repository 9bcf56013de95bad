import type { Result } from "@tallygate/protocol";
import type { Rates } from "./rates.ts";
import { type Permission, type Role, roles } from "./roles.ts";

/** A role, at all sites or at some, by their codes. */
export interface Grant {
  readonly role: Role;
  readonly sites: "all" | readonly string[];
}

/** Who calls, as the signature of a token or a session says. */
export interface Principal {
  readonly kind: "person" | "client";
  /** Stable, and unique within its kind. */
  readonly id: string;
  readonly grants: readonly Grant[];
}

/** Tells from a request who calls. Refuses `access.missing`, `access.invalid` and `access.origin`. */
export interface Authenticator {
  authenticate(request: Request): Promise<Result<Principal>>;
  /** The same at once, of who called a moment ago; without it, nobody is remembered. */
  recognise?(request: Request): Principal | undefined;
  /** How fast callers may be; without it, as fast as they like. */
  readonly rates?: Rates;
  /** Whether a proxy says from where a request comes. */
  readonly behindProxy?: boolean;
}

/** The principal as the audit trail names it. */
export function actorOf({ kind, id }: Principal): string {
  return `${kind}:${id}`;
}

/** The sites at which a principal has a permission; "all" covers those that are yet to come. */
export function sitesWith(principal: Principal, permission: Permission): "all" | ReadonlySet<string> {
  const sites = new Set<string>();
  for (const { role, sites: granted } of principal.grants) {
    const held: readonly Permission[] = roles[role];
    if (!held.includes(permission)) continue;
    if (granted === "all") return "all";
    for (const site of granted) sites.add(site);
  }
  return sites;
}
