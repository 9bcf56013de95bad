import { llrp } from "@tallygate/protocol";

const { codes, firstOf, statuses } = llrp;

/** An inventory that a client has given the reader. */
export interface RoSpec {
  readonly id: number;
  readonly antennaIds: readonly number[];
  readonly start: llrp.Parameter<"ROSpecStartTrigger">;
  readonly stop: llrp.Parameter<"ROSpecStopTrigger">;
  /** Reported after so many tags; 0: at the end, or when asked. */
  readonly reportTags: number;
  readonly contents: llrp.Parameter<"TagReportContentSelector"> | undefined;
  state: "disabled" | "inactive" | "active";
  timer: NodeJS.Timeout | undefined;
}

/**
 * The inventories of a reader and their life (LLRP 1.1, 11.1): *disabled* when added, *inactive* when enabled, *active* from the
 * start trigger or START_ROSPEC to the stop trigger or STOP_ROSPEC. Each request gives its status.
 */
export class RoSpecs implements Disposable {
  readonly #specs = new Map<number, RoSpec>();
  readonly #onEvent: (event: number, spec: RoSpec) => void;

  constructor(onEvent: (event: number, spec: RoSpec) => void) {
    this.#onEvent = onEvent;
  }

  /** The inventory that hears this antenna now. */
  hearing(antenna: number): RoSpec | undefined {
    return this.#all().find(
      ({ state, antennaIds }) => state === "active" && (antennaIds.includes(0) || antennaIds.includes(antenna)),
    );
  }

  /** Whether tags are heard, or will be as soon as a trigger says so. */
  get isArmed(): boolean {
    return this.#all().some(
      ({ state, start }) => state === "active" || (state === "inactive" && start.trigger !== codes.startNull),
    );
  }

  add(parameter: llrp.Parameter<"ROSpec"> | undefined): number {
    const boundary = firstOf(parameter?.parameters, "ROBoundarySpec")?.parameters;
    const start = firstOf(boundary, "ROSpecStartTrigger");
    const stop = firstOf(boundary, "ROSpecStopTrigger");
    const aiSpec = firstOf(parameter?.parameters, "AISpec");
    if (!parameter || !start || !stop || !aiSpec) return statuses.parameterError;
    if (parameter.roSpecId === 0 || this.#specs.has(parameter.roSpecId)) return statuses.fieldError;
    const report = firstOf(parameter.parameters, "ROReportSpec");
    this.#specs.set(parameter.roSpecId, {
      id: parameter.roSpecId,
      antennaIds: aiSpec.antennaIds,
      start,
      stop,
      reportTags: report?.tags ?? 0,
      contents: firstOf(report?.parameters, "TagReportContentSelector"),
      state: "disabled",
      timer: undefined,
    });
    return statuses.success;
  }

  /** 0 means all, here and below where the standard says so. */
  delete(id: number): number {
    return this.#each(id, spec => {
      this.#end(spec);
      this.#specs.delete(spec.id);
    });
  }

  enable(id: number): number {
    return this.#each(id, spec => {
      if (spec.state === "disabled") this.#arm(spec);
    });
  }

  disable(id: number): number {
    return this.#each(id, spec => {
      this.#end(spec);
      spec.state = "disabled";
    });
  }

  start(id: number): number {
    const spec = this.#specs.get(id);
    if (spec === undefined || spec.state === "disabled") return statuses.fieldError;
    this.#begin(spec);
    return statuses.success;
  }

  stop(id: number): number {
    const spec = this.#specs.get(id);
    if (spec === undefined) return statuses.fieldError;
    this.#end(spec);
    return statuses.success;
  }

  /** An input changed: what waits for it begins or ends. */
  input(port: number, high: boolean): void {
    const isMeant = (parameters: readonly llrp.Parameter[]) => {
      const value = firstOf(parameters, "GPITriggerValue");
      return value?.port === port && value.high === high;
    };
    for (const spec of this.#all()) {
      const { start, stop } = spec;
      if (spec.state === "inactive" && start.trigger === codes.startGpi && isMeant(start.parameters)) this.#begin(spec);
      else if (spec.state === "active" && stop.trigger === codes.stopGpi && isMeant(stop.parameters)) this.#end(spec);
    }
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#all()) clearTimeout(timer);
    this.#specs.clear();
  }

  #all(): readonly RoSpec[] {
    return [...this.#specs.values()];
  }

  #each(id: number, act: (spec: RoSpec) => void): number {
    const specs = this.#all().filter(spec => id === 0 || spec.id === id);
    if (specs.length === 0 && id !== 0) return statuses.fieldError;
    for (const spec of specs) act(spec);
    return statuses.success;
  }

  #arm(spec: RoSpec): void {
    spec.state = "inactive";
    if (spec.start.trigger === codes.startImmediate) this.#begin(spec);
    const period = firstOf(spec.start.parameters, "PeriodicTriggerValue");
    if (spec.start.trigger === codes.startPeriodic && period !== undefined) {
      spec.timer = setTimeout(() => this.#begin(spec), period.offsetMs).unref();
    }
  }

  #begin(spec: RoSpec): void {
    if (spec.state !== "inactive") return;
    spec.state = "active";
    this.#onEvent(codes.roSpecStarted, spec);
    const gpi = firstOf(spec.stop.parameters, "GPITriggerValue");
    const lengthMs = spec.stop.trigger === codes.stopDuration ? spec.stop.durationMs : (gpi?.timeoutMs ?? 0);
    clearTimeout(spec.timer);
    if (lengthMs > 0) spec.timer = setTimeout(() => this.#end(spec), lengthMs).unref();
  }

  #end(spec: RoSpec): void {
    clearTimeout(spec.timer);
    if (spec.state !== "active") return;
    spec.state = "inactive";
    this.#onEvent(codes.roSpecEnded, spec);
    const period = firstOf(spec.start.parameters, "PeriodicTriggerValue");
    if (period !== undefined && this.#specs.has(spec.id)) {
      const restMs = Math.max(1, period.periodMs - spec.stop.durationMs);
      spec.timer = setTimeout(() => this.#begin(spec), restMs).unref();
    }
  }
}
