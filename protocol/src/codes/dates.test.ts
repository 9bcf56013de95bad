import { expect, test } from "vitest";
import { calendarDate, fullYear, isDayOfMonth } from "./dates.ts";

test.each([
  ["261231", 2026, "2026-12-31"],
  ["240229", 2026, "2024-02-29"],
  ["760101", 2026, "2076-01-01"],
  ["770101", 2026, "1977-01-01"],
  ["991225", 2026, "1999-12-25"],
  ["000101", 2049, "2000-01-01"],
  ["000101", 2050, "2100-01-01"],
  ["510101", 2101, "2151-01-01"],
  ["520101", 2101, "2052-01-01"],
])("%s read in %i is %s", (text, referenceYear, expected) => {
  expect(calendarDate(text, referenceYear)).toBe(expected);
});

test.each([
  ["210500", "2021-05-31"],
  ["210400", "2021-04-30"],
  ["240200", "2024-02-29"],
  ["250200", "2025-02-28"],
])("day 00 of %s is the last of the month, %s", (text, expected) => {
  expect(calendarDate(text, 2026)).toBe(expected);
});

test("every two digits give one year, from 49 years back to 50 ahead", () => {
  for (let reference = 1990; reference < 2120; reference++) {
    const years = Array.from({ length: 100 }, (_, digits) => fullYear(digits, reference)).sort((a, b) => a - b);
    expect([years[0], years[99], new Set(years).size]).toEqual([reference - 49, reference + 50, 100]);
  }
});

test.each([
  [20, 13, 1],
  [20, 0, 10],
  [20, 4, 31],
  [21, 2, 29],
  [20, 1, 0],
])("year %i has no month %i with a day %i", (year, month, day) => {
  expect(isDayOfMonth(year, month, day)).toBe(false);
});
