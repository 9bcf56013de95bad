import { type Logger, levels, pino } from "pino";

export type Log = Logger;

const levelNames = [...Object.keys(levels.values), "silent"];

/**
 * A log of JSON lines on standard output, each with the level's name, ISO time, pid and name. Lines are written at once, so that none is
 * missing after a crash. `TALLYGATE_LOG_LEVEL` sets the level where none is given; an unknown one throws.
 */
export function createLog(name: string, givenLevel?: string): Log {
  const { TALLYGATE_LOG_LEVEL } = process.env;
  const level = givenLevel ?? (TALLYGATE_LOG_LEVEL || "info");
  if (!levelNames.includes(level)) {
    throw new Error(`the log level is "${level}" (TALLYGATE_LOG_LEVEL); allowed is one of ${levelNames.join(", ")}`);
  }
  return pino({
    level,
    base: { pid: process.pid, name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
  });
}
