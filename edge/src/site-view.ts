import type { SiteStatus } from "@tallygate/protocol";
import type { AnswerBody } from "./answer.ts";
import type { EdgeConfig } from "./config.ts";
import { type ScannerView, viewScanner } from "./core/scanner/scan.ts";
import type { ScannerOrder } from "./core/scanner/scanner-state.ts";
import type { CoreState } from "./core/state.ts";
import type { DeviceHealth, DeviceMeter } from "./drivers/health.ts";
import type { Device } from "./drivers/index.ts";
import type { Intake } from "./drivers/intake.ts";
import type { Answers, Inbox } from "./inbox.ts";
import type { SiteLists } from "./lists/site-lists.ts";
import type { Broker } from "./mqtt/broker.ts";
import type { Subscriber } from "./mqtt/client.ts";
import type { Store } from "./store/store.ts";
import type { LinkStatus } from "./uplink/uplink.ts";

export interface SiteViewOptions {
  readonly config: EdgeConfig;
  readonly store: Store;
  readonly core: CoreState;
  readonly lists: SiteLists;
  readonly inbox: Inbox;
  readonly intake: Intake;
  readonly devices: () => readonly Device[];
  readonly meters: ReadonlyMap<string, DeviceMeter>;
  readonly now: () => number;
}

export interface DeviceView extends DeviceHealth {
  readonly clockSkewMs: number | undefined;
  readonly places: readonly string[];
  /** Absent for a device that is no scanner. */
  readonly scanner: ScannerView | undefined;
}

export interface SiteCounts {
  readonly epoch: string;
  readonly lastSeq: number;
  /** Movements not yet confirmed, and the event time of the oldest of them. */
  readonly waiting: number;
  readonly oldestWaitingMs: number | undefined;
  readonly exceptionsOpen: number;
}

/** Counts of the store are at most so old: they cost a walk over rows. */
const countsMaxAgeMs = 500;
/** A device's trouble is an alarm for so long. */
const troubleMs = 600_000;
const skewAlarmMs = 60_000;
const alarmsMax = 50;
/** A mode that is not stored by then is answered as not stored. */
const orderDeadlineMs = 5000;

/** How the site is, in one place: for the page, the metrics and the centre. */
export class SiteView {
  readonly #options: SiteViewOptions;
  #counts: { readonly counts: SiteCounts; readonly atMs: number } | undefined;
  /** Set while the parts are opened. */
  broker: Broker | undefined;
  subscriber: Subscriber | undefined;
  link: () => LinkStatus;

  constructor(options: SiteViewOptions) {
    this.#options = options;
    const sinceMs = options.now();
    const nothing = { trouble: undefined, alarms: [], lastConfirmedMs: undefined };
    this.link = () => ({ state: "disconnected", sinceMs, ...nothing });
  }

  get config(): EdgeConfig {
    return this.#options.config;
  }

  get store(): Store {
    return this.#options.store;
  }

  get lists(): SiteLists {
    return this.#options.lists;
  }

  get inbox(): Inbox {
    return this.#options.inbox;
  }

  get intake(): Intake {
    return this.#options.intake;
  }

  nowMs(): number {
    return this.#options.now();
  }

  /** The store's counts that every page asks for, taken at most once in a while. */
  counts(): SiteCounts {
    const now = performance.now();
    if (this.#counts === undefined || now - this.#counts.atMs > countsMaxAgeMs) {
      const { store } = this.#options;
      const { epoch, last: lastSeq } = store.epoch;
      const counts = { epoch, lastSeq, ...store.backlog(), exceptionsOpen: store.exceptionsOpen() };
      this.#counts = { counts, atMs: now };
    }
    return this.#counts.counts;
  }

