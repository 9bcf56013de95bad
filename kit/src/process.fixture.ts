import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { openTogether } from "./dispose.ts";
import { listenHttp } from "./http/listen-http.ts";
import { Listen } from "./listen.ts";
import { runProcess } from "./process.ts";

/** A process that behaves as its configuration says; `process.test.ts` runs it. */
const config = z.strictObject({
  listen: Listen.prefault("127.0.0.1:0").describe("Where it answers"),
  start: z.enum(["fine", "throw", "never", "slowly"]).default("fine").describe("How it starts"),
  later: z.enum(["run", "throw", "reject", "end", "break", "flood"]).default("run"),
  stop: z.enum(["fine", "throw", "never"]).default("fine"),
});

const { TALLYGATE_DEADLINE: deadline } = process.env;

await runProcess({
  name: "fixture",
  summary: "Does as it is told.",
  config,
  args: "[WORD] [--colour COLOUR]",
  flags: ["colour"],
  defaultConfigFile: "fixture.yaml",
  ignoreEnv: ["TALLYGATE_DEADLINE"],
  stopDeadlineMs: Number(deadline ?? 10_000),
  open: ({ listen, start, later, stop }, { log, signal, args, flags }) =>
    openTogether(async stack => {
      stack.defer(() => void log.info("closed first, opened last"));
      const server = stack.use(await listenHttp({ fetch: () => new Response("hello") }, listen, { setting: "listen" }));
      if (start === "throw") throw new Error("there is no gate", { cause: new Error("it was sold") });
      // What is waited for keeps nothing alive: a server does.
      if (start === "never") await new Promise(() => log.info("starting"));
      if (start === "slowly") {
        log.info("starting");
        await wait(60_000, undefined, { signal });
      }
      stack.defer(async () => {
        log.info("closing");
        if (stop === "throw") throw new Error("stuck");
        if (stop === "never") await new Promise(() => {});
      });
      if (later === "throw") {
        setTimeout(() => {
          throw new Error("out of the blue");
        });
      }
      if (later === "flood") for (let line = 0; line < 50_000; line++) log.info({ line }, "a line that nobody reads");
      if (later === "reject") void Promise.reject(new Error("out of the green"));
      const done = later === "end" ? Promise.resolve() : Promise.reject(new Error("broke"));
      const ends = later === "end" || later === "break";
      done.catch(() => {});
      const words = [...args, ...(flags.get("colour") ?? [])].join(" ");
      return { ready: `ready at ${server.url} ${words}`, ...(ends && { done }) };
    }),
});
