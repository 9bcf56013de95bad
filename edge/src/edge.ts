import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type HttpServer, type Log, listenHttp, openTogether } from "@tallygate/kit";
import { type AnswerNames, answerBody, type ListedAnswer } from "./answer.ts";
import { createEdgeApi } from "./api/api.ts";
import { listLines } from "./api/list-routes.ts";
import { Live } from "./api/live.ts";
import { createEdgeMetrics } from "./api/metrics.ts";
import { deviceLine, movementLines, statusBody } from "./api/shapes.ts";
import { type EdgeConfig, glnKeyOf } from "./config.ts";
import { apply } from "./core/apply.ts";
import { readPointRule, replaceReadPoints } from "./core/read-points.ts";
import { stepOf } from "./core/scanner/modes.ts";
import type { MovementRef, ScanAnswer } from "./core/scanner/scanner-state.ts";
import { type CoreDecision, type CoreState, openCore } from "./core/state.ts";
import { decideTick } from "./core/tick.ts";
import { Discoveries } from "./devices/discoveries.ts";
import { DeviceRegistry } from "./devices/registry.ts";
import { DeviceMeter } from "./drivers/health.ts";
import type { Device } from "./drivers/index.ts";
import { Intake } from "./drivers/intake.ts";
import { ActiveClock } from "./drivers/silence.ts";
import { openReaders } from "./http-intake/listener.ts";
import { Inbox } from "./inbox.ts";
import { SiteLists } from "./lists/site-lists.ts";
import { Access } from "./mqtt/access.ts";
import { openBroker } from "./mqtt/broker.ts";
import { openSubscriber } from "./mqtt/client.ts";
import { Routes } from "./mqtt/routes.ts";
import { DevicePort } from "./serial/port.ts";
import { SiteView } from "./site-view.ts";
import { openStore } from "./store/open.ts";
import type { Store } from "./store/store.ts";
import { DeviceConnection } from "./tcp/connection.ts";
import { Uplink } from "./uplink/uplink.ts";

export interface EdgeOptions {
  readonly log: Log;
  readonly now?: () => number;
}

/** A running edge. Disposing it stops the devices' side first and the store last. */
export interface Edge extends AsyncDisposable {
  readonly http: HttpServer;
  /** Where the site's broker listens, if it has one. */
  readonly mqttPort: number | undefined;
  /** Where readers post, if they may. */
  readonly readersPort: number | undefined;
  readonly view: SiteView;
  readonly ready: string;
}

const pageDirectory = fileURLToPath(new URL("../dashboard/dist", import.meta.url));

/** Gates decide and tags depart by time alone: the core is asked so often though nothing is read. */
const quietTickMs = 250;
const movementsTold = 50;

