import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** A server program is not on this machine. */
export class ProgramMissing extends Error {
  constructor(program: string) {
    super(`${program} is not on this machine. "node deploy/set-up.mjs test" installs what is missing, or says how.`);
    this.name = "ProgramMissing";
  }
}

/** Where servers stand that are no commands for everyday users; brew keeps InfluxDB 1 out of PATH. */
const besidePath = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/bin",
  "/usr/local/bin",
  "/opt/homebrew/bin",
  "/opt/homebrew/opt/influxdb@1/bin",
  "/usr/local/opt/influxdb@1/bin",
];

/** The full path of a program of this machine. */
export async function findProgram(program: string): Promise<string> {
  const { PATH = "" } = process.env;
  for (const dir of [...PATH.split(delimiter), ...besidePath]) {
    const path = join(dir, program);
    if (dir !== "" && (await mayRun(path))) return path;
  }
  throw new ProgramMissing(program);
}

function mayRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
