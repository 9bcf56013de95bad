import { Child } from "./child.ts";
import { ownEnvironment } from "./environment.ts";

export interface CentralCommand {
  /** The checkout. */
  readonly root: string;
  /** As after `npm run central --`. */
  readonly args: readonly string[];
  /** Its configuration, beside what `args` name. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Runs a command of central, such as `client list`, and gives the lines that it says. Rejects when it fails. */
export async function runCentral({ root, args, env, signal }: CentralCommand): Promise<readonly string[]> {
  const lines: string[] = [];
  await Child.run({
    name: `central's ${args[0]}`,
    command: process.execPath,
    args: ["central/src/main.ts", ...args],
    cwd: root,
    env: { ...ownEnvironment(), ...env },
    signal,
    onLine: line => void lines.push(line),
  });
  return lines;
}
