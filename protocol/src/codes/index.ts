export { type ApplicationIdentifier, findApplicationIdentifier } from "./application-identifier.ts";
export { checkDigit } from "./check-digit.ts";
export { checkRequired } from "./companions.ts";
export { calendarDate, fullYear } from "./dates.ts";
export { type DigitalLinkOptions, formatDigitalLink, parseDigitalLink } from "./digital-link.ts";
export type { Element } from "./element.ts";
export {
  formatBracketed,
  formatElementString,
  formatReadable,
  parseBracketed,
  parseElementString,
} from "./element-string.ts";
export { type DecodedEpc, type EpcInput, encodeEpc, encodeTagUri, parseEpc } from "./epc.ts";
export { type EpcUri, formatPureIdentity, parseEpcUri } from "./epc-uri.ts";
export { type Code, type IdentifyOptions, type Identity, identify, identityOf } from "./identity.ts";
export { type EpcHex, type Gtin, normaliseGtin, parseGln, parseSscc, type Sscc } from "./keys.ts";
export { type CodeProblem, codeProblems } from "./problems.ts";
export { parseScan, type ScannedCode, type ScanOptions, splitScan } from "./scan.ts";
export { expandUpce } from "./upc-e.ts";
