/**
 * What a caller may do. Each route asks for one of these, and for the sites that it touches; nothing else decides.
 * `document.*` are orders, shipments, transfers and returns; `document.work` is carrying them out at a site. `code.bind` is giving a code
 * that nobody knows, and that waits at a site, to an item that there is: less than `catalogue.write`, for it takes nothing from any item.
 */
export const permissions = [
  "stock.read",
  "catalogue.read",
  "document.read",
  "exception.read",
  "event.read",
  "audit.read",
  "audit.write",
  "movement.write",
  "document.work",
  "count.write",
  "count.approve",
  "exception.resolve",
  "code.bind",
  "reservation.write",
  "document.write",
  "place.write",
  "catalogue.write",
  "event.write",
  "access.write",
] as const;
export type Permission = (typeof permissions)[number];

const viewer = ["stock.read", "catalogue.read", "document.read", "exception.read"] as const;
const operator = [...viewer, "movement.write", "document.work", "count.write", "exception.resolve"] as const;

/** Roles, each granted at all sites or at some. */
export const roles = {
  viewer,
  operator,
  site_manager: [...operator, "count.approve", "code.bind", "reservation.write", "document.write", "place.write"],
  integrator: [
    ...viewer,
    "event.read",
    "movement.write",
    "reservation.write",
    "document.write",
    "place.write",
    "catalogue.write",
    "event.write",
  ],
  auditor: [...viewer, "event.read", "audit.read", "audit.write"],
  admin: permissions,
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;

export const roleNames = Object.keys(roles) as readonly Role[];
