import { sentence } from "@tallygate/kit";
import { type Address, formatAddress, settle, type Wish, wishOf } from "./addresses.ts";
import { readCatalogue } from "./catalogue.ts";
import { type DemoSite, readDemo } from "./demo.ts";
import { writeConfiguration } from "./home.ts";
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
  readonly servers: ServerUrls;
  readonly sites: readonly RunningSite[];
  /** Without simulated devices there is none. */
  readonly catalogue: Catalogue | undefined;
}

/** Starts everything, each after what it needs, and sets up the demonstration. */
export async function openAll(context: RunContext): Promise<Whereabouts> {
  const plan = planOf(context);
  const addressOf = await settle(plan.wishes, context.screen.warn);
  const { postgres, nats, influx } = plan.servers;
  const servers = await openServers(context, {
    postgres: addressOf(postgres).port,
    nats: addressOf(nats).port,
    influx: addressOf(influx).port,
  });
  const central = addressOf(plan.central.http);
  await openCentral(context, plan.central.file, central, servers);
  const sites = plan.sites.map(site => ({
    ...site,
    http: addressOf(site.wishes.http),
    mqtt: addressOf(site.wishes.mqtt),
  }));
  const catalogue = context.sim ? await readCatalogue({ ...context, scenario: plan.scenario }) : undefined;
  if (catalogue) await seedCatalogue(context, central, catalogue);
  for (const site of sites) await openSite(context, site, site.file, servers);
  if (catalogue) {
    await openSimulator(context, plan.scenario, sites);
    void labelPlaces(context, central, catalogue);
  }
  return { central, servers, sites, catalogue };
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

function openCentral(context: RunContext, file: string, http: Address, { database, nats, influx }: ServerUrls) {
  return openPart(context, {
    name: "central",
    args: ["central/src/main.ts", "--config", file],
    env: {
      TALLYGATE_HTTP__LISTEN: formatAddress(http),
      TALLYGATE_DATABASE__URL: database,
      TALLYGATE_NATS__SERVERS: JSON.stringify([nats]),
      TALLYGATE_INFLUX__URL: influx,
    },
    ready: untilHealthy(http),
    result: `http://${formatAddress(http)}`,
  });
}

async function openSite(context: RunContext, site: RunningSite, file: string, { nats }: ServerUrls): Promise<void> {
  const { supervisor, signal } = context;
  for (const { name, edge, hand } of site.cables) {
    signal.throwIfAborted();
    await supervisor.open(onDeath => socatPair({ name: `socat ${name}`, paths: [edge, hand], onDeath }));
  }
  await openPart(context, {
    name: site.site,
    args: ["edge/src/main.ts", "--config", file],
    env: {
      TALLYGATE_HTTP__LISTEN: formatAddress(site.http),
      TALLYGATE_MQTT__LISTEN: formatAddress(site.mqtt),
      TALLYGATE_NATS__SERVERS: JSON.stringify([nats]),
    },
    ready: untilHealthy(site.http),
    result: `http://${formatAddress(site.http)}, MQTT on ${site.mqtt.port}`,
  });
}

async function seedCatalogue({ screen, signal }: RunContext, central: Address, catalogue: Catalogue): Promise<void> {
  const work = () => seedItems(`http://${formatAddress(central)}`, catalogue, signal);
  await screen.step("items", work, added => (added === 0 ? "are known" : `${added} added to the catalogue`));
}

/** Goes on beside everything else: central knows a site from its first movement on. */
async function labelPlaces({ screen, signal }: RunContext, central: Address, catalogue: Catalogue): Promise<void> {
  try {
    await namePlaces(`http://${formatAddress(central)}`, catalogue, signal);
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
