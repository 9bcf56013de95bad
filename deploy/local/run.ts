import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Client, connect } from "@tallygate/client";
import { sentence } from "@tallygate/kit";
import { type Address, formatAddress, onPorts, Ports, type Wish, wishOf } from "./addresses.ts";
import { readCatalogue } from "./catalogue.ts";
import { type DemoSite, readDemo } from "./demo.ts";
import { adminPassword, writeCommandsConfiguration, writeConfiguration } from "./home.ts";
import { openIntegrator } from "./integrator.ts";
import { makeMissingKeys, type SystemKeys } from "./nats-keys.ts";
import { openPart, type RunContext, untilHealthy } from "./parts.ts";
import { socatPair } from "./pty.ts";
import { openServers, type ServerUrls } from "./run-servers.ts";
import { type Catalogue, namePlaces, seedItems } from "./seed.ts";

/** A site whose edge runs. */
export interface RunningSite extends DemoSite {
  readonly http: Address;
  readonly mqtt: Address;
}

/** Where everything can be found. */
export interface Whereabouts {
  readonly central: Address;
  /** The first person's password, where it was made just now. */
  readonly newAdminPassword: string | undefined;
  readonly servers: ServerUrls;
  readonly sites: readonly RunningSite[];
  /** Without simulated devices there is none. */
  readonly catalogue: Catalogue | undefined;
}

/** Starts everything, each after what it needs, and sets up the demonstration. */
export async function openAll(context: RunContext): Promise<Whereabouts> {
  const plan = planOf(context);
  const ports = new Ports(plan.wishes, context.screen.warn);
  const keys = await openKeys(context, plan);
  const servers = await openServers(context, ports, { ...plan.servers, keys });
  const isNew = !existsSync(join(context.home, "admin-password"));
  const central = await openCentral(context, ports, plan.central, { ...servers, keys });
  const integrator = await openClient(context, central, { ...servers, keys });
  const catalogue = context.sim ? await readCatalogue({ ...context, scenario: plan.scenario }) : undefined;
  if (catalogue) await seedCatalogue(context, integrator, catalogue);
  const sites: RunningSite[] = [];
  for (const site of plan.sites) sites.push(await openSite(context, ports, site, { ...servers, keys }));
  if (catalogue) {
    await openSimulator(context, plan.scenario, sites);
    void labelPlaces(context, integrator, catalogue);
  }
  const newAdminPassword = isNew ? adminPassword(context.home) : undefined;
  return { central, newAdminPassword, servers, sites, catalogue };
}

/** The configuration files, and who wants to listen where. */
function planOf({ root, home }: RunContext) {
  const demo = readDemo(root, home);
  const server = (name: string, port: number): Wish => ({
    name,
    host: "127.0.0.1",
    port,
    setting: `the standard port of ${name}`,
  });
  const servers = {
    postgres: server("PostgreSQL", 5432),
    nats: server("NATS", 4222),
    influx: server("InfluxDB", 8086),
  };
  const file = writeConfiguration(home, "central.yaml", {
    http: { listen: "127.0.0.1:8080" },
    influx: { url: "http://127.0.0.1:8086" },
  });
  const central = { file, http: wishOf("central", file, "http", 8080) };
  const sites = demo.sites.map(site => {
    const file = writeConfiguration(home, `${site.site}.yaml`, site.edge);
    const http = wishOf(site.site, file, "http", site.httpPort);
    return { ...site, file, wishes: { http, mqtt: wishOf(site.site, file, "mqtt", site.mqttPort) } };
  });
  const wishes = [...Object.values(servers), central.http, ...sites.flatMap(site => Object.values(site.wishes))];
  return { servers, central, sites, wishes, scenario: writeConfiguration(home, "scenario.yaml", demo.scenario) };
}

/** All that our own parts are told of others. */
interface Surroundings extends ServerUrls {
  readonly keys: SystemKeys;
}

/** With which our parts sign on to NATS. */
function openKeys({ root, home, screen, signal }: RunContext, plan: ReturnType<typeof planOf>): Promise<SystemKeys> {
  const dir = join(home, "nats-keys");
  const make = () => makeMissingKeys({ root, dir, sites: plan.sites.map(({ site }) => site), signal });
  // A moment when they are there; a second or two when central makes them.
  return existsSync(join(dir, "nats.conf"))
    ? make()
    : screen.step("keys", make, () => "central and each edge sign on to NATS with one of its own");
}

