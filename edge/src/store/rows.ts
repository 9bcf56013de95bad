import type { SQLOutputValue, StatementSync } from "node:sqlite";

/** What node:sqlite gives for a row. Our own tables are trusted; these give each column its type, and fail on what cannot be. */
export type Row = Record<string, SQLOutputValue>;

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`column ${column} holds no text`);
  return value;
}

export function textOrNothing(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function int(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`column ${column} holds no number`);
  return value;
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} holds no bytes`);
  return value;
}

export function hex(row: Row, column: string): string {
  return Buffer.from(bytes(row, column)).toString("hex");
}

export function fromHex(digits: string): Uint8Array {
  return Buffer.from(digits, "hex");
}

/** The first row of a statement that always has one. */
export function only(statement: StatementSync, ...values: (string | number)[]): Row {
  const row = statement.get(...values);
  if (row === undefined) throw new TypeError("a row is missing");
  return row;
}
