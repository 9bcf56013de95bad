import { type Account, type BizStep, type Cause, type ChainPoint, Epoch, type Movement } from "@tallygate/protocol";
import { hex, int, type Row, text, textOrNothing } from "./rows.ts";

/** An epoch of this store: what it follows, how far it goes and how far the centre has confirmed it. */
export interface EpochState {
  readonly id: number;
  readonly epoch: Epoch;
  /** Absent for the first epoch of a new store. */
  readonly follows: ChainPoint | undefined;
  readonly startHash: string;
  /** The oldest movement that is still kept here. */
  readonly firstKept: number;
  readonly last: number;
  readonly lastHash: string;
  readonly confirmed: number;
  readonly confirmedHash: string;
}

/** A movement with its identity and its place in the chain. */
export interface StoredMovement {
  readonly epoch: Epoch;
  readonly seq: number;
  readonly hash: string;
  readonly movement: Movement;
  readonly classKey?: string;
  readonly confirmed: boolean;
}

export const movementColumns = `seq, quantity, event_time_ms, code, class_key, epc_hex, from_account, to_account,
  biz_step, read_point, cause, reverses_epoch, reverses_seq, lot, expires_on, hash`;

export function epochOf(row: Row): EpochState {
  const startHash = hex(row, "start_hash");
  const followsEpoch = textOrNothing(row, "follows_epoch");
  return {
    id: int(row, "id"),
    epoch: Epoch.parse(text(row, "code")),
    follows:
      followsEpoch === undefined
        ? undefined
        : { epoch: Epoch.parse(followsEpoch), seq: int(row, "follows_seq"), hash: startHash },
    startHash,
    firstKept: int(row, "first_seq"),
    last: int(row, "last_seq"),
    lastHash: hex(row, "last_hash"),
    confirmed: int(row, "confirmed_seq"),
    confirmedHash: hex(row, "confirmed_hash"),
  };
}

export function storedOf(row: Row, { epoch, confirmed }: EpochState): StoredMovement {
  const seq = int(row, "seq");
  const epcHex = textOrNothing(row, "epc_hex");
  const reversesEpoch = textOrNothing(row, "reverses_epoch");
  const lot = textOrNothing(row, "lot");
  const expiresOn = textOrNothing(row, "expires_on");
  const movement: Movement = {
    code: text(row, "code"),
    ...(epcHex === undefined ? {} : { epcHex }),
    quantity: int(row, "quantity"),
    from: text(row, "from_account") as Account,
    to: text(row, "to_account") as Account,
    bizStep: text(row, "biz_step") as BizStep,
    readPoint: text(row, "read_point"),
    eventTimeMs: int(row, "event_time_ms"),
    cause: text(row, "cause") as Cause,
    ...(reversesEpoch === undefined
      ? {}
      : { reverses: { epoch: reversesEpoch as Epoch, seq: int(row, "reverses_seq") } }),
    ...(lot === undefined ? {} : { lot }),
    ...(expiresOn === undefined ? {} : { expiresOn }),
  };
  const classKey = textOrNothing(row, "class_key");
  const stored = { epoch, seq, hash: hex(row, "hash"), movement, confirmed: seq <= confirmed };
  return classKey === undefined ? stored : { ...stored, classKey };
}
