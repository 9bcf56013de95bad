import { runProcess } from "@tallygate/kit";
import { openCentral } from "./central.ts";
import { CentralConfig } from "./config.ts";

await runProcess({
  name: "tallygate-central",
  summary: "Keeps the ledger: applies the movements of all sites to PostgreSQL and answers over HTTP.",
  config: CentralConfig,
  defaultConfigFile: "central.yaml",
  open: openCentral,
});
