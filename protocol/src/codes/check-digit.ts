/**
 * The GS1 modulo 10 check digit of a payload without its check digit (GS1 General Specifications 7.9.1): weights 3, 1,
 * 3, 1 … from the right. It serves GTIN, SSCC, GLN, GSRN, GSIN, GRAI, GDTI and GCN alike. A payload with anything but
 * the digits 0 to 9 in it is a programmer error.
 */
export function checkDigit(payload: string): string {
  let sum = 0;
  let weight = 3;
  for (let index = payload.length - 1; index >= 0; index--) {
    const digit = payload.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) throw new RangeError(`A check digit needs digits, not ${JSON.stringify(payload)}.`);
    sum += digit * weight;
    weight = 4 - weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit of `text` is the check digit of the digits before it. `text` has digits only. */
export function hasCheckDigit(text: string): boolean {
  return text.length > 1 && checkDigit(text.slice(0, -1)) === text.slice(-1);
}
