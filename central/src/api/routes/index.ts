import { auditRoutes } from "./audit.ts";
import { changeRoutes } from "./changes.ts";
import { clientRoutes } from "./clients.ts";
import { countFigureRoutes } from "./count-figures.ts";
import { countStepRoutes } from "./count-steps.ts";
import { countRoutes } from "./counts.ts";
import { deviceRoutes } from "./devices.ts";
import { eventRoutes } from "./events.ts";
import { exceptionDecisionRoutes } from "./exception-decisions.ts";
import { exceptionRoutes } from "./exceptions.ts";
import { itemImportRoutes } from "./item-import.ts";
import { itemRoutes } from "./items.ts";
import { listRoutes } from "./lists.ts";
import { lotRoutes } from "./lots.ts";
import { meRoutes } from "./me.ts";
import { metricsRoutes } from "./metrics.ts";
import { movementRoutes } from "./movements.ts";
import { orderRoutes } from "./orders.ts";
import { placeRoutes } from "./places.ts";
import { priceImportRoutes } from "./price-import.ts";
import { priceQuoteRoutes } from "./price-quote.ts";
import { priceRoutes } from "./prices.ts";
import { refusedEventRoutes } from "./refused-events.ts";
import { reorderPointRoutes } from "./reorder-points.ts";
import { reservationRoutes } from "./reservations.ts";
import { returnRoutes } from "./returns.ts";
import { shipmentRoutes } from "./shipments.ts";
import { siteKeyRoutes } from "./site-keys.ts";
import { siteRoutes } from "./sites.ts";
import { stockRoutes } from "./stock.ts";
import { streamRoutes } from "./stream.ts";
import { tagRoutes } from "./tags.ts";
import { transferRoutes } from "./transfers.ts";
import { unitRoutes } from "./units.ts";
import { userRoutes } from "./users.ts";
import { webhookDeliveryRoutes } from "./webhook-deliveries.ts";
import { webhookRoutes } from "./webhooks.ts";
import { whyRoutes } from "./why.ts";

/** Everything under /v1. A resource is one file and one line here. */
export const routes = [
  stockRoutes,
  whyRoutes,
  itemImportRoutes,
  itemRoutes,
  priceQuoteRoutes,
  priceImportRoutes,
  priceRoutes,
  movementRoutes,
  tagRoutes,
  unitRoutes,
  placeRoutes,
  lotRoutes,
  reorderPointRoutes,
  siteRoutes,
  siteKeyRoutes,
  deviceRoutes,
  reservationRoutes,
  orderRoutes,
  shipmentRoutes,
  transferRoutes,
  returnRoutes,
  listRoutes,
  countFigureRoutes,
  countRoutes,
  countStepRoutes,
  exceptionRoutes,
  exceptionDecisionRoutes,
  refusedEventRoutes,
  eventRoutes,
  webhookRoutes,
  webhookDeliveryRoutes,
  auditRoutes,
  changeRoutes,
  meRoutes,
  clientRoutes,
  userRoutes,
  metricsRoutes,
  streamRoutes,
] as const;
