const digits = /^[0-9]*$/;
const set82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/;
const set39 = /^[#\-/0-9A-Z]*$/;
const fileSafe64 = /^[A-Za-z0-9\-_]*={0,2}$/;

/** Whether `text` is empty or has the digits 0 to 9 only. */
export function isDigits(text: string): boolean {
  return digits.test(text);
}

/** Whether `text` has characters of GS1 character set 82 only (GS1 General Specifications, figure 7.11-1). */
export function isSet82(text: string): boolean {
  return set82.test(text);
}

/** Whether `text` has characters of GS1 character set 39 only (GS1 General Specifications, figure 7.11-2). */
export function isSet39(text: string): boolean {
  return set39.test(text);
}

/** Whether `text` has characters of GS1 character set 64, file-safe base 64 (GS1 General Specifications 7.11). */
export function isSet64(text: string): boolean {
  return fileSafe64.test(text);
}
