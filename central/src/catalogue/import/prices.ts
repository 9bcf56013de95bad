import { ok } from "@tallygate/protocol";
import type { z } from "zod";
import { changePrices } from "../prices/change-prices.ts";
import { type KnownPrice, Price } from "../prices/price.ts";
import { cellOf, integerCell, textCell } from "./cells.ts";
import type { Importable } from "./import.ts";
import { refuseShape } from "./items.ts";

/** Prices, added or changed: one of the same key that begins at the same time is the same price. */
export function importablePrices(schema: z.ZodType<Price>, actor: string): Importable {
  return {
    read(value) {
      const read = schema.safeParse(value);
      return read.success ? ok({ key: read.data.sku, body: read.data }) : refuseShape(read.error);
    },
    write: (client, lines) =>
      changePrices(
        client,
        lines.map(({ body }) => Price.parse(body)),
        { actor, at: "price" },
      ),
  };
}

/** How each column of a CSV of prices is read. */
export const priceColumns = {
  sku: textCell,
  list: textCell,
  currency: textCell,
  customer_group: textCell,
  quantity_from: integerCell,
  amount: integerCell,
  valid_from: textCell,
  valid_until: textCell,
} as const satisfies Record<keyof Price, unknown>;

/** A price as a line of an import says it. */
export function priceLine({ id: _, ...price }: KnownPrice) {
  return price;
}

export function priceCells(price: KnownPrice): readonly string[] {
  const line: Readonly<Record<string, unknown>> = priceLine(price);
  return Object.entries(priceColumns).map(([name, column]) => cellOf(line[name], column));
}
