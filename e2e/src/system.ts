import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, connect } from "@tallygate/client";
import type { ScenarioInput } from "@tallygate/firmware-sim";
import { createLog, type NatsConfig } from "@tallygate/kit";
import { isOutside, SiteId } from "@tallygate/protocol";
import { stringify } from "yaml";
import { makeNatsKeys, makeSiteKey, type NatsKeys, serverConfiguration } from "../../central/src/auth/nats/keys.ts";
import { addTestClient } from "../../central/src/auth/testing.ts";
import { openPool } from "../../central/src/db/pool.ts";
import { openTestServer, type TestDatabase, type TestServer } from "../../central/src/db/testing.ts";
import type { LocalServer } from "../../deploy/local/local-server.ts";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { Part } from "../../deploy/local/part.ts";
import { freePort, type NatsKeyFiles, startInflux, startNats } from "../../deploy/local/servers.ts";
import { until } from "./until.ts";

const root = new URL("../../", import.meta.url);

export interface SystemOptions {
  /** Simulated sites: their edges are configured for the devices that the scenario names. */
  readonly scenario: ScenarioInput;
  readonly centrals?: number;
  /** Where its database is to be, for a test that kills PostgreSQL, too; without it, where those of all tests are. */
  readonly server?: TestServer;
  /** The edge's ends of serial lines, by device; without one the edge opens the port that the scenario names. */
  readonly ports?: Readonly<Record<string, string>>;
}

export interface Site {
  readonly name: string;
  readonly url: string;
  readonly mqttPort: number;
  /** Where readers post. */
  readonly readersPort: number;
  /** The edge's data directory. */
  readonly data: string;
  readonly edge: Part;
  /** File with what it signs on to NATS with, and the name of the key in it. */
  readonly credentials: string;
  readonly natsKey: string;
}

/**
 * The whole of Tallygate as processes on free ports of the loopback, each of which can be killed and started again. Open it
 * with {@link openSystem}.
 */
export class System implements AsyncDisposable {
  readonly dir: string;
  readonly database: TestDatabase;
  readonly nats: LocalServer;
  readonly influx: LocalServer;
  readonly centrals: readonly { readonly url: string; readonly part: Part }[];
  readonly sites: readonly Site[];
  /** How central signs on to NATS, which may do everything there. */
  readonly natsOfCentral: NatsConfig;
  readonly natsKeys: WrittenKeys;
  #caller: Client | undefined;

  constructor(
    parts: Pick<System, "dir" | "database" | "nats" | "influx" | "centrals" | "sites" | "natsOfCentral" | "natsKeys">,
  ) {
    this.dir = parts.dir;
    this.database = parts.database;
    this.nats = parts.nats;
    this.influx = parts.influx;
    this.centrals = parts.centrals;
    this.sites = parts.sites;
    this.natsOfCentral = parts.natsOfCentral;
    this.natsKeys = parts.natsKeys;
  }

  get centralUrl(): string {
    return at(this.centrals, 0).url;
  }

