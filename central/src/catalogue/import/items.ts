import { ok, type Result, refuse } from "@tallygate/protocol";
import type { z } from "zod";
import type { ItemEdit } from "../change.ts";
import { changeItems } from "../change-items.ts";
import { type ItemAsGiven, readGiven } from "../given.ts";
import { type Item, inOrder } from "../item.ts";
import { cellOf, jsonCell, textCell, wordsCell } from "./cells.ts";
import type { Importable } from "./import.ts";

/** How a line of items is read: the API's schema of one. */
export type ItemLineSchema = z.ZodType<ItemAsGiven & { readonly sku: string }>;

/** Items, added or changed by their SKUs: what a line names is so afterwards, and what it leaves out stays as it is. */
export function importableItems(schema: ItemLineSchema, actor: string): Importable {
  return {
    read: value => readItemLine(schema, value),
    async write(client, lines) {
      const asked = lines.map(({ key, body }) => {
        return { sku: key, at: "item", edit: () => ok(body as ItemEdit) };
      });
      return changeItems(client, asked, { actor, write: "what_can_be" });
    },
  };
}

function readItemLine(schema: ItemLineSchema, value: unknown): ReturnType<Importable["read"]> {
  const read = schema.safeParse(value);
  if (!read.success) return refuseShape(read.error);
  const { sku, ...given } = read.data;
  const edit = readGiven(given, "item");
  return edit.ok ? ok({ key: sku, body: edit.value }) : edit;
}

/** The first thing that is wrong with a line's form. */
export function refuseShape(error: z.ZodError): Result<never> {
  const [issue] = error.issues;
  const at = issue?.path.map(String).join(".");
  const more = error.issues.length > 1 ? `, and ${error.issues.length - 1} more` : "";
  return refuse(
    "request.invalid",
    `${issue?.message ?? "is not valid"}${more}`,
    at === undefined || at === "" ? {} : { at },
  );
}

/** How each column of a CSV of items is read. */
export const itemColumns = {
  sku: textCell,
  name: textCell,
  description: textCell,
  status: textCell,
  tracking: textCell,
  uom: textCell,
  family: textCell,
  variant_by: wordsCell,
  attributes: jsonCell,
  gtins: wordsCell,
  codes: jsonCell,
  packs: jsonCell,
  party_codes: jsonCell,
} as const satisfies Record<keyof Item, unknown>;

/** An item as a line of an import says it: read again, it changes nothing. */
export function itemLine(item: Item) {
  const { packs, ...rest } = inOrder(item);
  return { ...rest, packs: packs.map(({ units: _, ...pack }) => pack) };
}

/** The cells of an item's line, in the order of the columns. What is empty is an empty cell. */
export function itemCells(item: Item): readonly string[] {
  const line: Readonly<Record<string, unknown>> = itemLine(item);
  return Object.entries(itemColumns).map(([name, column]) => cellOf(line[name], column));
}
