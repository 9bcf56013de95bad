import { z } from "zod";

/**
 * How the ledger can disagree with itself. `altered`: a row has other content than when it was written. `missing`, `inserted`,
 * `swapped`: a row that must be there is not, must not be there is, stands in another's place. `balance`: a level is not the sum of
 * its postings. `tag`: a thing is not where its last movement says. `cursor`: an epoch does not end where its cursor says. `seal`: a seal
 * is not what was signed, or the ledger is no longer what it sealed.
 */
export const faultKinds = ["altered", "missing", "inserted", "swapped", "balance", "tag", "cursor", "seal"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The first row that disagrees. A balance has no epoch and sequence, a tag those of the movement that it names. */
export interface Fault {
  readonly kind: FaultKind;
  readonly site: string | null;
  readonly epoch: string | null;
  readonly seq: number | null;
  readonly detail: string;
}

/** How much was looked at. */
export const Checked = z.object({
  epochs: z.int(),
  movements: z.int(),
  further_postings: z.int(),
  items: z.int(),
  balances: z.int(),
  tags: z.int(),
  seals: z.int(),
});

export type Checked = z.infer<typeof Checked>;

export const nothingChecked: Checked = {
  epochs: 0,
  movements: 0,
  further_postings: 0,
  items: 0,
  balances: 0,
  tags: 0,
  seals: 0,
};

export function addChecked(a: Checked, b: Partial<Checked>): Checked {
  return {
    epochs: a.epochs + (b.epochs ?? 0),
    movements: a.movements + (b.movements ?? 0),
    further_postings: a.further_postings + (b.further_postings ?? 0),
    items: a.items + (b.items ?? 0),
    balances: a.balances + (b.balances ?? 0),
    tags: a.tags + (b.tags ?? 0),
    seals: a.seals + (b.seals ?? 0),
  };
}
