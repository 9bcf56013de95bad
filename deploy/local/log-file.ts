import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { limits } from "./limits.ts";

/**
 * The log of one child. Lines are written at once, so that none is missing after a crash. A file that has grown to its limit
 * becomes `NAME.log.1` and a new one begins: a log takes twice its limit at most.
 */
export class LogFile implements Disposable {
  readonly path: string;
  #file: number;
  #sizeBytes: number;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a");
    this.#sizeBytes = fstatSync(this.#file).size;
  }

  write(line: string): void {
    if (this.#sizeBytes >= limits.logBytesMax) this.#turn();
    try {
      this.#sizeBytes += writeSync(this.#file, `${line}\n`);
    } catch {
      // On a full disk the log is what can be done without; the full disk itself is said by those who notice it.
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #turn(): void {
    closeSync(this.#file);
    renameSync(this.path, `${this.path}.1`);
    this.#file = openSync(this.path, "a");
    this.#sizeBytes = 0;
  }
}
