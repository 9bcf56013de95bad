import { pipeline, Readable } from "node:stream";
import { ok, type Result, refuse } from "@tallygate/protocol";
import { CsvError, parse } from "csv-parse";
import { catalogueLimits } from "../limits.ts";

/** One line of an import as it was read: what it says, or why it cannot be read. */
export interface ReadLine {
  /** From 1, as an editor counts. Of what spans lines, the last. */
  readonly line: number;
  readonly value: Result<unknown>;
}

const charsMax = catalogueLimits.importLineCharsMax;

/** Reads JSON lines: a JSON object in each; empty lines say nothing. */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadLine> {
  let line = 0;
  for await (const text of splitLines(chunks)) {
    line += 1;
    if (text === undefined) yield { line, value: tooLong() };
    else if (text.trim() !== "") yield { line, value: parseJson(text) };
  }
}

function tooLong() {
  return refuse("request.invalid", `The line has more than ${charsMax} characters.`);
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return refuse("request.not_json", "The line cannot be read as JSON.");
  }
}

/** Lines of UTF-8; undefined for one that is too long, of which no more than that is kept. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let isTooLong = false;
  const take = (text: string) => {
    const whole = isTooLong || text.length > charsMax ? undefined : text.replace(/\r$/, "");
    isTooLong = false;
    return whole;
  };
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) yield take(text);
    if (rest.length > charsMax) {
      isTooLong = true;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "" || isTooLong) yield take(rest);
}

/**
 * Reads CSV (RFC 4180) whose first line names the columns. Each cell is read by its column; an empty one says nothing. After a line
 * whose quotes do not fit, nothing can be read any more.
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  columns: Readonly<Record<string, (cell: string) => Result<unknown>>>,
): AsyncGenerator<ReadLine> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: charsMax,
  });
  pipeline(Readable.from(chunks), parser, () => undefined);
  let header: readonly string[] | undefined;
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      line = info.lines;
      if (header !== undefined) {
        yield { line, value: readRecord(record, header, columns) };
        continue;
      }
      header = record.map(name => name.trim());
      const fault = faultOfHeader(header, Object.keys(columns));
      if (fault !== undefined) return yield { line, value: fault };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield {
      line: line + 1,
      value: refuse("request.invalid", `This is no CSV, and what follows was not read: ${error.message}`),
    };
  }
}

function faultOfHeader(header: readonly string[], known: readonly string[]) {
  const allowed = `The first line names the columns, of ${known.join(", ")}.`;
  const unknown = header.find(name => !known.includes(name));
  if (unknown !== undefined) return refuse("request.invalid", `There is no column ${unknown}. ${allowed}`);
  if (new Set(header).size < header.length) return refuse("request.invalid", `A column stands there twice. ${allowed}`);
  return undefined;
}

function readRecord(
  record: readonly string[],
  header: readonly string[],
  columns: Readonly<Record<string, (cell: string) => Result<unknown>>>,
): Result<unknown> {
  if (record.length !== header.length) {
    return refuse("request.invalid", `The line has ${record.length} cells, and the first line names ${header.length}.`);
  }
  const entries: [string, unknown][] = [];
  for (const [index, name] of header.entries()) {
    const cell = record[index] ?? "";
    if (cell === "") continue;
    const read = columns[name]?.(cell) ?? ok(cell);
    if (!read.ok) return refuse(read.problem.code, read.problem.detail, { at: name });
    entries.push([name, read.value]);
  }
  return ok(Object.fromEntries(entries));
}
