import type { BizStep } from "@tallygate/protocol";

/** What of an item is to move: by exactly one of `sku`, `gtin` and `code`. */
export interface AskedGoods {
  readonly sku?: string | undefined;
  readonly gtin?: string | undefined;
  readonly code?: string | undefined;
  readonly lot?: string | undefined;
  readonly serial?: string | undefined;
}

/** A movement as somebody asks for it. */
export interface AskedMovement extends AskedGoods {
  readonly site: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
  readonly biz_step?: BizStep | undefined;
  readonly read_point?: string | undefined;
  readonly event_time?: string | undefined;
  readonly reason?: string | undefined;
}

/** The exact opposite of a movement. */
export interface AskedReversal {
  readonly reverses: { readonly site: string; readonly epoch: string; readonly seq: number };
  readonly reason?: string | undefined;
}

/** What is usually done when goods go from one account to another: who asks need not say it. */
export function usualBizStep(from: string, to: string): BizStep {
  const sides = [from, to];
  if (sides.includes("loss") || sides.includes("found")) return "cycle_counting";
  if (from === "supplier") return "receiving";
  if (from === "transit") return "arriving";
  if (from === "customer") return "receiving";
  if (to === "transit") return "departing";
  if (to === "customer" || to === "supplier") return "shipping";
  return "storing";
}
