import { join } from "node:path";
import { parseArgs } from "node:util";

export interface StartOptions {
  /** Where everything that is kept is kept. */
  readonly home: string;
  /** Throws away what is kept before it starts. */
  readonly fresh: boolean;
  /** Whether simulated readers and scanners feed the sites. */
  readonly sim: boolean;
}

export type StartCommand =
  | { readonly kind: "run"; readonly options: StartOptions }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string };

export const help = `Usage: npm start [-- --fresh] [--no-sim] [--data DIR]

Runs all of Tallygate on this machine: PostgreSQL, NATS, InfluxDB, central, the edges of two sites, and simulated readers
and scanners that feed them. Ctrl-C ends all of it; what it knows stays for the next time.

  --fresh     begin anew: what was kept is thrown away, the configuration files too
  --no-sim    without simulated devices, for real ones; name them in lyon.yaml and porto.yaml of the directory
  --data DIR  where everything is kept; without it TALLYGATE_HOME, or .tallygate
  --help      this text
`;

/** `root` is the checkout; relative directories are meant from where the command was given. */
export function parseStart(argv: readonly string[], env: NodeJS.ProcessEnv, root: string): StartCommand {
  const options = {
    fresh: { type: "boolean", default: false },
    "no-sim": { type: "boolean", default: false },
    data: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    if (values.help) return { kind: "help" };
    if (values.data === "") return { kind: "refused", reason: "--data needs a directory" };
    const { TALLYGATE_HOME } = env;
    const home = values.data ?? (TALLYGATE_HOME || join(root, ".tallygate"));
    return { kind: "run", options: { home, fresh: values.fresh, sim: !values["no-sim"] } };
  } catch (cause) {
    const [reason] = cause instanceof Error ? cause.message.split(". To specify", 1) : [];
    return { kind: "refused", reason: reason ?? String(cause) };
  }
}
