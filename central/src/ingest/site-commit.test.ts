import { type Level, limits, SiteChange } from "@tallygate/protocol";
import { expect, test } from "vitest";
import { changeCount, siteChanges } from "./site-commit.ts";

const level = (index: number) => ({ sku: `S${index}`, place: "dock", onHand: index, reserved: 0, blocked: 0 }) as Level;

test("a commit with more levels than a message carries is told in several, with consecutive versions; the last confirms", () => {
  const levels = Array.from({ length: 2 * limits.pageRowsMax + 1 }, (_, index) => level(index));
  expect(changeCount(levels.length)).toBe(3);
  const cursors = [{ epoch: "00000000000000aa", seq: 9 }] as SiteChange["cursors"];
  const changes = siteChanges({ site: "lyon", version: 12, cursors, levels, recordTimeMs: 5.25 });
  expect(changes.map(change => [change.version, change.levels.length, change.cursors.length])).toEqual([
    [10, limits.pageRowsMax, 0],
    [11, limits.pageRowsMax, 0],
    [12, 1, 1],
  ]);
  for (const change of changes) expect(SiteChange.parse(change)).toEqual(change);
});

test("a commit without levels is one message", () => {
  expect(siteChanges({ site: "lyon", version: 3, cursors: [], levels: [], recordTimeMs: 0 })).toHaveLength(1);
});
