import type { Device, MessageDevice } from "../drivers/index.ts";

interface Pattern {
  readonly levels: readonly string[];
  readonly device: MessageDevice;
}

/** Which device a topic belongs to. Changes when devices do. */
export class Routes {
  #byTopic: ReadonlyMap<string, MessageDevice> = new Map();
  #patterns: readonly Pattern[] = [];
  #byId: ReadonlyMap<string, MessageDevice> = new Map();
  readonly #listeners = new Set<() => void>();

  constructor(devices: readonly Device[] = []) {
    this.replace(devices);
  }

  replace(devices: readonly Device[]): void {
    const byTopic = new Map<string, MessageDevice>();
    const patterns: Pattern[] = [];
    for (const device of devices) {
      if (device.transport !== "mqtt") continue;
      for (const topic of device.topics) {
        const levels = topic.split("/");
        if (levels.includes("+")) patterns.push({ levels, device });
        else byTopic.set(topic, device);
      }
    }
    this.#byTopic = byTopic;
    this.#patterns = patterns;
    this.#byId = new Map(devices.flatMap(each => (each.transport === "mqtt" ? [[each.id, each] as const] : [])));
    for (const told of this.#listeners) told();
  }

  /** A topic that is named as it is goes before one with a wildcard. */
  find(topic: string): MessageDevice | undefined {
    const exact = this.#byTopic.get(topic);
    if (exact !== undefined || this.#patterns.length === 0) return exact;
    const levels = topic.split("/");
    return this.#patterns.find(pattern => matches(pattern.levels, levels))?.device;
  }

  device(id: string): MessageDevice | undefined {
    return this.#byId.get(id);
  }

  /** All topics to be subscribed to. */
  filters(): readonly string[] {
    return [...this.#byTopic.keys(), ...this.#patterns.map(({ levels }) => levels.join("/"))];
  }

  /** Calls `told` after each change. */
  onChange(told: () => void): Disposable {
    this.#listeners.add(told);
    return { [Symbol.dispose]: () => void this.#listeners.delete(told) };
  }
}

export function routesOf(devices: readonly Device[]): Routes {
  return new Routes(devices);
}

function matches(pattern: readonly string[], levels: readonly string[]): boolean {
  return pattern.length === levels.length && pattern.every((level, index) => level === "+" || level === levels[index]);
}
