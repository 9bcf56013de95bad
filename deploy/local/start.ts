import { fileURLToPath } from "node:url";
import { errorCode, sentence } from "@tallygate/kit";
import { ChildFailed } from "./child.ts";
import { diskIsFull } from "./disk.ts";
import { clearHome, openHome } from "./home.ts";
import { limits } from "./limits.ts";
import { lockDir } from "./lock.ts";
import { help, parseStart, type StartOptions } from "./options.ts";
import { openAll } from "./run.ts";
import { openScreen, type Screen } from "./screen.ts";
import { Supervisor } from "./supervisor.ts";
import { welcome } from "./welcome.ts";

const exitCodes = { fine: 0, failed: 1, usage: 2, killed: 130 } as const;

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
// A terminal or pipe that goes away is said by a signal; its broken writes need not be.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
process.exit(await main());

async function main(): Promise<number> {
  const command = parseStart(process.argv.slice(2), process.env, root);
  switch (command.kind) {
    case "help":
      process.stdout.write(help);
      return exitCodes.fine;
    case "refused":
      process.stderr.write(`npm start: ${command.reason}\n\n${help}`);
      return exitCodes.usage;
    case "run": {
      const screen = openScreen(process.stdout);
      try {
        return await runAlone(command.options, screen);
      } catch (cause) {
        screen.fail(explain(cause));
        return exitCodes.failed;
      }
    }
  }
}

/** Runs in the directory if nobody else does. */
async function runAlone(options: StartOptions, screen: Screen): Promise<number> {
  const home = openHome(options.home);
  const locked = lockDir(home);
  if (!locked.ok) {
    const who = locked.pid > 0 ? `, as process ${locked.pid}` : "";
    screen.fail(`Tallygate already runs in ${home}${who}; end that one first, or give another directory by --data.`);
    return exitCodes.failed;
  }
  using _lock = locked.lock;
  if (options.fresh) await clearHome(home);
  const full = await diskIsFull(home, limits.freeBytesToStart);
  if (full !== undefined) {
    screen.fail(`${full} Make room and start again; nothing that was stored is lost.`);
    return exitCodes.failed;
  }
  // Awaited here, since the lock goes when this function is left.
  return await run(home, options.sim, screen);
}

/** From the first start to the end of the last child. */
async function run(home: string, sim: boolean, screen: Screen): Promise<number> {
  using closing = new DisposableStack();
  const stopping = new AbortController();
  const { signal } = stopping;
  const ending = Promise.withResolvers<number>();
  const supervisor = new Supervisor({
    say: screen.warn,
    giveUp: reason => {
      screen.fail(reason);
      ending.resolve(exitCodes.failed);
    },
    hopeless: () => diskIsFull(home, limits.freeBytesToGoOn),
  });
  watchInterrupts(
    () => ending.resolve(exitCodes.fine),
    () => void supervisor.kill().then(() => process.exit(exitCodes.killed)),
  );
  const opened = openAll({ root, home, sim, screen, supervisor, signal, closing }).then(
    where => screen.say(welcome(where, home, Date.now())),
    (cause: unknown) => {
      if (signal.aborted) return;
      screen.fail(explain(cause));
      ending.resolve(exitCodes.failed);
    },
  );
  const code = await ending.promise;
  screen.say("Ending everything, last started first …");
  stopping.abort(new Error("everything is to end"));
  await opened;
  await supervisor.stop();
  screen.say("Everything has ended.");
  return code;
}

/**
 * The first interrupt stops, a later one kills. A terminal sends Ctrl-C to all its processes and npm passes it on to us as well, so what
 * comes right after the first is the same one. When the npm that started us is killed, that is an interrupt, too.
 */
function watchInterrupts(stop: () => void, kill: () => void): void {
  let firstMs: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        stop();
      } else if (performance.now() - firstMs > limits.sameInterruptMs) kill();
    });
  }
  const { npm_lifecycle_event: byNpm } = process.env;
  const parent = process.ppid;
  if (byNpm !== undefined) setInterval(() => process.ppid !== parent && stop(), limits.parentPauseMs).unref();
}

/** A child's last lines say more than any sentence of ours. */
function explain(cause: unknown): string {
  if (errorCode(cause) === "ENOSPC") return `The disk is full: ${sentence(cause)} Make room and start again.`;
  return cause instanceof ChildFailed ? cause.message : sentence(cause);
}
