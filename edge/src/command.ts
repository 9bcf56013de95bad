import { createInterface } from "node:readline/promises";
import { runProcess } from "@tallygate/kit";
import { EdgeConfig } from "./config.ts";
import { openEdge } from "./edge.ts";
import { hashPassword } from "./mqtt/password.ts";

/** `hash-password` reads a password from standard input, so that it stands in no shell's history, and prints its hash. */
async function printHash(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  process.stderr.write("Password: ");
  for await (const line of lines) {
    if (line === "") break;
    process.stdout.write(`${await hashPassword(line)}\n`);
    lines.close();
    return;
  }
  process.stderr.write("There was no password on standard input.\n");
  process.exitCode = 2;
}

if (process.argv[2] === "hash-password") {
  await printHash();
} else {
  await runProcess({
    name: "edge",
    summary:
      "The edge of one site: hears readers and scanners, counts stock, and sends every movement to the centre. " +
      "`hash-password` in place of the options makes a password for mqtt.users.",
    config: EdgeConfig,
    defaultConfigFile: "edge.yaml",
    open: (config, { log }) => openEdge(config, { log }),
  });
}