  devices(): readonly DeviceView[] {
    const { meters, core } = this.#options;
    const now = this.nowMs();
    const devices = new Map<string, Device>(this.#options.devices().map(device => [device.id, device]));
    return [...meters.values()].map(meter => ({
      ...this.#withTransport(meter.health(now)),
      clockSkewMs: core.clocks.get(meter.id)?.skewMs ?? core.knownSkews.get(meter.id),
      places: placesOf(devices.get(meter.id)),
      scanner: viewScanner(core, meter.id),
    }));
  }

  /** A device that is read from an existing broker is not heard while that is not. */
  #withTransport(health: DeviceHealth): DeviceHealth {
    const { subscriber } = this;
    const transport = this.#options.devices().find(({ id }) => id === health.id)?.transport;
    if (
      transport !== "mqtt" ||
      subscriber === undefined ||
      this.broker !== undefined ||
      subscriber.state === "connected"
    )
      return health;
    return { ...health, state: "failed", detail: subscriber.detail };
  }

  /**
   * Sets a scanner's mode, in order with what is read. Resolves after the commit; with nothing when it could not be stored yet, though
   * it may be later.
   */
  order(order: ScannerOrder): Promise<AnswerBody | undefined> {
    const { promise, resolve } = Promise.withResolvers<AnswerBody | undefined>();
    const deadline = setTimeout(() => resolve(undefined), orderDeadlineMs);
    const settle = (_error?: Error, answers?: Answers) => {
      clearTimeout(deadline);
      resolve(answers?.(order));
    };
    const isTaken = this.inbox.offer({ deviceId: order.deviceId, readings: [], refused: [], orders: [order], settle });
    if (!isTaken) settle();
    return promise;
  }

  readingsTotal(): number {
    const now = this.nowMs();
    return [...this.#options.meters.values()].reduce((sum, meter) => sum + meter.health(now).readings, 0);
  }

  /** What a person should know now, the gravest first. */
  alarms(): string[] {
    const { inbox, subscriber } = this;
    const alarms: string[] = [];
    const { failure } = inbox;
    if (failure !== undefined) alarms.push(`Readings are held back, nothing is lost: ${failure.message}`);
    else if (this.intake.held > 0) alarms.push("More is read than can be stored at the moment; devices wait.");
    alarms.push(...this.link().alarms);
    if (subscriber?.detail !== undefined) alarms.push(`The MQTT broker is not read: ${subscriber.detail}`);
    for (const device of this.devices()) alarms.push(...deviceAlarms(device, this.nowMs()));
    return alarms.map(alarm => alarm.slice(0, 300)).slice(0, alarmsMax);
  }

  /** What the centre is told of the devices every few seconds. */
  statusParts(): Pick<SiteStatus, "alarms" | "devices"> {
    return {
      alarms: this.alarms(),
      devices: this.devices().map(({ id, driver, state, lastHeardMs, readings, refused, clockSkewMs }) => ({
        deviceId: id,
        driver,
        state,
        ...(lastHeardMs === undefined ? {} : { lastHeardMs }),
        readings,
        refused,
        ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      })),
    };
  }
}

function placesOf(device: Device | undefined): readonly string[] {
  return [...new Set(device?.readPoints.map(({ place }) => place))];
}

function deviceAlarms(device: DeviceView, nowMs: number): readonly string[] {
  const { id, state, detail, trouble, missed, antennasHeard, clockSkewMs = 0 } = device;
  const alarms: string[] = [];
  if (state === "failed") alarms.push(`${id} is not heard: ${detail ?? "its connection failed"}`);
  else if (detail !== undefined) alarms.push(`${id}: ${detail}`);
  if (missed !== undefined && state !== "failed") alarms.push(`${id} is silent: ${missed}.`);
  const deaf = antennasHeard.filter(({ silent }) => silent).map(({ antenna }) => antenna);
  if (deaf.length > 0 && missed === undefined) {
    alarms.push(`Antenna ${deaf.join(", ")} of ${id} hears nothing any more, while others do: look at its cable.`);
  }
  if (trouble !== undefined && nowMs - trouble.atMs < troubleMs) alarms.push(`${id} says: ${trouble.detail}`);
  if (Math.abs(clockSkewMs) > skewAlarmMs) {
    alarms.push(
      `The clock of ${id} is ${Math.round(Math.abs(clockSkewMs) / 1000)} s off; it is corrected, but set it.`,
    );
  }
  return alarms;
}
