// Sets up what Tallygate needs on this machine, says what it does, and does nothing when all is there. It runs before
// there are any packages and on every Node from 20 on, so it is plain JavaScript and uses Node alone.
import { openMachine } from "./set-up/machine.mjs";
import { help, setUp, steps } from "./set-up/steps.mjs";

const [mode = "start", ...more] = process.argv.slice(2);
if (mode === "--help" || mode === "-h") {
  console.log(help);
} else if (!(mode in steps) || more.length > 0) {
  console.error(`"${[mode, ...more].join(" ")}" is no set-up.\n\n${help}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await setUp(mode, openMachine())) ? 0 : 1;
}
