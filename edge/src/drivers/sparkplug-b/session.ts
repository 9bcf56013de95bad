import { limits } from "./limits.ts";
import type { Metric, Payload } from "./payload.ts";

/** What a birth said of a metric. */
export interface Known {
  readonly name: string;
  readonly datatype: number | undefined;
}

/** The node itself, or one of its devices, since its birth. */
export interface Born {
  readonly byAlias: ReadonlyMap<bigint, Known>;
  readonly byName: ReadonlyMap<string, Known>;
  /** The last value of each field, by the field: a metric is sent only when it changes. */
  readonly last: Map<string, unknown>;
}

/** What is known of an edge node between its birth and its death (Eclipse Sparkplug 3.0.0, 5 and 6.4.17). */
export class NodeSession {
  #bdSeq: bigint | undefined;
  #seq: number | undefined;
  #node: Born | undefined;
  readonly #devices = new Map<string, Born>();
  #askedMs = Number.NEGATIVE_INFINITY;

  /** The node, or the device of this name; absent before its birth was heard. */
  born(device: string | undefined): Born | undefined {
    return device === undefined ? this.#node : this.#devices.get(device);
  }

  nodeBorn(payload: Payload): Born {
    this.#devices.clear();
    this.#bdSeq = bdSeqOf(payload);
    this.#seq = payload.seq;
    this.#node = bornOf(payload.metrics);
    return this.#node;
  }

  /** `undefined` when there are too many devices already. */
  deviceBorn(device: string, { metrics }: Payload): Born | undefined {
    if (this.#devices.size >= limits.devicesMax && !this.#devices.has(device)) return undefined;
    const born = bornOf(metrics);
    this.#devices.set(device, born);
    return born;
  }

  deviceDied(device: string): void {
    this.#devices.delete(device);
  }

  /** False for the late last will of an earlier connection, which means nothing: its `bdSeq` is another. */
  nodeDied(payload: Payload): boolean {
    const bdSeq = bdSeqOf(payload);
    if (this.#bdSeq !== undefined && bdSeq !== undefined && bdSeq !== this.#bdSeq) return false;
    this.#node = undefined;
    this.#seq = undefined;
    this.#bdSeq = undefined;
    this.#devices.clear();
    return true;
  }

  /** How many messages are missing before this one, by the counter from 0 to 255 that all messages of a node share. */
  missing({ seq }: Payload): number {
    const before = this.#seq;
    if (seq === undefined || seq > 255) return 0;
    this.#seq = seq;
    return before === undefined ? 0 : (seq - before - 1 + 512) % 256;
  }

  /** Whether to ask for births now. Asked seldom: a node answers with all that it has. */
  mayAsk(nowMs: number): boolean {
    if (nowMs - this.#askedMs < limits.rebirthMs && nowMs >= this.#askedMs) return false;
    this.#askedMs = nowMs;
    return true;
  }
}

function bornOf(metrics: readonly Metric[]): Born {
  const byAlias = new Map<bigint, Known>();
  const byName = new Map<string, Known>();
  for (const { name, alias, datatype } of metrics) {
    if (name === undefined) continue;
    const known = { name, datatype };
    byName.set(name, known);
    if (alias !== undefined) byAlias.set(alias, known);
  }
  return { byAlias, byName, last: new Map() };
}

function bdSeqOf({ metrics }: Payload): bigint | undefined {
  const raw = metrics.find(({ name }) => name === "bdSeq")?.raw;
  if (typeof raw === "bigint") return raw;
  return typeof raw === "number" && Number.isSafeInteger(raw) ? BigInt(raw) : undefined;
}
