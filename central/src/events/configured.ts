import type { Log } from "@tallygate/kit";
import type { Registry } from "prom-client";
import type { CentralConfig } from "../config.ts";
import type { Pool } from "../db/pool.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { version } from "../version.ts";
import { type Events, openEvents } from "./events.ts";
import { Head } from "./head.ts";
import { createEventMetrics } from "./metrics.ts";
import { streamOf } from "./stream.ts";
import { type AddressGuard, createAddressGuard } from "./webhooks/address.ts";
import { webhookDuties } from "./webhooks/webhooks.ts";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

export interface ConfiguredEventsParts {
  readonly pool: Pool;
  readonly link: NatsLink;
  readonly registry: Registry;
  readonly log: Log;
}

/** Where webhooks may be sent to, as `central.yaml` says. */
export function addressGuardOf({ webhooks }: Pick<CentralConfig, "webhooks">): AddressGuard {
  return createAddressGuard({ allowHttp: webhooks.allow_http, networks: webhooks.allow_networks });
}

/** Opens events and webhooks as `central.yaml` has them. */
export function openConfiguredEvents(
  config: CentralConfig,
  { pool, link, registry, log }: ConfiguredEventsParts,
): Events {
  const { events, webhooks, database } = config;
  const head = new Head(pool);
  const metrics = createEventMetrics(registry);
  const guard = addressGuardOf(config);
  const deliver = () =>
    webhookDuties({
      pool,
      head,
      guard,
      metrics,
      log,
      source: events.source,
      timeoutMs: webhooks.timeout_s * 1000,
      deadAfterMs: webhooks.dead_after_hours * hourMs,
      triesMax: webhooks.tries_max,
      userAgent: `Tallygate/${version}`,
    });
  return openEvents({
    pool,
    databaseUrl: database.url,
    link,
    head,
    source: events.source,
    emits: events.enabled,
    keptMs: events.kept_days * dayMs,
    stream: streamOf(config),
    metrics,
    log,
    ...(webhooks.enabled && { duties: deliver }),
  });
}
