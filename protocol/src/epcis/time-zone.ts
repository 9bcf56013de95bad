/**
 * The offset from UTC of an IANA time zone at a time, as EPCIS wants it: `+01:00`. Offsets of the past that had seconds
 * lose them. Throws `RangeError` for a zone that there is not: a configuration is checked when it is read.
 */
export function offsetAt(timeZone: string, timeMs: number): string {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(timeMs).find(part => part.type === "timeZoneName")?.value ?? "";
  return /[+-]\d{2}:\d{2}/.exec(name)?.[0] ?? "+00:00";
}
