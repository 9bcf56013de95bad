import { z } from "@tallygate/kit";
import { isOutside } from "@tallygate/protocol";
import type { LevelRow, StockItemRow } from "../db/queries/stock.ts";
import { fields } from "./fields.ts";

const held = "null as of a past time, since holds keep no history, and of a lot.";
const quantities = {
  on_hand: z.int().meta({ description: "Physically there, in the item's smallest unit.", examples: [42] }),
  reserved: z
    .int()
    .nullable()
    .meta({ description: `Promised, still there; ${held}`, examples: [0] }),
  blocked: z
    .int()
    .nullable()
    .meta({ description: `There, not to be promised; ${held}`, examples: [0] }),
  available: z
    .int()
    .nullable()
    .meta({ description: `On hand − reserved − blocked; ${held}`, examples: [42] }),
};

const PlaceStock = z
  .object({ site: fields.site, place: fields.account, outside: z.boolean(), ...quantities })
  .openapi("PlaceStock");

/** What there is of an item: in total, and at each place where it is not all zero. */
export const ItemStock = z
  .object({
    sku: fields.sku,
    name: z.string(),
    uom: z.string(),
    ...quantities,
    in_transit: z
      .int()
      .nullable()
      .meta({
        description:
          "Left one place or site and not yet at the other: what went into transit less what came out of it. At one site that is its own account: below zero where more came from others than went to them. Null where a place is asked for.",
        examples: [0],
      }),
    places: z.array(PlaceStock),
  })
  .openapi("ItemStock", {
    description:
      "Totals are those of the places listed, without the outsides; places with nothing at all are left out.",
  });

export interface StockView {
  readonly site?: string | undefined;
  /** The sites that the caller may see. */
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
  /** In place of the place: it and what stands in it, as `site/place`. */
  readonly within?: ReadonlySet<string> | undefined;
  readonly lot?: string | undefined;
  readonly include?: "outsides" | "below" | undefined;
  readonly as_of?: string | undefined;
}

/** Puts an item and its levels together as a view of them is asked for. */
export function itemStock(item: StockItemRow, levels: readonly LevelRow[], view: StockView) {
  const ofSites = levels.filter(
    level => (view.site ?? level.site) === level.site && view.sites?.includes(level.site) !== false,
  );
  const asked = ofSites.filter(({ site, place }) =>
    view.within === undefined ? (view.place ?? place) === place : view.within.has(`${site}/${place}`),
  );
  const outsidesToo = view.include === "outsides" || (view.place !== undefined && isOutside(view.place));
  return {
    sku: item.sku,
    name: item.name,
    uom: item.uom,
    ...total(
      asked.filter(level => !level.outside),
      view.as_of === undefined && view.lot === undefined ? 0 : null,
    ),
    in_transit: view.place === undefined ? inTransit(ofSites) : null,
    places: asked
      .filter(level => outsidesToo || !level.outside)
      .map(({ site, place, outside, ...level }) => ({ site, place, outside, ...withAvailable(level) })),
  };
}

function inTransit(levels: readonly LevelRow[]): number {
  return levels.reduce((sum, { place, on_hand }) => (place === "transit" ? sum + on_hand : sum), 0);
}

type Level = Pick<LevelRow, "on_hand" | "reserved" | "blocked">;

function total(levels: readonly LevelRow[], noHolds: 0 | null) {
  const empty: Level = { on_hand: 0, reserved: noHolds, blocked: noHolds };
  return withAvailable(levels.reduce<Level>(plus, empty));
}

function plus(sum: Level, { on_hand, reserved, blocked }: Level): Level {
  return {
    on_hand: sum.on_hand + on_hand,
    reserved: sum.reserved === null || reserved === null ? null : sum.reserved + reserved,
    blocked: sum.blocked === null || blocked === null ? null : sum.blocked + blocked,
  };
}

function withAvailable({ on_hand, reserved, blocked }: Level) {
  const available = reserved === null || blocked === null ? null : on_hand - reserved - blocked;
  return { on_hand, reserved, blocked, available };
}
