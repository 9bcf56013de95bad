const dayMs = 86_400_000;
let lastDate = "";
let lastDateMs = Number.NaN;

/**
 * Reads an RFC 3339 time as readers write it: 0 to 9 fractional digits (cut to milliseconds, not rounded), and an offset
 * `Z`, `+00:00` or `+0000`. A time without an offset is refused: it would be a guess.
 *
 * @returns milliseconds since 1970 UTC, or `undefined` when the text is no such time
 */
export function parseTime(text: string): number | undefined {
  const length = text.length;
  if (length < 20 || length > 35) return undefined;
  if (text.charCodeAt(10) !== 84 && text.charCodeAt(10) !== 116) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const date = text.slice(0, 10);
  if (date !== lastDate) {
    lastDateMs = parseDate(date);
    lastDate = date;
  }
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // Not (a > b), so that a NaN is caught too. 60 is a leap second; it is taken as the second after.
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  let at = 19;
  let milliseconds = 0;
  if (text.charCodeAt(at) === 46) {
    const from = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    const count = at - from;
    if (count < 1 || count > 9) return undefined;
    milliseconds = count >= 3 ? digits(text, from, from + 3) : digits(text, from, at) * (count === 2 ? 10 : 100);
  }
  const offsetMinutes = parseOffset(text, at);
  const time = lastDateMs + hour * 3_600_000 + (minute - offsetMinutes) * 60_000 + second * 1000 + milliseconds;
  return time >= 0 ? time : undefined;
}

function parseDate(date: string): number {
  if (date.charCodeAt(4) !== 45 || date.charCodeAt(7) !== 45) return Number.NaN;
  const year = digits(date, 0, 4);
  const month = digits(date, 5, 7);
  const day = digits(date, 8, 10);
  const time = Date.UTC(year, month - 1, day);
  // Date.UTC rolls the 31st of a short month over; a date that does not read back the same does not exist.
  const exists = new Date(time).getUTCDate() === day && month >= 1 && month <= 12 && year >= 1970;
  return exists && time % dayMs === 0 ? time : Number.NaN;
}

/** Minutes east of UTC, or NaN. */
function parseOffset(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if ((sign === 90 || sign === 122) && at + 1 === text.length) return 0;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  const minutesAt = text.charCodeAt(at + 3) === 58 ? at + 4 : at + 3;
  if (minutesAt + 2 !== text.length) return Number.NaN;
  const hours = digits(text, at + 1, at + 3);
  const minutes = digits(text, minutesAt, minutesAt + 2);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return Number.NaN;
    value = value * 10 + code - 48;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
