import type { Log } from "@tallygate/kit";
import { ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { type EdgeConfig, faultsOf } from "../config.ts";
import { type Device, DeviceConfig, deviceOf, drivers } from "../drivers/index.ts";
import { DeviceFiles } from "./overlay.ts";

export interface RegistryOptions {
  readonly config: EdgeConfig;
  readonly log: Log;
}

/** What a change of the devices needs beside the list. */
export interface RegistryHooks {
  /** Begins to hear the device, where it must be gone to: a serial port, a connection. */
  open(device: Device): AsyncDisposable | undefined;
  /** The list is another now; `id` came, went, or is another device under its name. */
  changed(devices: readonly Device[], id: string): void;
}

interface Entry {
  readonly config: DeviceConfig;
  readonly device: Device;
}

/**
 * The site's devices: those of `edge.yaml`, with what was taken in or swapped at run time over them. A swap keeps the id, and with it the
 * place, the history and the rules; what hears is another device.
 */
export class DeviceRegistry implements AsyncDisposable {
  readonly #options: RegistryOptions;
  readonly #files: DeviceFiles;
  #entries: ReadonlyMap<string, Entry>;
  #hooks: RegistryHooks | undefined;
  readonly #open = new Map<string, AsyncDisposable>();
  /** Changes run one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RegistryOptions) {
    const { config, log } = options;
    this.#options = options;
    this.#files = new DeviceFiles(config.data);
    const entries = new Map(config.devices.map(own => [own.id as string, entryOf(own)]));
    for (const own of this.#files.read()) {
      if (entries.has(own.id)) log.info({ device: own.id }, "devices.d replaces the device of edge.yaml");
      entries.set(own.id, entryOf(own));
    }
    const faults = this.#faults(entries);
    if (faults !== undefined) throw new Error(`the devices of devices.d and edge.yaml do not fit together: ${faults}`);
    this.#entries = entries;
  }

  list(): readonly Device[] {
    return [...this.#entries.values()].map(({ device }) => device);
  }

  config(id: string): DeviceConfig | undefined {
    return this.#entries.get(id)?.config;
  }

  /** Begins to hear all devices. */
  start(hooks: RegistryHooks): void {
    this.#hooks = hooks;
    for (const { device } of this.#entries.values()) this.#listen(device);
  }

  /** Takes in a device that is new. */
  add(settings: Readonly<Record<string, unknown>>): Promise<Result<DeviceConfig>> {
    return this.#inOrder(async () => {
      const id = String(settings["id"]);
      if (!this.#entries.has(id)) return this.#put(settings);
      return refuse("device.exists", `There is a device ${id} already; to put another in its place, swap it.`, {
        at: "body.id",
      });
    });
  }

  /** Puts another device in the place of the one with the id. What it reads where stays as it is unless it is said. */
  swap(id: string, settings: Readonly<Record<string, unknown>>): Promise<Result<DeviceConfig>> {
    return this.#inOrder(async () => {
      const before = this.#entries.get(id)?.config;
      if (before === undefined) return refuse("device.unknown", `There is no device ${id}.`, { at: "path.id" });
      const kept = "read_points" in before && !("read_points" in settings) ? { read_points: before.read_points } : {};
      const whole = await this.#put({ ...kept, ...settings, id });
      if (whole.ok || !("read_points" in kept)) return whole;
      // A scanner has no read points: then what it means must be said.
      const without = await this.#put({ ...settings, id });
      return without.ok ? without : whole;
    });
  }

  /** Forgets what was taken in or swapped: the device of `edge.yaml` is back, or none. */
  revert(id: string): Promise<Result<DeviceConfig | undefined>> {
    return this.#inOrder(async () => {
      if (!this.#files.has(id)) return refuse("device.unknown", `devices.d has no device ${id}.`, { at: "path.id" });
      const original = this.#options.config.devices.find(own => own.id === id);
      const entries = new Map(this.#entries);
      if (original === undefined) entries.delete(id);
      else entries.set(id, entryOf(original));
      const faults = this.#faults(entries);
      if (faults !== undefined) return refuse("config.invalid", faults);
      this.#files.remove(id);
      await this.#take(entries, id);
      return ok(original);
    });
  }

  async #put(settings: Readonly<Record<string, unknown>>): Promise<Result<DeviceConfig>> {
    const parsed = DeviceConfig.safeParse(settings);
    if (!parsed.success) return { ok: false, problem: problemOf(settings, parsed.error.issues) };
    const own = parsed.data;
    const entries = new Map(this.#entries).set(own.id, entryOf(own));
    const faults = this.#faults(entries);
    if (faults !== undefined) return refuse("config.invalid", faults);
    this.#files.write(own);
    await this.#take(entries, own.id);
    return ok(own);
  }

  async #take(entries: ReadonlyMap<string, Entry>, id: string): Promise<void> {
    const open = this.#open.get(id);
    this.#open.delete(id);
    await open?.[Symbol.asyncDispose]();
    this.#entries = entries;
    const device = entries.get(id)?.device;
    this.#hooks?.changed(this.list(), id);
    if (device !== undefined) this.#listen(device);
    this.#options.log.info({ device: id, driver: device?.driver ?? null }, "the devices changed");
  }

  #listen(device: Device): void {
    const opened = this.#hooks?.open(device);
    if (opened !== undefined) this.#open.set(device.id, opened);
  }

  #faults(entries: ReadonlyMap<string, Entry>): string | undefined {
    const devices = [...entries.values()].map(({ config }) => config);
    const faults = faultsOf({ ...this.#options.config, devices }).map(({ path, message }) => {
      const [, index] = path;
      const id = typeof index === "number" && path[0] === "devices" ? devices[index]?.id : undefined;
      return `${id ?? ""} ${path.slice(id === undefined ? 0 : 2).join(".")} ${message}`.trim();
    });
    return faults.length === 0 ? undefined : faults.slice(0, 10).join("; ");
  }

  #inOrder<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change, change);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    this.#hooks = undefined;
    for (const open of this.#open.values()) await open[Symbol.asyncDispose]();
    this.#open.clear();
  }
}

function entryOf(config: DeviceConfig): Entry {
  return { config, device: deviceOf(config) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function problemOf(settings: Readonly<Record<string, unknown>>, issues: readonly Issue[]): Problem {
  const faults = issues.map(({ path, message }) => ({ at: path.map(String).join("."), detail: message }));
  const known = drivers.some(({ name }) => name === settings["driver"]);
  const names = drivers.map(({ name }) => name).join(", ");
  const first = known ? `${faults[0]?.at} ${faults[0]?.detail}` : `driver is none of ${names}`;
  return { code: "config.invalid", detail: `The device's settings have faults: ${first}.`, faults };
}
