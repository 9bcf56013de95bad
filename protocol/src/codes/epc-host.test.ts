import fc from "fast-check";
import { expect, test } from "vitest";
import { bitsOfHex, hexOfBitText } from "./bits.ts";
import { readHost, writeHost } from "./epc-host.ts";

function comesBack(host: string): string | undefined {
  const written = writeHost(host);
  return written === undefined ? undefined : readHost(bitsOfHex(hexOfBitText(written)) ?? new Uint8Array(), 0)?.text;
}

test("any host name comes back", () => {
  fc.assert(
    fc.property(
      fc.domain().filter(host => host.length < 64),
      host => comesBack(host) === host.toLowerCase(),
    ),
  );
});

test.each([
  ["id.example.com", 7 + 9 * 7],
  ["www.example.org.au", 7 + 8 * 7 + 14],
  ["x.co.uk", 7 + 7 + 14],
])("%s takes %i bits", (host, bits) => {
  expect(writeHost(host)).toHaveLength(bits);
});

test.each(["", "-", "a b", "ä.de", "a.", "x".repeat(100)])("%j is no host name that fits", host => {
  expect(writeHost(host)).toBeUndefined();
});

test.each([
  ["a pair of codes that is cut in two", "10000010000000"],
  ["an ending that is not in the table", "100001000000111111111"],
  ["no characters at all", "1000000"],
  ["a filling in the middle of URN Code 40", "00000110000000000000000"],
])("%s is no host name", (_, bits) => {
  expect(readHost(bitsOfHex(hexOfBitText(bits)) ?? new Uint8Array(), 0)).toBeUndefined();
});
