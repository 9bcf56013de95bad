import { ok, type Result, refuse } from "@tallygate/protocol";

/** Reads one cell of a CSV. */
export type Column = (cell: string) => Result<unknown>;

export const textCell: Column = cell => ok(cell);

/** A list of words without spaces, such as GTINs. */
export const wordsCell: Column = cell => ok(cell.split(/\s+/).filter(word => word !== ""));

export const integerCell: Column = cell => {
  return /^-?\d{1,16}$/.test(cell.trim())
    ? ok(Number(cell))
    : refuse("request.invalid", `${cell.slice(0, 40)} is no whole number.`);
};

/** What a cell cannot hold otherwise: lists of codes, attributes and packs. */
export const jsonCell: Column = cell => {
  try {
    return ok(JSON.parse(cell));
  } catch {
    return refuse("request.not_json", "The cell cannot be read as JSON.");
  }
};

/** The cell that is read as this value; an empty one where there is nothing. */
export function cellOf(value: unknown, column: Column): string {
  if (value === null || value === undefined) return "";
  if (column === wordsCell && Array.isArray(value)) return value.join(" ");
  if (column !== jsonCell) return String(value);
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value);
}
