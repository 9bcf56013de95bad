import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { sentence } from "@tallygate/kit";
import { parse, stringify } from "yaml";
import { DeviceConfig } from "../drivers/index.ts";

/**
 * Devices that were taken in or swapped while the edge ran: `devices.d/ID.yaml` in the data directory, a device each, written as under
 * `devices` in `edge.yaml`. One of the same id replaces that of `edge.yaml`; any other is added. To go back, remove the file.
 */
export class DeviceFiles {
  readonly #directory: string;

  constructor(data: string) {
    this.#directory = join(data, "devices.d");
  }

  /** Every device there. A file that is none stops the start, with a sentence that names it. */
  read(): readonly DeviceConfig[] {
    return this.#names().map(name => this.#readOne(name));
  }

  has(id: string): boolean {
    return this.#names().includes(`${id}.yaml`);
  }

  /** On disk when it returns: it outlives a power cut right after. */
  write(device: DeviceConfig): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const file = join(this.#directory, `${device.id}.yaml`);
    const handle = openSync(`${file}.new`, "w", 0o600);
    try {
      writeSync(handle, stringify(device));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
    this.#sync();
  }

  remove(id: string): void {
    rmSync(join(this.#directory, `${id}.yaml`), { force: true });
    this.#sync();
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory)
        .filter(name => name.endsWith(".yaml"))
        .toSorted();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  #readOne(name: string): DeviceConfig {
    const file = join(this.#directory, name);
    try {
      const device = DeviceConfig.parse(parse(readFileSync(file, "utf8")));
      if (`${device.id}.yaml` !== name) throw new Error(`its id is ${device.id}, so it must be ${device.id}.yaml`);
      return device;
    } catch (cause) {
      throw new Error(`${file} is no device: ${sentence(cause)} Correct it, or remove it.`, { cause });
    }
  }

  /** A new name is on disk only after its directory is. */
  #sync(): void {
    const handle = openSync(this.#directory, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}
