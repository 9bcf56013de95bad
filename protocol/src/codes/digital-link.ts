import { ok, type Result, refuse } from "../result.ts";
import { findApplicationIdentifier } from "./application-identifier.ts";
import { isDigits } from "./charset.ts";
import type { Element } from "./element.ts";
import { checkElements } from "./element-string.ts";

/** How a Digital Link is read. */
export interface DigitalLinkOptions {
  /** Take a GTIN of 8, 12 or 13 digits and put zeros in front. GS1 Digital Link URI Syntax wants 14. Default: refuse. */
  readonly zeroSuppressedGtin?: boolean;
}

const scheme = /^(?:https?|HTTPS?):\/\//;
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;

/** Whether `text` may be a Digital Link: its scheme is `http` or `https`, all in lower or all in upper case. */
export function isWebUri(text: string): boolean {
  return scheme.test(text);
}

/** Whether the path of a web URI names a GS1 key, right or wrong: what tells a Digital Link from any other web page. */
export function hasDigitalLinkKey(uri: string): boolean {
  return keyPosition(splitUri(uri).segments) >= 0;
}

/**
 * Reads a GS1 Digital Link URI (GS1 Digital Link Standard: URI Syntax): the rightmost key of the path with its
 * qualifiers, then the attributes of the query. Query keys that are not all digits, and the fragment, are not GS1 data and
 * ignored. Refuses `code.digital_link`, `code.unknown_ai`, and what a value is refused for.
 */
export function parseDigitalLink(uri: string, options: DigitalLinkOptions = {}): Result<readonly Element[]> {
  if (!isWebUri(uri)) return refuse("code.digital_link", "A Digital Link begins with https:// or http://.");
  if (!uriCharacters.test(uri)) return refuse("code.digital_link", "The URI has characters that no URI may have.");
  const { segments, query } = splitUri(uri);
  const position = keyPosition(segments);
  if (position < 0) return refuse("code.digital_link", "The path of the URI has no GS1 key.");
  const path = readPath(segments.slice(position), options);
  if (!path.ok) return path;
  const attributes = readQuery(query);
  if (!attributes.ok) return attributes;
  return checkElements([...path.value, ...attributes.value]);
}

/**
 * The canonical Digital Link of elements: `https://id.gs1.org`, the first key with its qualifiers in the path, the rest in
 * the query in the order given. Refuses `code.digital_link` when there is no key, or an element that has no place in one.
 */
export function formatDigitalLink(elements: readonly Element[]): Result<string> {
  const key = elements.find(({ ai }) => findApplicationIdentifier(ai)?.qualifiers !== undefined);
  if (key === undefined) return refuse("code.digital_link", "There is no GS1 key to make a Digital Link of.");
  const qualifiers = qualifiersOf(key, elements);
  const inPath = [key, ...qualifiers];
  const inQuery = elements.filter(({ ai }) => !inPath.some(element => element.ai === ai));
  const misplaced = inQuery.find(({ ai }) => findApplicationIdentifier(ai)?.attribute !== true);
  if (misplaced) {
    return refuse("code.digital_link", `AI ${misplaced.ai} has no place in a Digital Link of AI ${key.ai}.`);
  }
  const path = inPath.map(({ ai, value }) => `/${ai}/${percentEncode(value)}`).join("");
  const query = inQuery.map(({ ai, value }) => `${ai}=${percentEncode(value)}`).join("&");
  return ok(`https://id.gs1.org${path}${query === "" ? "" : `?${query}`}`);
}

function splitUri(uri: string): { readonly segments: readonly string[]; readonly query: string } {
  const [beforeFragment = ""] = uri.split("#", 1);
  const mark = beforeFragment.indexOf("?");
  const address = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  const query = mark < 0 ? "" : beforeFragment.slice(mark + 1);
  const [, ...segments] = address.replace(scheme, "").split("/");
  return { segments, query };
}

/** The index of the rightmost key from which AIs and values alternate to the end of the path, or -1. */
function keyPosition(segments: readonly string[]): number {
  for (let index = segments.length - 2; index >= 0; index -= 2) {
    const entry = findApplicationIdentifier(segments[index] ?? "");
    if (entry === undefined || segments[index + 1] === "") return -1;
    if (entry.qualifiers !== undefined) return index;
  }
  return -1;
}

function readPath(segments: readonly string[], options: DigitalLinkOptions): Result<readonly Element[]> {
  const elements: Element[] = [];
  for (let index = 0; index < segments.length; index += 2) {
    const ai = segments[index] ?? "";
    const value = percentDecode(segments[index + 1] ?? "");
    if (value === undefined) return refuse("code.digital_link", `AI ${ai} of the path has a broken % sequence.`);
    elements.push({ ai, value: index === 0 && options.zeroSuppressedGtin ? padGtin(ai, value) : value });
  }
  const [key, ...qualifiers] = elements.map(element => element.ai);
  const sequences = findApplicationIdentifier(key ?? "")?.qualifiers ?? [];
  if (qualifiers.length === 0 || sequences.some(sequence => isSubsequence(qualifiers, sequence))) return ok(elements);
  return refuse("code.digital_link", `AI ${key} cannot be followed by ${qualifiers.join(", ")} in a path.`);
}

function readQuery(query: string): Result<readonly Element[]> {
  const elements: Element[] = [];
  for (const parameter of query.split("&")) {
    const [ai = "", ...rest] = parameter.split("=");
    if (ai === "" || !isDigits(ai)) continue;
    const entry = findApplicationIdentifier(ai);
    if (entry === undefined) {
      return refuse("code.unknown_ai", `The query has ${ai}, which is no Application Identifier.`);
    }
    if (!entry.attribute) return refuse("code.digital_link", `AI ${ai} belongs into the path, not into the query.`);
    const value = percentDecode(rest.join("=").replaceAll("+", " "));
    if (value === undefined) return refuse("code.digital_link", `AI ${ai} of the query has a broken % sequence.`);
    elements.push({ ai, value });
  }
  return ok(elements);
}

function qualifiersOf(key: Element, elements: readonly Element[]): readonly Element[] {
  const found = (findApplicationIdentifier(key.ai)?.qualifiers ?? []).map(sequence =>
    sequence.flatMap(ai => elements.find(element => element.ai === ai) ?? []),
  );
  return found.reduce((best, candidate) => (candidate.length > best.length ? candidate : best), []);
}

function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let next = 0;
  for (const ai of all) if (some[next] === ai) next++;
  return next === some.length;
}

function padGtin(ai: string, value: string): string {
  return ai === "01" && [8, 12, 13].includes(value.length) ? value.padStart(14, "0") : value;
}

/** Everything that RFC 3986 reserves is escaped, also `!'()*`, which `encodeURIComponent` leaves. */
function percentEncode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function percentDecode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
