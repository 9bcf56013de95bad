import { runProcess } from "@tallygate/kit";
import { openCentral } from "./central.ts";
import { commandFlags, commandsUsage, openCommand } from "./commands.ts";
import { CentralConfig } from "./config.ts";

await runProcess({
  name: "tallygate-central",
  summary: "Keeps the ledger: applies the movements of all sites to PostgreSQL and answers over HTTP.",
  config: CentralConfig,
  defaultConfigFile: "central.yaml",
  args: commandsUsage(),
  flags: commandFlags,
  open: (config, context) => (context.args.length > 0 ? openCommand(config, context) : openCentral(config, context)),
});
