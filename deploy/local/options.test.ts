import { expect, test } from "vitest";
import { parseStart } from "./options.ts";

const parse = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseStart(argv, env, "/checkout");

test.each([
  [[], {}, { home: "/checkout/.tallygate", fresh: false, sim: true }],
  [["--fresh", "--no-sim"], {}, { home: "/checkout/.tallygate", fresh: true, sim: false }],
  [[], { TALLYGATE_HOME: "/data" }, { home: "/data", fresh: false, sim: true }],
  [["--data", "/other"], { TALLYGATE_HOME: "/data" }, { home: "/other", fresh: false, sim: true }],
])("%j %j", (argv, env, options) => {
  expect(parse(argv, env)).toEqual({ kind: "run", options });
});

test.each([
  [["--frehs"], "Unknown option '--frehs'"],
  [["lyon"], "Unexpected argument 'lyon'"],
  [["--data"], "argument missing"],
  [["--data", ""], "--data needs a directory"],
  [["--fresh=yes"], "does not take an argument"],
])("%j is refused", (argv, reason) => {
  expect(parse(argv)).toEqual({ kind: "refused", reason: expect.stringContaining(reason) });
});

test("help goes before everything else", () => {
  expect(parse(["--fresh", "-h"])).toEqual({ kind: "help" });
});