  /** A client that may do everything. */
  get caller(): Client {
    if (this.#caller === undefined) throw new Error("the first centre does not run yet");
    return this.#caller;
  }

  /** What the first centre answers. */
  async get<T>(path: string): Promise<T> {
    return bodyOf(await this.caller.fetch(path));
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.caller.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify(body),
    });
  }

  /** Starts what is ours, and makes a client for the tests. */
  async start(): Promise<void> {
    for (const { part } of this.centrals) await part.restart();
    for (const { edge } of this.sites) await edge.restart();
    const pool = openPool({ url: this.database.url, size: 1, applicationName: "e2e", log: createLog("e2e", "error") });
    const secret = await addTestClient(pool, "e2e", [{ role: "admin", sites: "all" }]);
    await pool.end();
    this.#caller = connect({ url: this.centralUrl, client: "e2e", secret });
  }

  site(name: string): Site {
    const site = this.sites.find(each => each.name === name);
    if (site === undefined) throw new Error(`there is no site ${name}`);
    return site;
  }

  /** NATS as after a disk failure: its storage is gone when it starts again. */
  async loseNatsStorage(): Promise<void> {
    await this.nats.kill();
    await rm(this.nats.dir, { recursive: true, force: true });
    await mkdir(this.nats.dir, { recursive: true });
    await this.nats.restart();
  }

  /** Until each edge says that the centre has confirmed everything. */
  async settled(): Promise<void> {
    for (const site of this.sites) {
      await until(`the centre has confirmed all of ${site.name}`, async () => {
        const status = await getJson<{ waiting: number }>(`${site.url}/api/status`);
        return status.waiting === 0;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { edge } of this.sites) await edge.stop();
    for (const { part } of this.centrals) await part.stop();
    await Promise.all([this.influx, this.nats, this.database].map(each => each[Symbol.asyncDispose]()));
    await removeDir(this.dir);
  }
}

/** Starts everything but the devices, and makes the scenario's catalogue known to the centre. */
export async function openSystem(options: SystemOptions): Promise<System> {
  const dir = await temporaryDir("e2e");
  const natsKeys = await writeNatsKeys(dir);
  const { keys, files } = natsKeys;
  const natsDir = join(dir, "nats");
  const server = options.server ?? (await openTestServer());
  const [database, nats, influx] = await Promise.all([
    server.openEmpty(),
    startNats({ dir: natsDir, keys: files }),
    startInflux(),
  ]);
  const natsOfCentral = { servers: [nats.url], credentials: files.credentials };
  const natsOfSigner = { ...natsOfCentral, sites_key: files.sitesKey };
  const centrals = [];
  for (let n = 0; n < (options.centrals ?? 1); n++) {
    centrals.push(
      await centralPart(join(dir, `central-${n}`), { database: database.url, nats: natsOfSigner, influx: influx.url }),
    );
  }
  const sites = [];
  for (const [name, site] of Object.entries(options.scenario.sites)) {
    const credentials = join(dir, `${name}.creds`);
    const key = await makeSiteKey(keys.sitesKey, SiteId.parse(name));
    await writeFile(credentials, key.credentials);
    const ofSite = { name, devices: site.devices, nats: { servers: [nats.url], credentials } };
    const part = await edgePart(join(dir, name), { ...ofSite, ports: options.ports ?? {} });
    sites.push({ ...part, credentials, natsKey: key.key });
  }
  const system = new System({ dir, database, nats, influx, centrals, sites, natsOfCentral, natsKeys });
  try {
    await system.start();
    return system;
  } catch (error) {
    await system[Symbol.asyncDispose]();
    throw error;
  }
}

/** Keys of NATS, and where they were written to. */
export interface WrittenKeys {
  readonly keys: NatsKeys;
  readonly files: NatsKeyFiles & { readonly sitesKey: string };
}

async function writeNatsKeys(dir: string): Promise<WrittenKeys> {
  const keys = await makeNatsKeys();
  const file = (name: string) => join(dir, name);
  const files = { configuration: file("keys.conf"), credentials: file("central.creds"), sitesKey: file("sites.key") };
  await writeFile(files.configuration, serverConfiguration(keys.trust));
  await writeFile(files.credentials, keys.centralCredentials);
  await writeFile(files.sitesKey, JSON.stringify(keys.sitesKey));
  return { keys, files };
}

interface CentralNeeds {
  readonly database: string;
  readonly nats: NatsConfig & { readonly sites_key: string };
  readonly influx: string;
}

async function centralPart(dir: string, needs: CentralNeeds) {
  const listen = `127.0.0.1:${await freePort()}`;
  const part = await configured("central", dir, listen, {
    http: { listen },
    database: { url: needs.database },
    nats: needs.nats,
    influx: { url: needs.influx },
  });
  return { url: `http://${listen}`, part };
}

type Devices = ScenarioInput["sites"][string]["devices"];

interface EdgeNeeds {
  readonly name: string;
  readonly devices: Devices;
  readonly nats: NatsConfig;
  readonly ports: Readonly<Record<string, string>>;
}

async function edgePart(dir: string, { name, devices, nats, ports }: EdgeNeeds) {
  const listen = `127.0.0.1:${await freePort()}`;
  const [mqttPort, readersPort] = [await freePort(), await freePort()];
  const data = join(dir, "data");
  const edge = await configured("edge", dir, listen, {
    site: name,
    http: { listen },
    mqtt: { listen: `127.0.0.1:${mqttPort}`, anonymous: true },
    readers: { listen: `127.0.0.1:${readersPort}`, anonymous: true },
    nats,
    data,
    devices: devices.map(device => edgeDevice(device, ports)),
  });
  return { name, url: `http://${listen}`, mqttPort, readersPort, data, edge };
}

/** The edge's half of a simulated device: the same wire, and what being read there means. */
function edgeDevice(device: Devices[number], ports: EdgeNeeds["ports"]) {
  const { id, driver, from, to } = device;
  const way = isOutside(to) ? { place: from, from, to } : { place: to, from };
  // What a simulated radio hears of strays is weaker than this; what real readers sent is taken as it came.
  const threshold = "radio" in device ? { min_rssi_dbm: -72 } : {};
  const read_points = [{ ...way, ...threshold }];
  if ("http" in device && device.http !== undefined) return { id, driver, http: true, read_points };
  if (device.driver === "sparkplug-b") {
    // spBv1.0/GROUP/DDATA/NODE/DEVICE
    const [, group, , node] = device.topic.split("/");
    return { id, driver, group, node, read_points };
  }
  if ("topic" in device) return { id, driver, topic: device.topic, read_points };
  if (device.driver === "llrp") return { id, driver, address: device.listen ?? "127.0.0.1:5084", read_points };
  const port = ports[id] ?? device.port;
  const mode = isOutside(to) ? { mode: "ship", place: from } : { mode: "receive", place: to };
  switch (device.driver) {
    case "serial-scanner":
      return { id, driver, port, answer: { ok: "06", refused: "15" }, ...mode };
    case "zebra-ssi":
      return { id, driver, port, ...mode };
    case "em4100":
      return { id, driver, port, repeat_ms: 1000, ...mode };
    case "thingmagic":
      return { id, driver, port, region: "eu3", read_points };
    default:
      return { id, driver, port, read_points };
  }
}

async function configured(name: "central" | "edge", dir: string, listen: string, config: object): Promise<Part> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, `${name}.yaml`);
  await writeFile(file, stringify(config));
  return new Part({
    name,
    spec: async () => ({
      command: process.execPath,
      args: [new URL(`${name}/src/main.ts`, root).pathname, "--config", file],
      env: { ...process.env, TALLYGATE_LOG_LEVEL: "warn" },
      ready: async signal => (await fetch(`http://${listen}/healthz`, { signal })).ok,
    }),
  });
}

/** What an edge answers: it asks nobody who he is. */
export async function getJson<T>(url: string): Promise<T> {
  return bodyOf(await fetch(url, { signal: AbortSignal.timeout(10_000) }));
}

async function bodyOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new Error(`there is no element ${index} of ${list.length}`);
  return value;
}
