import { expect, test } from "vitest";
import { shortBy } from "./sufficient.ts";

test.each([
  // on hand, reserved and blocked after the take, whether the place is available, sold or moved: refused?
  [0, 0, 0, true, "sold", false],
  [-1, 0, 0, true, "moved", true],
  [3, 3, 0, true, "sold", false],
  [2, 3, 0, true, "moved", true],
  [5, 2, 3, true, "sold", false],
  [4, 2, 3, true, "sold", true],
  [4, 2, 3, true, "moved", false],
  [4, 0, 4, false, "sold", true],
  [4, 0, 4, false, "moved", false],
  [0, 0, 0, false, "sold", true],
] as const)("%i left with %i reserved and %i blocked, available %s, %s: refused %s", (...row) => {
  const [onHand, reserved, blocked, available, how, refused] = row;
  const take = { sku: "OAT", site: "lyon", place: "dock", sold: how === "sold" };
  expect(shortBy(take, { onHand, reserved, blocked, available }) !== undefined).toBe(refused);
});
