import { join } from "node:path";
import { type Address, formatAddress } from "./addresses.ts";
import { briefOf, Seldom } from "./brief.ts";
import { ownEnvironment } from "./environment.ts";
import { LogFile } from "./log-file.ts";
import { Part } from "./part.ts";
import type { Screen } from "./screen.ts";
import type { Supervisor } from "./supervisor.ts";

/** What everything of a run is started with. */
export interface RunContext {
  /** The checkout. */
  readonly root: string;
  /** Where everything that is kept is kept. */
  readonly home: string;
  /** Whether simulated devices feed the sites. */
  readonly sim: boolean;
  readonly screen: Screen;
  readonly supervisor: Supervisor;
  /** Aborts when everything is to end. */
  readonly signal: AbortSignal;
  /** Disposed of after everything has ended. */
  readonly closing: DisposableStack;
}

export interface OwnPart {
  readonly name: string;
  /** What Node runs, from the checkout. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
  readonly onLine?: (line: string) => void;
  /** What is said of it when it runs. */
  readonly result: string;
}

/** Starts a process of ours, keeps it alive, and says so. */
export async function openPart(
  context: RunContext,
  { name, args, env, ready, onLine, result }: OwnPart,
): Promise<void> {
  const { root, screen, supervisor, signal } = context;
  signal.throwIfAborted();
  const log = logOf(context, name);
  const spec = async () => ({
    command: process.execPath,
    args,
    cwd: root,
    env: { ...ownEnvironment(), ...env },
    ready,
  });
  const open = async (onDeath: ConstructorParameters<typeof Part>[0]["onDeath"]) => {
    const part = new Part({
      name,
      spec,
      signal,
      onDeath,
      onLine: line => {
        log(line);
        onLine?.(line);
      },
    });
    await part.restart();
    return part;
  };
  await screen.step(
    name,
    () => supervisor.open(open),
    () => result,
  );
}

/** Asks a server of ours whether it is alive. */
export function untilHealthy(address: Address): (signal: AbortSignal) => Promise<boolean> {
  return async signal => (await fetch(`http://${formatAddress(address)}/healthz`, { signal })).ok;
}

/** Keeps a child's lines in a file of its name, and shows warnings and errors in brief. */
export function logOf({ home, screen, signal, closing }: RunContext, name: string): (line: string) => void {
  const file = closing.use(new LogFile(join(home, "logs", `${name.toLowerCase()}.log`)));
  const seldom = new Seldom();
  return line => {
    file.write(line);
    const brief = signal.aborted ? undefined : briefOf(line);
    if (brief !== undefined && seldom.allows(brief, Date.now())) screen.warn(`${name}: ${brief}`);
  };
}
