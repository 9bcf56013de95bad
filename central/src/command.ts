import { runProcess } from "@tallygate/kit";
import { commandFlags, commandsUsage, openCommand } from "./commands.ts";
import { CentralConfig } from "./config.ts";

await runProcess({
  name: "tallygate-central",
  summary: "Keeps the ledger: applies the movements of all sites to PostgreSQL and answers over HTTP.",
  config: CentralConfig,
  defaultConfigFile: "central.yaml",
  args: commandsUsage(),
  flags: commandFlags,
  open: async (config, context) => {
    if (context.args.length > 0) return openCommand(config, context);
    // Read only now: a command is done before all that the service is made of would be there.
    const { openCentral } = await import("./central.ts");
    return openCentral(config, context);
  },
});
