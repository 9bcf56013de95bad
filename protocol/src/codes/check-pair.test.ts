import { expect, test } from "vitest";
import { checkPair, hasCheckPair } from "./check-pair.ts";

test.each(["1987654Ad4X4bL5ttr2310c2K", "12345678901234567890123NT", "12345_ABCDEFGHIJKLMCP", "!22", "22"])(
  "the model number %s has the right check characters",
  number => {
    expect(hasCheckPair(number)).toBe(true);
  },
);

test.each(["1987654Ad4X4bL5ttr2310cXK", "1987654Ad4X4bL5ttr2310c2X", "1987654Ad4X4bL5ttr2301c2K", "33", "2", ""])(
  "the model number %s has not",
  number => {
    expect(hasCheckPair(number)).toBe(false);
  },
);

test("characters outside set 82 have no check characters", () => {
  expect(checkPair("12~4")).toBeUndefined();
});
