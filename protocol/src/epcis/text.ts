/** RFC 3986: a scheme, a colon, and only characters that a URI may have, each `%` with its two digits. */
const uri = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

/** Whether `text` is an absolute URI. */
export function isUri(text: string): boolean {
  return uri.test(text);
}

/** Forms of CBV words that the JSON binding does not have: there they stand bare. */
const vocabularyUri = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/;

/** Whether `text` is one of `words`, or a URI for a word of one's own. */
export function isWord(words: readonly string[], text: string): boolean {
  return words.includes(text) || (isUri(text) && !vocabularyUri.test(text));
}

const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether `text` is a time of RFC 3339, zone included, on a day that exists. */
export function isTime(text: string): boolean {
  const match = dateTime.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** EPCIS 2.0, 7.4.1: hours and minutes from UTC, up to 14:00 either way; `Z` is not one. */
export function isOffset(text: string): boolean {
  return /^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/.test(text);
}
