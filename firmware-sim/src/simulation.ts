import { createLog, type Log } from "@tallygate/kit";
import type { Counts, Device, DoubtfulScan, Parcel } from "./devices/device.ts";
import { openDevice } from "./devices/index.ts";
import { createHeap } from "./heap.ts";
import { limits } from "./limits.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { createRandom } from "./random.ts";
import { type Catalogue, catalogueOf, Scenario, type ScenarioInput, sitesOf, worldPlan } from "./scenario.ts";
import type { WorldEvent } from "./world/events.ts";
import { createTruthKeeper, type Truth } from "./world/truth.ts";
import { createWorld, type World } from "./world/world.ts";

/** The truth, and what the devices did to make it known. */
export interface SimulationTruth extends Truth {
  readonly scenario: string;
  readonly seed: string;
  /** When the world began, and when this was told, in milliseconds since 1970 UTC. */
  readonly begunMs: number;
  readonly toldMs: number;
  /** Whether all that happened was said and has its answer: then the truth is what must be found. */
  readonly isSettled: boolean;
  readonly totals: Counts;
  readonly devices: readonly (Counts & { readonly site: string; readonly device: string })[];
  /** Scans that may have been taken or not. */
  readonly doubtful: readonly DoubtfulScan[];
}

export interface SimulationOptions {
  readonly log?: Log;
  /** How long the end waits for answers still owed, in milliseconds. */
  readonly settleMs?: number;
}

/** A running simulation. */
export interface Simulation extends AsyncDisposable {
  readonly catalogue: Catalogue;
  /**
   * Lets things happen until the scenario is over or `stop()` is called, then waits for the answers still owed, at most
   * `settleMs`. Call it once.
   */
  run(): Promise<SimulationTruth>;
  /** The truth as of now. Things in a crossing are already where they go to. */
  truth(): SimulationTruth;
  /** Begins nothing new; crossings that have begun go to their end. Gives what `run()` gives. */
  stop(): Promise<SimulationTruth>;
}

/** Opens the devices of a scenario. Throws a `ZodError` when the scenario is wrong. Nothing happens before `run()`. */
export function openSimulation(input: ScenarioInput, options: SimulationOptions = {}): Simulation {
  return new RunningSimulation(Scenario.parse(input), options);
}

interface Placed {
  readonly site: string;
  readonly device: Device;
}

/** Modes: *new*, *running*, *stopping* (`#stopping` aborted: no new events), *over* (`#over` is settled). */
class RunningSimulation implements Simulation {
  readonly catalogue: Catalogue;
  readonly #scenario: Scenario;
  readonly #settleMs: number;
  readonly #log: Log;
  readonly #world: World;
  readonly #keeper = createTruthKeeper();
  readonly #pacer: Pacer;
  readonly #placed: readonly Placed[];
  readonly #begunMs = Date.now();
  readonly #stopping = new AbortController();
  /** Aborts when the end has waited long enough. */
  readonly #deadline = new AbortController();
  #unsent = 0;
  #over: Promise<SimulationTruth> | undefined;

  constructor(scenario: Scenario, { log = createLog("sim"), settleMs = limits.settleMs }: SimulationOptions) {
    this.#scenario = scenario;
    this.#settleMs = settleMs;
    this.#log = log;
    this.catalogue = catalogueOf(scenario);
    this.#world = createWorld(worldPlan(scenario));
    this.#pacer = createPacer({ speed: scenario.speed });
    this.#placed = openDevices(scenario, log);
  }

  run(): Promise<SimulationTruth> {
    this.#over ??= this.#run();
    return this.#over;
  }

  stop(): Promise<SimulationTruth> {
    if (!this.#stopping.signal.aborted) this.#beginEnd();
    return this.run();
  }

  truth(): SimulationTruth {
    const devices = this.#placed.map(({ site, device }) => ({ site, device: device.id, ...device.counts() }));
    const totals = devices.reduce(sum, nothing);
    return {
      scenario: this.#scenario.name,
      seed: String(this.#scenario.seed),
      begunMs: this.#begunMs,
      toldMs: Date.now(),
      isSettled: totals.pending + this.#unsent === 0,
      totals,
      ...this.#keeper.truth(),
      devices,
      doubtful: this.#placed.flatMap(({ device }) => device.doubtful()),
    };
  }

  async #run(): Promise<SimulationTruth> {
    await this.#happen();
    if (!this.#stopping.signal.aborted) this.#beginEnd();
    for (const { device } of this.#placed) device.finish();
    await Promise.all(this.#placed.map(({ device }) => device.settle(this.#deadline.signal)));
    const truth = this.truth();
    const { pending } = truth.totals;
    if (!truth.isSettled) this.#log.warn({ pending, unsent: this.#unsent }, "Some messages have no answer yet.");
    return truth;
  }

  #beginEnd(): void {
    this.#stopping.abort();
    setTimeout(() => this.#deadline.abort(), this.#settleMs).unref();
  }

  /** Events of the world and what devices send for them, one after another, in the order of their times. */
  async #happen(): Promise<void> {
    const byName = new Map(this.#placed.map(placed => [`${placed.site}/${placed.device.id}`, placed.device]));
    const parcels = createHeap<{ readonly device: Device; readonly parcel: Parcel }>();
    let event = this.#nextEvent();
    while (!this.#deadline.signal.aborted) {
      this.#unsent = parcels.size;
      if (this.#stopping.signal.aborted) event = undefined;
      const parcelMs = parcels.firstMs();
      if (event !== undefined && event.atMs < (parcelMs ?? Number.POSITIVE_INFINITY)) {
        await this.#pacer.until(event.atMs, this.#stopping.signal);
        if (this.#stopping.signal.aborted) continue;
        this.#keeper.apply(event);
        const device = byName.get(`${event.site}/${event.device}`);
        for (const parcel of device?.hear(event, this.#pacer.wallMs) ?? []) {
          if (device !== undefined) parcels.add(parcel.atMs, { device, parcel });
        }
        event = this.#nextEvent();
      } else if (parcelMs !== undefined) {
        await this.#pacer.until(parcelMs, this.#deadline.signal);
        const first = parcels.first();
        // Held back: without room nothing more happens in the world, at no site.
        if (first?.device.hasRoom() === false) await first.device.room(this.#deadline.signal);
        if (!this.#deadline.signal.aborted) parcels.take()?.parcel.send();
      } else return;
    }
  }

  #nextEvent(): WorldEvent | undefined {
    const event = this.#world.next();
    const endMs = (this.#scenario.duration_s ?? Number.POSITIVE_INFINITY) * 1000;
    return event !== undefined && event.atMs <= endMs ? event : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#deadline.abort();
    await this.#over;
    await Promise.all(this.#placed.map(({ device }) => device[Symbol.asyncDispose]()));
  }
}

function openDevices(scenario: Scenario, log: Log): readonly Placed[] {
  return sitesOf(scenario).flatMap(({ site, settings: { mqtt, devices } }) =>
    devices.map(settings => {
      const random = createRandom(`${scenario.seed}/${site}/${settings.id}`);
      const context = { site, mqtt, random, log: log.child({ site, device: settings.id }) };
      return { site, device: openDevice(settings, context) };
    }),
  );
}

const nothing: Counts = { made: 0, sent: 0, answered: 0, resent: 0, pending: 0, readings: 0 };

function sum(left: Counts, right: Counts): Counts {
  return {
    made: left.made + right.made,
    sent: left.sent + right.sent,
    answered: left.answered + right.answered,
    resent: left.resent + right.resent,
    pending: left.pending + right.pending,
    readings: left.readings + right.readings,
  };
}