/** Opens a site's edge: store, core, inbox, uplink, devices, page. When one part cannot be opened, those before it are closed. */
export function openEdge(config: EdgeConfig, { log, now = Date.now }: EdgeOptions): Promise<Edge> {
  return openTogether(async stack => {
    const registry = new DeviceRegistry({ config, log });
    const devices = registry.list();
    const store = stack.use(openSiteStore(config, now()));
    const core = openCore({
      readPoints: rulesOf(devices),
      clocks: store.clocks(),
      scanners: store.scanners(),
      places: config.places.map(place => ({ code: place.code, glnKey: glnKeyOf(place) })),
    });
    const inbox = new Inbox();
    const siteClock = new ActiveClock();
    const meters = new Map(devices.map(device => [device.id as string, meterOf(device, siteClock, now())]));
    const discoveries = new Discoveries();
    const intake = new Intake({ inbox, meters, discoveries, now });
    const lists = new SiteLists(store);
    const list = () => registry.list();
    const view = new SiteView({ config, store, core, lists, inbox, intake, devices: list, meters, now });
    const metrics = createEdgeMetrics(view);
    const live = stack.use(openLive(view));

    const uplink = new Uplink({
      store,
      nats: config.nats,
      log,
      status: () => view.statusParts(),
      now,
      onChange: () => live.changed("status", "stock", "movement"),
      onRefreshed: () => {
        lists.refresh();
        live.changed("list");
      },
      listsAhead: () => lists.isAhead,
    });
    stack.use(runTicks({ inbox, core, store, lists, uplink, live, log, now, commitSeconds: metrics.commitSeconds }));
    stack.use(uplink);
    view.link = () => uplink.status();
    uplink.open();

    stack.use(intake);
    const routes = new Routes(devices);
    const mqttPort = await openMqtt(config, routes, intake, view, stack, log);
    const readersPort = await openHttpIntake(config, routes, intake, stack, log);
    stack.use(registry).start({
      open: device => openDevice(device, { intake, meter: meters.get(device.id), log, now }),
      changed: (list, id) => {
        const device = list.find(each => each.id === id);
        // Another device has another clock, other counters and other habits.
        core.clocks.delete(id);
        core.knownSkews.delete(id);
        if (device === undefined) meters.delete(id);
        else meters.set(id, meterOf(device, siteClock, now()));
        replaceReadPoints(core.points, rulesOf(list));
        routes.replace(list);
        live.changed("device");
      },
    });

    const app = createEdgeApi({
      view,
      live,
      devices: { registry, discoveries },
      metrics: metrics.registry,
      log,
      page: pageDirectory,
    });
    const http = stack.use(await listenHttp(app, config.http.listen, { log }));
    log.info({ site: config.site, http: http.url, mqtt_port: mqttPort, epoch: store.epoch.epoch }, "the edge runs");
    const broker = mqttPort === undefined ? "" : `, MQTT on port ${mqttPort}`;
    return { http, mqttPort, readersPort, view, ready: `The edge of ${config.site} runs: ${http.url}${broker}` };
  });
}

function openSiteStore({ data, site, recorder }: EdgeConfig, nowMs: number): Store {
  return openStore(data, {
    site,
    nowMs,
    randomBytes,
    recorderAgeMaxMs: recorder.keep_days * 86_400_000,
    recorderBytesMax: recorder.max_megabytes * 1024 * 1024,
  });
}

function rulesOf(devices: readonly Device[]) {
  return devices.flatMap(({ id, readPoints }) => readPoints.map(point => readPointRule(id, point)));
}

function meterOf(device: Device, siteClock: ActiveClock, nowMs: number): DeviceMeter {
  const { id, driver } = device;
  const countsReadings = device.transport === "mqtt" && device.countsReadings;
  const silentMs = device.transport === "mqtt" ? device.silentMs : undefined;
  return new DeviceMeter({ id, driver, countsReadings, siteClock, silentMs, nowMs });
}

interface DeviceParts {
  readonly intake: Intake;
  readonly meter: DeviceMeter | undefined;
  readonly log: Log;
  readonly now: () => number;
}

/** Goes to a device that does not come by itself. */
function openDevice(device: Device, { meter, ...parts }: DeviceParts): AsyncDisposable | undefined {
  if (meter === undefined || device.transport === "mqtt") return undefined;
  if (device.transport === "serial") {
    const port = new DevicePort({ ...parts, device, meter });
    port.open();
    return port;
  }
  const connection = new DeviceConnection({ ...parts, device, meter });
  connection.open();
  return connection;
}

function openLive(view: SiteView): Live {
  return new Live({
    status: () => statusBody(view),
    movement: () => ({ movements: movementLines(view, view.store.movements({ limit: movementsTold })) }),
    device: () => ({ devices: view.devices().map(deviceLine) }),
    stock: () => ({}),
    exception: () => ({ exceptions_open: view.counts().exceptionsOpen }),
    list: () => listLines(view.lists.view()),
  });
}

interface TickParts {
  readonly inbox: Inbox;
  readonly core: CoreState;
  readonly store: Store;
  readonly lists: SiteLists;
  readonly uplink: Uplink;
  readonly live: Live;
  readonly log: Log;
  readonly now: () => number;
  readonly commitSeconds: { observe(seconds: number): void };
}

