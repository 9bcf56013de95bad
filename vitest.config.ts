import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./vitest.order.ts";

/**
 * On a build machine a test with real servers, or with inputs drawn by chance, is tried once more, so that a change is not refused for what
 * it did not touch. The report names each that needed it, with its seed: that is a fault to mend.
 */
const retry = process.env["CI"] === undefined ? 0 : 1;

/** Processes that tests start take from here what was compiled for those before them. */
const env = { NODE_COMPILE_CACHE: join(tmpdir(), "tallygate-compiled") };

/**
 * Three kinds of tests. `unit` needs nothing but Node, `services` starts real servers on free ports, `e2e` starts whole
 * systems as processes. The kinds run one after the other, and of the last two no more than two files at once: they share the machine with the
 * servers they start.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["*/src/**/*.test.ts", "deploy/**/*.test.ts", "docs/*.test.ts"],
          exclude: ["**/*.services.test.ts", "e2e/**"],
          env,
          setupFiles: ["./vitest.setup.ts"],
          // To load what many files load once for each of them took more than half of their time. None leaves anything behind for the next.
          isolate: false,
          // Some start a process of ours, which takes seconds while others do.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "services",
          retry,
          globalSetup: ["./central/src/db/testing-postgres.ts"],
          setupFiles: ["./vitest.setup.ts"],
          sequence: { groupOrder: 1 },
          include: ["*/src/**/*.services.test.ts", "deploy/**/*.services.test.ts"],
          exclude: ["e2e/**"],
          maxWorkers: 2,
          env,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          retry,
          globalSetup: ["./central/src/db/testing-postgres.ts"],
          setupFiles: ["./vitest.setup.ts"],
          sequence: { groupOrder: 2 },
          include: ["e2e/src/**/*.test.ts"],
          maxWorkers: 2,
          env,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
