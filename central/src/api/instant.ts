import { z } from "@tallygate/kit";

const form = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;
const message = "is no time; write it as RFC 3339, such as 2026-11-23T09:30:00Z";

/**
 * A time in RFC 3339 with any offset; gives it in UTC to the microsecond, as the database keeps it. Further digits are cut, so that
 * a time which was shown in full means exactly itself.
 */
export const Instant = z
  .string()
  .max(40)
  .regex(form, message)
  .transform((text, context) => {
    const instant = toUtc(text);
    if (instant !== undefined) return instant;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

function toUtc(text: string): string | undefined {
  const [, seconds = "", fraction = "", offset = ""] = form.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${offset}`.toUpperCase());
  if (Number.isNaN(ms)) return undefined;
  const utc = new Date(ms).toISOString();
  // The ledger keeps years 1970 to 9999, and PostgreSQL knows no year 0.
  if (!/^[0-9]{4}-/.test(utc) || utc.startsWith("0000")) return undefined;
  // Date takes 30 February for 2 March; such a time was never meant.
  if (!isCalendarDate(seconds.slice(0, 10))) return undefined;
  return `${utc.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, "0")}Z`;
}

function isCalendarDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** A time in milliseconds as RFC 3339 in UTC. */
export function instantOfMs(ms: number): string {
  return new Date(ms).toISOString();
}
