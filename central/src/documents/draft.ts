import type { DocumentKind } from "./kinds.ts";

/** What becomes of a line of which there is less than it asks for. */
export const whenShort = {
  refuse: "the whole is refused",
  backorder: "what is missing waits for stock, and is held as soon as it comes",
  partial: "the line is cut to what there is",
} as const;
export type WhenShort = keyof typeof whenShort;

/** An order or a transfer as somebody asks for it, whose goods are yet to be held. */
export interface DocumentDraft {
  readonly id: string;
  readonly kind: Extract<DocumentKind, "order" | "transfer">;
  /** Undefined: one of ours. */
  readonly number: string | undefined;
  readonly actor: string;
  readonly site: string;
  readonly toSite: { readonly id: number; readonly code: string } | undefined;
  readonly partner: string | undefined;
  readonly reference: string | undefined;
  readonly dueMs: number | undefined;
  readonly whenShort: WhenShort;
  readonly lines: readonly DraftLine[];
}

export interface DraftLine {
  readonly sku: string;
  readonly quantity: number;
  readonly lot: string | undefined;
  readonly place: string | undefined;
  readonly toPlace: { readonly id: number; readonly code: string } | undefined;
}
