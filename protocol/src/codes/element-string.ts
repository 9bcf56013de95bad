import { type Result, refuse } from "../result.ts";
import {
  type ApplicationIdentifier,
  applicationIdentifierAt,
  findApplicationIdentifier,
} from "./application-identifier.ts";
import { checkPairs } from "./companions.ts";
import { type Element, findFault, maxLength } from "./element.ts";

/** Group Separator: what a scanner sends for a FNC1 that separates values (GS1 GenSpecs 7.8.6). */
export const separator = "\u001d";

/**
 * Reads the data of a GS1 symbol: AIs and values in a row, a {@link separator} after each value whose length is not
 * predefined (GS1 GenSpecs 7.8). A separator after a predefined one, in front, or at the end is tolerated. A missing
 * separator cannot be seen: the value then runs on. Refuses with the first fault, and says in which AI and where.
 */
export function parseElementString(data: string): Result<readonly Element[]> {
  const elements: Element[] = [];
  let at = data.startsWith(separator) ? 1 : 0;
  if (at === data.length) return refuse("code.empty", "There are no Application Identifiers in the data.");
  while (at < data.length) {
    const entry = applicationIdentifierAt(data, at);
    if (entry === undefined) return unknownAi(data.slice(at, at + 4), at);
    const start = at + entry.ai.length;
    const end = endOfValue(data, start, entry);
    const value = data.slice(start, end);
    const problem = problemOf(entry, value, start);
    if (problem) return problem;
    elements.push({ ai: entry.ai, value });
    at = data.charAt(end) === separator ? end + 1 : end;
  }
  return checkPairs(elements);
}

/**
 * Reads a bracketed element string such as `(01)09506000134352(10)ABC`, with or without spaces around the brackets as
 * under a symbol. A bracket that belongs to a value is written `\(`. Refuses with the first fault.
 */
export function parseBracketed(text: string): Result<readonly Element[]> {
  const elements: Element[] = [];
  const pattern = /\s*\(([0-9A-Za-z]{2,4})\)[ ]?((?:\\\(|[^(\\])*)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) return refuse("code.charset", `No bracketed AI at position ${at}.`, { at: `position ${at}` });
    const [, ai = "", written = ""] = match;
    const entry = findApplicationIdentifier(ai);
    if (entry === undefined) return unknownAi(ai, at);
    const value = written.replaceAll("\\(", "(").trimEnd();
    const problem = problemOf(entry, value, text.indexOf(")", at) + 1);
    if (problem) return problem;
    elements.push({ ai, value });
  }
  if (elements.length === 0) return refuse("code.empty", "There are no Application Identifiers in the text.");
  return checkPairs(elements);
}

/** Checks elements that come from elsewhere one by one and against each other, as the two parsers do. */
export function checkElements(elements: readonly Element[]): Result<readonly Element[]> {
  for (const { ai, value } of elements) {
    const entry = findApplicationIdentifier(ai);
    if (entry === undefined) return unknownAi(ai, 0);
    const problem = problemOf(entry, value, 0);
    if (problem) return problem;
  }
  return checkPairs(elements);
}

/** The canonical bracketed form, which {@link parseBracketed} reads back: `(01)09506000134352(21)A\(1)`. */
export function formatBracketed(elements: readonly Element[]): string {
  let text = "";
  for (const { ai, value } of elements) text += `(${ai})${value.includes("(") ? value.replaceAll("(", "\\(") : value}`;
  return text;
}

/** The human readable interpretation (GS1 GenSpecs 4.14): brackets around the AI, values as they are. */
export function formatReadable(elements: readonly Element[], gap = " "): string {
  return elements.map(({ ai, value }) => `(${ai})${gap}${value}`).join(gap);
}

/** The data that a GS1 symbol carries, with a separator after each value that needs one, the last excepted. */
export function formatElementString(elements: readonly Element[]): string {
  return elements
    .map(({ ai, value }, index) => {
      const closed = index === elements.length - 1 || findApplicationIdentifier(ai)?.predefined === true;
      return `${ai}${value}${closed ? "" : separator}`;
    })
    .join("");
}

function endOfValue(data: string, start: number, entry: ApplicationIdentifier): number {
  const next = data.indexOf(separator, start);
  const limit = next < 0 ? data.length : next;
  return entry.predefined ? Math.min(limit, start + maxLength(entry)) : limit;
}

function problemOf(entry: ApplicationIdentifier, value: string, start: number) {
  const found = findFault(entry, value);
  if (found === undefined) return undefined;
  const at = `AI ${entry.ai}, position ${start + found.offset}`;
  return refuse(found.code, `${found.detail}, in AI ${entry.ai} at position ${start + found.offset}.`, { at });
}

function unknownAi(text: string, at: number) {
  return refuse("code.unknown_ai", `No Application Identifier begins ${JSON.stringify(text)}, at position ${at}.`, {
    at: `position ${at}`,
  });
}
