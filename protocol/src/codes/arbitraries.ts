import fc from "fast-check";
import type { ApplicationIdentifier, Component } from "./application-identifier.ts";
import { checkDigit } from "./check-digit.ts";
import { checkPair } from "./check-pair.ts";
import type { LinterName } from "./linters.ts";

/** Generators of values, for tests only. */

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Texts of these characters, and of pieces that mean something where they are read. */
export function rubbish(...pieces: readonly string[]): fc.Arbitrary<string> {
  const control = fc.constantFrom("\u0000", "\u001d", "\n", "é", "€", "\ud83d\ude00", "\ud83d");
  return fc
    .array(fc.oneof(fc.string({ maxLength: 12 }), control, fc.constantFrom(...pieces)))
    .map(parts => parts.join(""));
}

/** Digits, exactly so many. */
export function digits(length: number): fc.Arbitrary<string> {
  return of("0123456789", length, length);
}

/** Characters of GS1 set 82, one to so many. */
export function set82(max: number): fc.Arbitrary<string> {
  return of(`${letters}!"%&'()*+,-./:;<=>?_`, 1, max);
}

/** Characters of GS1 set 39, one to so many. */
export function set39(max: number): fc.Arbitrary<string> {
  return of("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1, max);
}

/** A right value of an Application Identifier: optional components some of the time, each rule of the dictionary kept. */
export function valueFor({ components }: ApplicationIdentifier): fc.Arbitrary<string> {
  const needed = components.filter(component => !component.optional).length;
  return fc
    .integer({ min: needed, max: components.length })
    .chain(count => fc.tuple(...components.slice(0, count).map(componentOf)).map(parts => parts.join("")));
}

const samples: Partial<Record<LinterName, readonly string[]>> = {
  yymmdd: ["260101", "240229"],
  yymmd0: ["261231", "210500"],
  yyyymmdd: ["19991231", "20240229"],
  hhmi: ["0000", "2359"],
  hh: ["00", "23"],
  mi: ["07", "59"],
  ss: ["07", "59"],
  iso3166: ["276", "004"],
  iso3166999: ["276", "999"],
  iso3166alpha2: ["DE", "ZW"],
  iso4217: ["978", "036"],
  iso5218: ["0", "9"],
  yesno: ["0", "1"],
  winding: ["0", "9"],
  zero: ["0"],
  hyphen: ["-"],
  importeridx: ["A", "_", "-"],
  mediatype: ["01", "99"],
  packagetype: ["1A", "PPE", "8"],
  latitude: ["0000000000", "1800000000"],
  longitude: ["0000000000", "3600000000"],
  pieceoftotal: ["0101", "0299"],
  posinseqslash: ["1/2", "9/9"],
  iban: ["FR7630006000011234567890189", "BE71096123456769"],
  couponcode: ["012345612345611110123", "0123456123456111101233200229"],
  couponposoffer: ["001234561234560123456"],
};

function componentOf(component: Component): fc.Arbitrary<string> {
  const rules = new Set<string>(component.linters);
  for (const name of component.linters) {
    const texts = samples[name];
    if (texts) return fc.constantFrom(...texts);
  }
  if (rules.has("csum")) return digits(component.max - 1).map(payload => payload + checkDigit(payload));
  if (rules.has("csumalpha")) return modelNumber(component.max);
  if (rules.has("nozeroprefix")) return of("0123456789", 1, component.max).filter(text => !text.startsWith("0"));
  if (rules.has("nonzero")) return digits(component.max).filter(text => /[1-9]/.test(text));
  if (rules.has("pcenc")) return set82(component.max).map(text => text.replaceAll("%", "."));
  if (rules.has("gcppos1")) {
    return fc.tuple(digits(4), characters(component, component.max - 4)).map(parts => parts.join(""));
  }
  return characters(component, component.max);
}

/** A letter is in every one, so that it is never digits only. */
function modelNumber(max: number): fc.Arbitrary<string> {
  const payload = fc.tuple(digits(4), fc.constant("A"), set82(max - 7)).map(parts => parts.join(""));
  return payload.map(text => text + checkPair(text));
}

function characters({ type, min, max }: Component, most: number): fc.Arbitrary<string> {
  const least = Math.min(min, most);
  switch (type) {
    case "N":
      return fc.integer({ min: least, max: most }).chain(digits);
    case "X":
      return min === max ? of(letters, max, max) : set82(most);
    case "Y":
      return set39(most);
    case "Z":
      return of(`${letters}-_`, 1, most);
  }
}

function of(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}
