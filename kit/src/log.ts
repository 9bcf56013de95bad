import { type Logger, levels, pino } from "pino";

export type Log = Logger;

const levelNames = [...Object.keys(levels.values), "silent"];

/**
 * A log of JSON lines on standard output, each with the level's name, ISO time, pid and name. Lines are written at once, so that none is
 * missing after a crash. `TALLYGATE_LOG_LEVEL` sets the level where none is given; an unknown one throws.
 */
export function createLog(name: string, level = process.env["TALLYGATE_LOG_LEVEL"] || "info"): Log {
  if (!levelNames.includes(level)) {
    throw new Error(`TALLYGATE_LOG_LEVEL is "${level}"; allowed is one of ${levelNames.join(", ")}`);
  }
  return pino({
    level,
    base: { pid: process.pid, name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
  });
}
