import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openScreen, type ScreenOutput } from "./screen.ts";

function output(isTTY: boolean) {
  const stream = new PassThrough();
  const out: ScreenOutput = { isTTY, write: text => stream.write(text) };
  return { out, text: () => String(stream.read() ?? "").replaceAll(/\(\d+\.\d s\)/g, "(0.0 s)") };
}

test("in a file each step is one line, without colours", async () => {
  const { out, text } = output(false);
  const screen = openScreen(out, {});
  await screen.step(
    "NATS",
    async () => 4222,
    port => `127.0.0.1:${port}`,
  );
  screen.warn("lyon: the link is down");
  expect(text()).toBe("✓ NATS         127.0.0.1:4222 (0.0 s)\n! lyon: the link is down\n");
});

test("on a terminal a step shows that it goes on, below what is said meanwhile", async () => {
  const { out, text } = output(true);
  const screen = openScreen(out, { NO_COLOR: "1" });
  await screen.step(
    "NATS",
    async () => screen.say("hello"),
    () => "runs",
  );
  const clear = "\r\u001b[K";
  expect(text()).toBe(`  NATS         …${clear}hello\n  NATS         …${clear}✓ NATS         runs (0.0 s)\n`);
});

test("a step that fails leaves the line to the reason", async () => {
  const { out, text } = output(false);
  const screen = openScreen(out, {});
  const work = () => Promise.reject(new Error("no"));
  await expect(screen.step("NATS", work, () => "runs")).rejects.toThrow("no");
  screen.fail("no");
  expect(text()).toBe("✗ no\n");
});
