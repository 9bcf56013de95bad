import { auditRoutes } from "./audit.ts";
import { eventRoutes } from "./events.ts";
import { countFigureRoutes } from "./count-figures.ts";
import { countRoutes } from "./counts.ts";
import { exceptionRoutes } from "./exceptions.ts";
import { itemRoutes } from "./items.ts";
import { metricsRoutes } from "./metrics.ts";
import { movementRoutes } from "./movements.ts";
import { orderRoutes } from "./orders.ts";
import { meRoutes } from "./me.ts";
import { placeRoutes } from "./places.ts";
import { reservationRoutes } from "./reservations.ts";
import { siteRoutes } from "./sites.ts";
import { stockRoutes } from "./stock.ts";
import { streamRoutes } from "./stream.ts";
import { tagRoutes } from "./tags.ts";
import { webhookRoutes } from "./webhooks.ts";
import { whyRoutes } from "./why.ts";

/** Everything under /v1. A resource is one file and one line here. */
export const routes = [
  stockRoutes,
  whyRoutes,
  itemRoutes,
  movementRoutes,
  tagRoutes,
  placeRoutes,
  itemImportRoutes,
  siteRoutes,
  reservationRoutes,
  orderRoutes,
  countFigureRoutes,
  countRoutes,
  exceptionRoutes,
  eventRoutes,
  webhookRoutes,
  auditRoutes,
  metricsRoutes,
  streamRoutes,
] as const;
