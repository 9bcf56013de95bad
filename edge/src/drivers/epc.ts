const hexPattern = /^[0-9A-Fa-f]+$/;

/** EPC memory holds at most 496 bits behind its PC word, in 16-bit words (EPC Tag Data Standard 2.1, 9). */
const epcDigitsMax = 124;

/** The EPC as upper-case hexadecimal, or `undefined` when it is not hexadecimal or no whole number of 16-bit words. */
export function normaliseEpc(hex: string): string | undefined {
  const length = hex.length;
  if (length === 0 || length > epcDigitsMax || length % 4 !== 0 || !hexPattern.test(hex)) return undefined;
  return hex.toUpperCase();
}

/** A TID as upper-case hexadecimal; it is evidence only, so what is none is left out rather than refused. */
export function normaliseTid(hex: unknown): string | undefined {
  if (typeof hex !== "string" || hex.length === 0 || hex.length > 256 || !hexPattern.test(hex)) return undefined;
  return hex.toUpperCase();
}

const base64UrlPattern = /^[A-Za-z0-9_-]+={0,2}$/;

/**
 * Decodes base64url (RFC 4648, 5) to upper-case hexadecimal. Checked first: a lenient decoder drops what is not of its
 * alphabet and gives a shorter, wrong EPC. The standard alphabet's `+` and `/` are refused for the same reason.
 */
export function hexOfBase64Url(text: string): string | undefined {
  const trimmed = text.endsWith("=") ? text.replace(/=+$/, "") : text;
  if (!base64UrlPattern.test(text) || trimmed.length % 4 === 1) return undefined;
  return Buffer.from(trimmed, "base64url").toString("hex").toUpperCase();
}
