import type { OpenContext, Running } from "@tallygate/kit";
import { openVerification } from "./audit/command.ts";
import { accessFlags, accessUsage, openClients, openUsers } from "./auth/command.ts";
import { openEdgeKey, openNatsKeys } from "./auth/nats/command.ts";
import { openReaderKey } from "./auth/nats/reader-command.ts";
import type { CentralConfig } from "./config.ts";

interface Command {
  /** Its arguments as `--help` names them. */
  readonly args: string;
  /** The options that it takes besides. */
  readonly flags?: readonly string[];
  /** Does it; `args` are what stands behind its name. */
  readonly open: (config: CentralConfig, context: OpenContext) => Promise<Running>;
}

/** What `npm run central -- NAME …` does in place of running the service. */
export const commands: Readonly<Record<string, Command>> = {
  verify: { args: "", open: withoutArgs(openVerification) },
  nats: { args: "init [DIRECTORY] | nats revoke DIRECTORY KEY | nats renew DIRECTORY", open: openNatsKeys },
  client: { args: accessUsage.client, flags: accessFlags, open: openClients },
  user: { args: accessUsage.user, flags: accessFlags, open: openUsers },
  "edge-key": { args: "SITE FILE [--until DATE]", flags: ["until"], open: openEdgeKey },
  "reader-key": { args: "NAME FILE [--until DATE] [--site SITE …]", flags: ["until", "site"], open: openReaderKey },
};

/** Every option that some command takes. */
export const commandFlags = [...new Set(Object.values(commands).flatMap(({ flags = [] }) => flags))];

export function commandsUsage(): string {
  return `[${Object.entries(commands)
    .map(([name, { args }]) => `${name} ${args}`.trim())
    .join(" | ")}]`;
}

/** Opens what the first word on the command line names. */
export function openCommand(config: CentralConfig, context: OpenContext): Promise<Running> {
  const [name = "", ...args] = context.args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Error(`there is no command "${context.args.join(" ")}"; there are ${commandsUsage()}`);
  }
  const strange = [...context.flags.keys()].find(flag => !command.flags?.includes(flag));
  if (strange !== undefined) throw new Error(`${name} takes no --${strange}`);
  return command.open(config, { ...context, args });
}

function withoutArgs(open: Command["open"]): Command["open"] {
  return (config, context) => {
    if (context.args.length > 0) throw new Error(`there is no argument "${context.args[0]}"`);
    return open(config, context);
  };
}
