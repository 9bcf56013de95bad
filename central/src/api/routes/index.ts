import { exceptionRoutes } from "./exceptions.ts";
import { itemRoutes } from "./items.ts";
import { metricsRoutes } from "./metrics.ts";
import { movementRoutes } from "./movements.ts";
import { placeRoutes } from "./places.ts";
import { reservationRoutes } from "./reservations.ts";
import { siteRoutes } from "./sites.ts";
import { stockRoutes } from "./stock.ts";
import { streamRoutes } from "./stream.ts";

/** Everything under /v1. A resource is one file and one line here. */
export const routes = [
  stockRoutes,
  movementRoutes,
  itemRoutes,
  placeRoutes,
  siteRoutes,
  reservationRoutes,
  exceptionRoutes,
  metricsRoutes,
  streamRoutes,
] as const;
