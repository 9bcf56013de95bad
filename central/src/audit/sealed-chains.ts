import { hashMovement, type Movement } from "@tallygate/protocol";
import { z } from "zod";
import { hashNote } from "../record/note.ts";
import type { Seal, SealedEpoch } from "./seal.ts";

/** A movement as `GET /v1/movements` gives it, as far as its hash covers it. */
const Told = z.object({
  site: z.string(),
  epoch: z.string(),
  seq: z.int().min(1),
  code: z.string(),
  epc_hex: z.string().nullable(),
  quantity: z.int(),
  from: z.string(),
  to: z.string(),
  biz_step: z.string(),
  read_point: z.string(),
  cause: z.string(),
  event_time: z.iso.datetime(),
  reverses: z.object({ epoch: z.string(), seq: z.int() }).nullable(),
  hash: z.string(),
  note: z.object({ actor: z.string(), reason: z.string().nullable(), document: z.string().nullable() }).nullish(),
});
type Told = z.infer<typeof Told>;

/** Faults that are told; a reader needs the first. */
const faultsMax = 100;

interface Chain {
  readonly sealed: SealedEpoch;
  last: Told | undefined;
  checked: number;
  /** Whether the row at the sealed sequence was seen. */
  reached: boolean;
}

/** Holds movements against the epochs of a seal, one row at a time; of each epoch only the row before is kept. */
export class SealedChains {
  private readonly chains = new Map<string, Chain>();
  private readonly faults: string[] = [];

  constructor(seal: Seal) {
    for (const sealed of seal.epochs) {
      this.chains.set(`${sealed.site}/${sealed.epoch}`, { sealed, last: undefined, checked: 0, reached: false });
    }
  }

  /** Takes the next movement; those of epochs that the seal does not name, and those behind the sealed point, are passed over. */
  add(value: unknown): void {
    const row = Told.parse(value);
    const chain = this.chains.get(`${row.site}/${row.epoch}`);
    if (chain === undefined || row.seq > chain.sealed.seq) return;
    const { last, sealed } = chain;
    chain.last = row;
    if (row.seq === sealed.seq) {
      chain.reached = true;
      if (row.hash !== sealed.hash) this.fault(row, `has the hash ${row.hash}; sealed was ${sealed.hash}`);
    }
    if (row.seq === 1) this.check(chain, row, sealed.start);
    if (last === undefined) return;
    if (row.seq === last.seq + 1) this.check(chain, row, last.hash);
    else if (row.seq === last.seq - 1) this.check(chain, last, row.hash);
    else this.fault(row, `stands beside ${last.seq}: a row between them is missing`);
  }

  finish(): { readonly faults: readonly string[]; readonly lines: readonly string[] } {
    const lines: string[] = [];
    for (const { sealed, checked, reached, last } of this.chains.values()) {
      const name = `${sealed.site}/${sealed.epoch}`;
      if (last === undefined) lines.push(`${name}: no movements given`);
      else if (reached) lines.push(`${name}: ${checked} movements lead to the sealed hash at ${sealed.seq}`);
      else this.faults.push(`${name}/${sealed.seq} is missing: the seal names it as the last one`);
    }
    return { faults: this.faults, lines };
  }

  private check(chain: Chain, row: Told, before: string): void {
    chain.checked++;
    const note = row.note == null ? undefined : hashNote(row.note);
    if (hashMovement(before, row.site, row.epoch, row.seq, movementOf(row), note) === row.hash) return;
    this.fault(row, "is not what was sealed: its fields do not give its hash");
  }

  private fault({ site, epoch, seq }: Told, what: string): void {
    if (this.faults.length < faultsMax) this.faults.push(`${site}/${epoch}/${seq} ${what}`);
  }
}

/** The row as the wire had it. */
function movementOf(row: Told): Movement {
  const { epc_hex: epcHex, reverses } = row;
  return {
    code: row.code,
    ...(epcHex === null ? {} : { epcHex }),
    quantity: row.quantity,
    from: row.from,
    to: row.to,
    bizStep: row.biz_step,
    readPoint: row.read_point,
    eventTimeMs: Date.parse(row.event_time),
    cause: row.cause,
    ...(reverses === null ? {} : { reverses }),
  } as Movement;
}
