import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderTable } from "../../scripts/generate-application-identifiers.ts";
import {
  allApplicationIdentifiers,
  applicationIdentifierAt,
  findApplicationIdentifier,
} from "./application-identifier.ts";

const dictionary = readFileSync(new URL("../../fixtures/gs1-syntax-dictionary.txt", import.meta.url), "utf8");
const table = readFileSync(new URL("./application-identifier-table.ts", import.meta.url), "utf8");

test("the table is what the dictionary gives", () => {
  expect(renderTable(dictionary)).toBe(table);
});

test("a line that the generator does not understand stops it", () => {
  expect(() => renderTable("01  *?  N14,csum new=1  # GTIN\n")).toThrow("new=1");
});

test("ranges are written out", () => {
  expect(allApplicationIdentifiers()).toHaveLength(541);
  expect(findApplicationIdentifier("3103")).toMatchObject({ ai: "3103", title: "NET WEIGHT (kg)", predefined: true });
  expect(findApplicationIdentifier("3106")).toBeUndefined();
  expect(findApplicationIdentifier("95")).toMatchObject({ ai: "95" });
});

test("no Application Identifier is the beginning of another, so that data without brackets can be read", () => {
  const ais = allApplicationIdentifiers().map(({ ai }) => ai);
  for (const ai of ais) expect(ais.filter(other => other.startsWith(ai))).toEqual([ai]);
});

test("an Application Identifier is found where it stands", () => {
  expect(applicationIdentifierAt("xx3103000123", 2)?.ai).toBe("3103");
  expect(applicationIdentifierAt("0", 0)).toBeUndefined();
});

test("components carry what the dictionary says of them", () => {
  expect(findApplicationIdentifier("8003")?.components).toEqual([
    { type: "N", min: 1, max: 1, linters: ["zero"] },
    { type: "N", min: 13, max: 13, linters: ["csum", "gcppos1"] },
    { type: "X", min: 1, max: 16, optional: true, linters: [] },
  ]);
  expect(findApplicationIdentifier("01")?.qualifiers).toEqual([["22", "10", "21"], ["235"]]);
  expect(findApplicationIdentifier("392")?.requires).toBeUndefined();
  expect(findApplicationIdentifier("3920")?.requires).toEqual([
    [
      ["01", "30"],
      ["01", "31nn"],
      ["01", "32nn"],
      ["01", "35nn"],
      ["01", "36nn"],
    ],
  ]);
});