/** Our own client of central. */
async function openClient(context: RunContext, http: Address, { database, nats, keys }: Surroundings): Promise<Client> {
  const { root, home, signal } = context;
  writeCommandsConfiguration(home, {
    database: { url: database },
    nats: { servers: [nats], credentials: keys.credentials, sites_key: keys.sitesKey, readers_key: keys.readersKey },
  });
  const env = { TALLYGATE_DATABASE__URL: database };
  const client = await openIntegrator({ root, file: join(home, "integrator-secret"), env, signal });
  return connect({ url: `http://${formatAddress(http)}`, ...client });
}

interface CentralPlan {
  readonly file: string;
  readonly http: Wish;
}

function openCentral(context: RunContext, ports: Ports, { file, http: wish }: CentralPlan, around: Surroundings) {
  return onPorts(ports, [wish], async (http = wish) => {
    await openPart(context, {
      name: "central",
      args: ["central/src/main.ts", "--config", file],
      env: {
        TALLYGATE_HTTP__LISTEN: formatAddress(http),
        TALLYGATE_DATABASE__URL: around.database,
        TALLYGATE_NATS__SERVERS: JSON.stringify([around.nats]),
        TALLYGATE_NATS__CREDENTIALS: around.keys.credentials,
        TALLYGATE_NATS__SITES_KEY: around.keys.sitesKey,
        TALLYGATE_INFLUX__URL: around.influx,
        TALLYGATE_AUTH__FIRST_ADMIN_PASSWORD: adminPassword(context.home),
      },
      ready: untilHealthy(http),
      result: `http://${formatAddress(http)}`,
    });
    return http;
  });
}

interface SitePlan extends DemoSite {
  readonly file: string;
  readonly wishes: { readonly http: Wish; readonly mqtt: Wish };
}

async function openSite(context: RunContext, ports: Ports, plan: SitePlan, around: Surroundings): Promise<RunningSite> {
  const { supervisor, signal } = context;
  const { site, file, cables, wishes } = plan;
  for (const { name, edge, hand } of cables) {
    signal.throwIfAborted();
    await supervisor.open(onDeath => socatPair({ name: `socat ${name}`, paths: [edge, hand], onDeath }));
  }
  return onPorts(ports, [wishes.http, wishes.mqtt], async (http = wishes.http, mqtt = wishes.mqtt) => {
    await openPart(context, {
      name: site,
      args: ["edge/src/main.ts", "--config", file],
      env: {
        TALLYGATE_HTTP__LISTEN: formatAddress(http),
        TALLYGATE_MQTT__LISTEN: formatAddress(mqtt),
        TALLYGATE_NATS__SERVERS: JSON.stringify([around.nats]),
        TALLYGATE_NATS__CREDENTIALS: around.keys.edges[site],
      },
      ready: untilHealthy(http),
      result: `http://${formatAddress(http)}, MQTT on ${mqtt.port}`,
    });
    return { ...plan, http, mqtt };
  });
}

async function seedCatalogue({ screen, signal }: RunContext, central: Client, catalogue: Catalogue): Promise<void> {
  const work = () => seedItems(central, catalogue, signal);
  await screen.step("items", work, added => (added === 0 ? "are known" : `${added} added to the catalogue`));
}

/** Goes on beside everything else: central knows a site from when its edge has signed on. */
async function labelPlaces({ screen, signal }: RunContext, central: Client, catalogue: Catalogue): Promise<void> {
  try {
    await namePlaces(central, catalogue, signal);
  } catch (cause) {
    if (!signal.aborted) screen.warn(`Some places have no name yet: ${sentence(cause)}`);
  }
}

async function openSimulator(context: RunContext, scenario: string, sites: readonly RunningSite[]): Promise<void> {
  const urls = sites.map(({ site, mqtt }) => [
    `TALLYGATE_SITES__${site.toUpperCase()}__MQTT__URL`,
    `mqtt://${formatAddress(mqtt)}`,
  ]);
  let lines = 0;
  await openPart(context, {
    name: "simulator",
    args: ["firmware-sim/src/main.ts", scenario],
    env: Object.fromEntries(urls),
    // It listens to nothing; its first line says that it has read its scenario and begins.
    onLine: () => {
      lines++;
    },
    ready: async () => lines > 0,
    result: "feeds both sites",
  });
}
