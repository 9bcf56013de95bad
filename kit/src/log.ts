import type { Writable } from "node:stream";
import { type DestinationStream, type Logger, levels, pino } from "pino";
import { limits } from "./limits.ts";

export type Log = Logger;

const levelNames = [...Object.keys(levels.values), "silent"];

/**
 * A log of JSON lines on standard output, each with the level's name, ISO time, pid and name. `TALLYGATE_LOG_LEVEL` sets the level where
 * none is given; an unknown one throws.
 */
export function createLog(name: string, givenLevel?: string): Log {
  const { TALLYGATE_LOG_LEVEL } = process.env;
  const level = givenLevel ?? (TALLYGATE_LOG_LEVEL || "info");
  if (!levelNames.includes(level)) {
    throw new Error(`the log level is "${level}" (TALLYGATE_LOG_LEVEL); allowed is one of ${levelNames.join(", ")}`);
  }
  const options = {
    level,
    base: { pid: process.pid, name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, boundedLines(process.stdout));
}

/**
 * Lines in their order to a stream that may stall: what reads our log must not stop or fill us. Beyond the bound lines are dropped, and
 * their number is said once there is room. (Pino's own writer has no bound by default, and a thread that waits in it for a
 * full pipe also keeps the process from ending.)
 */
export function boundedLines(stream: Writable, maxBytes: number = limits.logBufferMaxBytes): DestinationStream {
  let dropped = 0;
  return {
    write: line => {
      if (stream.writableLength > maxBytes) {
        dropped++;
        return;
      }
      if (dropped > 0) {
        const told = { level: "warn", time: new Date().toISOString(), pid: process.pid, dropped };
        stream.write(`${JSON.stringify({ ...told, msg: "log lines were dropped, as nobody read them" })}\n`);
        dropped = 0;
      }
      stream.write(line);
    },
  };
}
