import { runProcess } from "@tallygate/kit";
import { openVerification } from "./audit/command.ts";
import { openCentral } from "./central.ts";
import { CentralConfig } from "./config.ts";

await runProcess({
  name: "tallygate-central",
  summary: "Keeps the ledger: applies the movements of all sites to PostgreSQL and answers over HTTP.",
  config: CentralConfig,
  defaultConfigFile: "central.yaml",
  args: "[verify]",
  open: async (config, context) => {
    const [command, ...more] = context.args;
    if (command === undefined) return openCentral(config, context);
    if (command !== "verify" || more.length > 0) {
      throw new Error(
        `there is no command "${context.args.join(" ")}"; there is verify, which audits the ledger once and ends`,
      );
    }
    return openVerification(config, context);
  },
});
