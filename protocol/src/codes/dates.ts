/** Whether there is such a month, and it has this day. A year of two digits is taken as one of 2000 to 2099. */
export function isDayOfMonth(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/**
 * The year that two digits stand for: the one of the hundred years from 49 years before to 50 years after the reference
 * year (GS1 GenSpecs 7.12).
 */
export function fullYear(twoDigits: number, referenceYear: number): number {
  const year = referenceYear - (referenceYear % 100) + twoDigits;
  if (year - referenceYear > 50) return year - 100;
  if (year - referenceYear < -49) return year + 100;
  return year;
}

/**
 * The calendar date `YYYY-MM-DD` of a `YYMMDD` value whose month and day are known to be right. Day 00 is the last day of
 * the month (GS1 GenSpecs 3.4.7).
 */
export function calendarDate(yymmdd: string, referenceYear: number): string {
  const year = fullYear(Number(yymmdd.slice(0, 2)), referenceYear);
  const month = yymmdd.slice(2, 4);
  const day = yymmdd.slice(4, 6) === "00" ? String(daysInMonth(year, Number(month))) : yymmdd.slice(4, 6);
  return `${String(year).padStart(4, "0")}-${month}-${day}`;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0 || year === 0);
}
