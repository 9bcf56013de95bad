import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ClientSecret } from "@tallygate/client";
import { runCentral } from "./central-command.ts";

export interface IntegratorOptions {
  /** The checkout. */
  readonly root: string;
  /** Where its secret is kept, readable to us alone. */
  readonly file: string;
  /** Where commands of central find their database. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The client by which the demonstration tells central its goods and places; made when there is none, and its secret when that was lost. */
export async function openIntegrator({ root, file, env, signal }: IntegratorOptions): Promise<ClientSecret> {
  const client = "integrator";
  if (!existsSync(file)) {
    const ask = (...args: string[]) => runCentral({ root, args: ["client", ...args], env, signal });
    const isThere = (await ask("list")).some(line => line.split(" ")[0] === client);
    const said = isThere ? await ask("rotate", client) : await ask("add", client, "--role", "integrator");
    const secret = /\btgs_\S+/.exec(said.join("\n"))?.[0];
    if (secret === undefined) throw new Error(`central made the client ${client} and did not say its secret.`);
    writeFileSync(file, secret, { mode: 0o600 });
  }
  return { client, secret: readFileSync(file, "utf8") };
}
