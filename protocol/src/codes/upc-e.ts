import { ok, type Result, refuse } from "../result.ts";
import { isDigits } from "./charset.ts";
import { checkDigit } from "./check-digit.ts";
import { asGtin, type Gtin } from "./keys.ts";

/**
 * Expands a UPC-E number to its GTIN (GS1 GenSpecs 5.2.2.4.2). Takes the 6 digits of the symbol, 7 with the number
 * system in front, or 8 with the check digit as well. Eight digits alone do not tell UPC-E from GTIN-8: call this only
 * when the symbology says so. Refuses `code.charset`, `code.length`, `code.value` (number system) and `code.check_digit`.
 */
export function expandUpce(text: string): Result<Gtin> {
  if (!isDigits(text)) return refuse("code.charset", `A UPC-E number has digits only: ${JSON.stringify(text)}.`);
  if (text.length < 6 || text.length > 8) {
    return refuse("code.length", `A UPC-E number has 6, 7 or 8 digits, ${JSON.stringify(text)} has ${text.length}.`);
  }
  const system = text.length === 6 ? "0" : text.slice(0, 1);
  if (system > "1") return refuse("code.value", `A UPC-E number begins with 0 or 1, not with ${system}.`);
  const payload = system + expandSix(text.length === 6 ? text : text.slice(1, 7));
  const expected = checkDigit(payload);
  if (text.length === 8 && text.slice(7) !== expected) {
    return refuse("code.check_digit", `Check digit ${text.slice(7)}, expected ${expected}, in UPC-E ${text}.`);
  }
  return ok(asGtin(`00${payload}${expected}`));
}

/** The ten digits that the six stand for; the last of the six says where the zeros were left out. */
function expandSix(six: string): string {
  const last = six.slice(5);
  if (last <= "2") return `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`;
  if (last === "3") return `${six.slice(0, 3)}00000${six.slice(3, 5)}`;
  if (last === "4") return `${six.slice(0, 4)}00000${six.slice(4, 5)}`;
  return `${six.slice(0, 5)}0000${last}`;
}
