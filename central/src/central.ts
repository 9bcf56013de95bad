import { createMetrics, type Log, openTogether } from "@tallygate/kit";
import { createCentralMetrics } from "./api/metrics.ts";
import { openApi } from "./api/open-api.ts";
import { openAuditor } from "./audit/auditor.ts";
import { createAuditMetrics } from "./audit/metrics.ts";
import { openAccess } from "./auth/access.ts";
import { readSigningKey } from "./auth/nats/key-files.ts";
import { openPricing } from "./catalogue/prices/pricing.ts";
import type { CentralConfig } from "./config.ts";
import { openCounts } from "./counts/counts.ts";
import { migrate } from "./db/migrate.ts";
import { openPool } from "./db/pool.ts";
import { openBackorders } from "./documents/backorders.ts";
import { openListNews } from "./documents/site-lists.ts";
import { addressGuardOf, openConfiguredEvents } from "./events/configured.ts";
import { openFollower } from "./follow/follower.ts";
import { createFollowMetrics } from "./follow/metrics.ts";
import { openIngest } from "./ingest/ingest.ts";
import { openMonths } from "./ingest/months.ts";
import { openExpiryWatch } from "./places/expiry.ts";
import { Influx } from "./projector/influx.ts";
import { openProjector } from "./projector/projector.ts";
import { openNatsLink } from "./relay/nats-link.ts";
import { openRelay } from "./relay/relay.ts";
import { openReservations } from "./reservations/reservations.ts";
import { version } from "./version.ts";

export interface Central extends AsyncDisposable {
  /** Where the HTTP interface listens. */
  readonly url: string;
  readonly ready: string;
}

/**
 * Opens a central process: database, access, NATS, relay, ingest, projector, reservations, HTTP, in this order, and closes them in reverse. Throws when
 * PostgreSQL or NATS do not answer at the start; when they go away later, everything waits for them and goes on by itself.
 */
export async function openCentral(config: CentralConfig, { log }: { readonly log: Log }): Promise<Central> {
  return openTogether(async stack => {
    const registry = createMetrics();
    const metrics = createCentralMetrics(registry);
    const { url: databaseUrl, pool_size: size } = config.database;
    const pool = openPool({ url: databaseUrl, size, applicationName: "tallygate central", log });
    stack.defer(() => pool.end());
    for (const name of await migrate(pool)) log.info({ migration: name }, "the database was brought to a newer schema");
    stack.use(openMonths({ pool, log }));
    const access = stack.use(await openAccess({ pool, config, log }));
    const { sites_key: sitesKeyFile } = config.nats;
    const sitesKey = sitesKeyFile === undefined ? undefined : await readSigningKey(sitesKeyFile, "sites_key");
    const link = stack.use(await openNatsLink({ nats: config.nats, name: "tallygate central", log }));
    const relay = stack.use(openRelay({ link, pool, log }));
    if (config.ingest.enabled) {
      const { stream_max_bytes: streamMaxBytes, transaction_movements_max: movementsMax } = config.ingest;
      stack.use(await openIngest({ link, pool, databaseUrl, relay, log, metrics, streamMaxBytes, movementsMax }));
    }
    const influx = config.influx === undefined ? undefined : new Influx(config.influx);
    const { changes, sites, news } = relay;
    if (influx !== undefined) stack.use(openProjector({ pool, influx, changes, metrics, log }));
    if (config.audit.enabled) {
      const auditMetrics = createAuditMetrics(registry);
      stack.use(openAuditor({ pool, metrics: auditMetrics, log, rowsPerSecond: config.audit.rows_per_second }));
    }
    stack.use(openExpiryWatch({ pool, log }));
    const publish = relay.publishCommits;
    stack.use(openFollower({ pool, changes, publish, metrics: createFollowMetrics(registry), log }));
    const webhookAddresses = addressGuardOf(config);
    const events = stack.use(openConfiguredEvents(config, { pool, link, registry, log }));
    const reservations = stack.use(openReservations({ pool, publish, touched: news.tell, metrics, log }));
    stack.use(openBackorders({ pool, changes, held: reservations.changed, log }));
    stack.use(openListNews({ pool, link, log }));
    const counts = stack.use(openCounts({ pool, publish, config: config.counts, log }));
    const pricing = stack.use(await openPricing(config.pricing, { log }));
    const api = stack.use(
      await openApi({
        listen: config.http.listen,
        hosts: hostsOf(config.http),
        version,
        pool,
        authenticator: access.authenticator,
        accessRoutes: access.routes,
        sitesKey,
        changes,
        sites,
        news,
        relay,
        reservations,
        events: { head: events.head, source: config.events.source },
        webhookAddresses,
        counts,
        pricing,
        influx,
        metrics,
        registry,
        natsConnected: () => link.connected,
        log,
      }),
    );
    return { url: api.url, ready: `central answers at ${api.url}` };
  });
}

/** Every name by which others reach this. */
function hostsOf({ public_url, hosts }: CentralConfig["http"]): readonly string[] {
  return public_url === undefined ? hosts : [new URL(public_url).host, ...hosts];
}