/** Runs the ticks: decide, commit, take over, and only then answer. */
function runTicks(parts: TickParts): Disposable {
  const { inbox, core, store, lists, live, log, now, commitSeconds } = parts;
  const names: AnswerNames = {
    itemOf: classKey => store.itemOf(classKey),
    unitsOf: classKey => store.unitsOf(classKey),
    listOf: answer => listOf(lists, answer, now()),
  };
  let first: MovementRef | undefined;
  const ticks = inbox.run<CoreDecision>({
    decide: deliveries => decideTick(core, deliveries, now(), store),
    commit: decision => {
      const startMs = performance.now();
      const { movements } = store.commit(decision);
      [first] = movements;
      if (lists.take(movements)) live.changed("list");
      // A quiet tick writes nothing, and would hide how long the others take.
      if (decision.readings.length + decision.exceptions.length === 0) return;
      commitSeconds.observe((performance.now() - startMs) / 1000);
    },
    apply: decision => {
      apply(core, decision, first);
      tell(parts, decision);
    },
    answers: decision => asked => {
      const answer = decision.answers.get(asked);
      return answer === undefined ? undefined : answerBody(answer, names);
    },
    alarm: err => {
      if (err === undefined) log.info("readings can be stored again");
      else log.error({ err }, "readings cannot be stored; devices are held back until they can");
    },
  });
  const quiet = setInterval(() => {
    if (inbox.waiting === 0) inbox.offer({ deviceId: "", readings: [], refused: [], settle: () => undefined });
  }, quietTickMs);
  return {
    [Symbol.dispose]: () => {
      clearInterval(quiet);
      ticks[Symbol.dispose]();
    },
  };
}

/** What the list says that is open where a scanner works. */
function listOf(lists: SiteLists, answer: ScanAnswer, nowMs: number): ListedAnswer | undefined {
  const { deviceId: readPoint, mode, from, to, classKey } = answer;
  const bizStep = stepOf(mode);
  if (bizStep === undefined || from === undefined || to === undefined) return undefined;
  const found = lists.listedAt({ from, to, bizStep, readPoint, eventTimeMs: nowMs }, classKey);
  if (found === undefined) return undefined;
  const { id, documents } = found.list;
  return { id, documents: documents.map(({ number }) => number), named: found.isNamed };
}

function tell(
  { uplink, live }: TickParts,
  { movements, observations, exceptions, readings, scanners }: CoreDecision,
): void {
  if (movements.length + observations.length + exceptions.length > 0) uplink.wake();
  if (movements.length > 0) {
    live.changed("movement", "stock", "status");
  }
  if (exceptions.length > 0) live.changed("exception", "status");
  if (readings.length + scanners.length > 0) live.changed("device");
}

/** The site's own broker, an existing one, or both. */
async function openMqtt(
  { mqtt, site }: EdgeConfig,
  routes: Routes,
  intake: Intake,
  view: SiteView,
  stack: AsyncDisposableStack,
  log: Log,
): Promise<number | undefined> {
  const { listen, tls, anonymous, users, rate, connect: upstream } = mqtt;
  if (upstream !== undefined) view.subscriber = stack.use(openSubscriber({ site, upstream, routes, intake, log }));
  if (listen !== undefined || tls !== undefined) {
    const access = new Access({ anonymous, users });
    view.broker = stack.use(await openBroker({ listen, tls, rate, access, routes, intake, log }));
  }
  return view.broker?.port ?? view.broker?.tlsPort;
}

/** Where readers post. */
async function openHttpIntake(
  { readers, mqtt }: EdgeConfig,
  routes: Routes,
  intake: Intake,
  stack: AsyncDisposableStack,
  log: Log,
): Promise<number | undefined> {
  const { listen, anonymous, users } = readers;
  if (listen === undefined) return undefined;
  const names = new Set(users.map(({ name }) => name));
  const access = new Access({ anonymous, users: [...users, ...mqtt.users.filter(({ name }) => !names.has(name))] });
  return stack.use(await openReaders({ listen, access, routes, intake, log })).server.port;
}
