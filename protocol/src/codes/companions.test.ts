import { expect, test } from "vitest";
import { checkPairs, checkRequired } from "./companions.ts";

function elements(ais: string) {
  return ais.split(" ").map(ai => ({ ai, value: "1" }));
}

test.each([
  ["01 10", true],
  ["10", false],
  ["8006 10", true],
  ["01 250", false],
  ["01 21 250", true],
  ["02 37", false],
  ["00 02 37", true],
  ["00 8026 37", true],
  ["01 3103", true],
  ["3103", false],
  ["01 3920", false],
  ["01 3920 3103", true],
  ["01 3920 30", true],
  ["8018 7258", false],
  ["8018 7258 7259", true],
  ["00", true],
])("%s has the companions it needs: %s", (ais, complete) => {
  expect(checkRequired(elements(ais)).ok).toBe(complete);
});

test.each([
  ["01 02", false],
  ["01 37", false],
  ["01 255", false],
  ["21 235", false],
  ["3103 3102", false],
  ["3103 3203", true],
  ["420 421", false],
  ["8017 8018", false],
  ["3932 3942", true],
])("%s may stand together: %s", (ais, fine) => {
  expect(checkPairs(elements(ais)).ok).toBe(fine);
});

test("an AI may come twice with one value only", () => {
  const twice = (first: string, second: string) =>
    checkPairs([
      { ai: "400", value: first },
      { ai: "400", value: second },
    ]);
  expect(twice("A", "A").ok).toBe(true);
  expect(twice("A", "B")).toMatchObject({ ok: false, problem: { code: "code.repeated" } });
});
