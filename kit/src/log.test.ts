import { Writable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { boundedLines, createLog } from "./log.ts";

describe("createLog", () => {
  test("a line has the level's name, the time, the process and the name, and an error with its stack", () => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    createLog("edge", "debug").error({ err: new Error("no gate"), site: "lyon" }, "cannot read");
    const [line] = written.mock.calls.map(([text]) => String(text));
    written.mockRestore();
    expect(JSON.parse(line ?? "")).toEqual({
      level: "error",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      pid: process.pid,
      name: "edge",
      site: "lyon",
      msg: "cannot read",
      err: { type: "Error", message: "no gate", stack: expect.stringContaining("log.test.ts") },
    });
  });

  test("the level comes from the argument, else from the environment, else it is info", () => {
    vi.stubEnv("TALLYGATE_LOG_LEVEL", "warn");
    expect(createLog("edge").level).toBe("warn");
    expect(createLog("edge", "trace").level).toBe("trace");
    vi.stubEnv("TALLYGATE_LOG_LEVEL", "");
    expect(createLog("edge").level).toBe("info");
    vi.unstubAllEnvs();
    expect(() => createLog("edge", "loud")).toThrow('the log level is "loud"');
  });
});

test("a stream that stalls gets lines up to the bound; the number of dropped ones is said once it goes on", async () => {
  const taken: string[] = [];
  const stalled = Promise.withResolvers<void>();
  const stream = new Writable({
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      void stalled.promise.then(() => done());
    },
  });
  const lines = boundedLines(stream, 100);
  for (let count = 0; count < 10; count++) lines.write(`${"x".repeat(49)}\n`);
  expect(stream.writableLength).toBe(150);
  stalled.resolve();
  await vi.waitFor(() => expect(stream.writableLength).toBe(0));
  lines.write("after\n");
  await vi.waitFor(() => expect(taken).toHaveLength(5));
  expect(JSON.parse(taken[3] ?? "")).toMatchObject({ level: "warn", dropped: 7 });
  expect(taken[4]).toBe("after\n");
});
