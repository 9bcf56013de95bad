import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("a registry has the process's own numbers under our name, and is nobody else's", async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  expect(await one.metrics()).toContain("tallygate_process_resident_memory_bytes");
  expect(one).not.toBe(other);
});
