import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type ChainPoint,
  type Epoch,
  genesisHash,
  hashMovement,
  type Movement,
  type SiteId,
} from "@tallygate/protocol";
import type { DecidedMovement } from "../core/types.ts";
import { HistoryForked, StoreCorrupt, StoreFull } from "./errors.ts";
import { type EpochState, epochOf, movementColumns, type StoredMovement, storedOf } from "./outbox-rows.ts";
import { fromHex, hex, int, text } from "./rows.ts";

export interface MovementQuery {
  /** The movement before which (in the store's order) the answer begins; absent: the latest. */
  readonly before?: { readonly epoch: string; readonly seq: number };
  readonly limit: number;
}

/** Changes of a sum of pending stock: class key, account, quantity. */
export type PendingChange = (classKey: string, account: string, quantity: number) => void;

/** Movements beyond `after` of an epoch got numbers of the new one, all further by the same. */
interface Shift {
  readonly after: number;
  readonly by: number;
}

const rechainAtOnce = 1000;

/** Movements in their epochs. All of it runs inside the store's transactions. */
export class Outbox {
  readonly #site: SiteId;
  readonly #path: string;
  readonly #waitingMax: number;
  readonly #epochs = new Map<string, EpochState>();
  #current: EpochState;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #range: StatementSync;
  readonly #latest: StatementSync;
  readonly #hashAt: StatementSync;
  readonly #sums: StatementSync;
  readonly #remove: StatementSync;
  readonly #db: DatabaseSync;

  constructor(
    db: DatabaseSync,
    options: { site: SiteId; path: string; waitingMax: number; epoch: Epoch; nowMs: number },
  ) {
    this.#db = db;
    this.#site = options.site;
    this.#path = options.path;
    this.#waitingMax = options.waitingMax;
    this.#insert = db.prepare(
      `insert into movement (epoch_id, ${movementColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `update epoch set first_seq = ?, last_seq = ?, last_hash = ?, confirmed_seq = ?, confirmed_hash = ? where id = ?`,
    );
    this.#range = db.prepare(
      `select ${movementColumns} from movement where epoch_id = ? and seq >= ? order by seq limit ?`,
    );
    this.#latest = db.prepare(
      `select ${movementColumns} from movement where epoch_id = ? and seq < ? order by seq desc limit ?`,
    );
    this.#hashAt = db.prepare("select hash from movement where epoch_id = ? and seq = ?");
    this.#sums = db.prepare(
      `select class_key, from_account, to_account, sum(quantity) as quantity from movement
        where epoch_id = ? and seq > ? and seq <= ? and class_key is not null group by 1, 2, 3`,
    );
    this.#remove = db.prepare("delete from movement where epoch_id = ? and seq < ?");
    this.#load();
    this.#current = this.beginEpoch(options.epoch, options.nowMs, this.#lastPoint());
    this.#forgetEmpty();
  }

  get current(): EpochState {
    return this.#current;
  }

  /** All epochs that are still kept, oldest first. */
  epochs(): readonly EpochState[] {
    return [...this.#epochs.values()];
  }

  epoch(code: string): EpochState | undefined {
    return this.#epochs.get(code);
  }

  get waiting(): number {
    let waiting = 0;
    for (const { last, confirmed } of this.#epochs.values()) waiting += last - confirmed;
    return waiting;
  }

  /** Reads the epochs anew from the disk, after a transaction that was rolled back. */
  reload(): void {
    this.#load();
    const latest = this.epochs().at(-1);
    if (latest === undefined) throw new StoreCorrupt(this.#path, "no epoch is there");
    this.#current = latest;
  }

  #load(): void {
    this.#epochs.clear();
    for (const row of this.#db.prepare("select * from epoch order by id").iterate()) {
      const epoch = epochOf(row);
      this.#epochs.set(epoch.epoch, epoch);
    }
    this.#check();
  }

  /** Begins an epoch that follows `follows`, or a new chain without it. It is the current one from now on. */
  beginEpoch(epoch: Epoch, nowMs: number, follows: ChainPoint | undefined): EpochState {
    const startHash = follows?.hash ?? genesisHash;
    const bytes = fromHex(startHash);
    const { lastInsertRowid } = this.#db
      .prepare(
        `insert into epoch (code, opened_ms, follows_epoch, follows_seq, start_hash, last_hash, confirmed_hash)
           values (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(epoch, nowMs, follows?.epoch ?? null, follows?.seq ?? null, bytes, bytes, bytes);
    const begun: EpochState = {
      id: Number(lastInsertRowid),
      epoch,
      follows,
      startHash,
      firstKept: 1,
      last: 0,
      lastHash: startHash,
      confirmed: 0,
      confirmedHash: startHash,
    };
    this.#epochs.set(epoch, begun);
    this.#current = begun;
    return begun;
  }

  /** Gives each movement the next number of the current epoch and chains it. */
  append(decided: readonly DecidedMovement[], pending: PendingChange): StoredMovement[] {
    if (decided.length === 0) return [];
    if (this.waiting + decided.length > this.#waitingMax) {
      throw new StoreFull(
        `${this.waiting} movements wait for the centre, at most ${this.#waitingMax} may: bring the link back or raise the limit`,
      );
    }
    for (const { movement, classKey } of decided) {
      if (classKey === undefined) continue;
      pending(classKey, movement.from, -movement.quantity);
      pending(classKey, movement.to, movement.quantity);
    }
    return this.#chain(decided);
  }

  /** Movements of an epoch in order, from `first` on. */
  range(epoch: EpochState, first: number, limit: number): StoredMovement[] {
    return this.#range.all(epoch.id, first, limit).map(row => storedOf(row, epoch));
  }

  /** The latest first, over all epochs. */
  latest({ before, limit }: MovementQuery): StoredMovement[] {
    const found: StoredMovement[] = [];
    const epochs = this.epochs().toReversed();
    let from = before === undefined ? 0 : epochs.findIndex(epoch => epoch.epoch === before.epoch);
    if (from < 0) from = epochs.length;
    for (const [index, epoch] of epochs.slice(from).entries()) {
      const below = index === 0 && before !== undefined ? before.seq : epoch.last + 1;
      const rows = this.#latest.all(epoch.id, below, limit - found.length);
      for (const row of rows) found.push(storedOf(row, epoch));
      if (found.length >= limit) break;
    }
    return found;
  }

  /** The chain's hash after movement `seq`, if it is still known here. */
  hashAt(epoch: EpochState, seq: number): string | undefined {
    if (seq === epoch.confirmed) return epoch.confirmedHash;
    if (seq === epoch.last) return epoch.lastHash;
    if (seq === 0) return epoch.startHash;
    const row = this.#hashAt.get(epoch.id, seq);
    return row === undefined ? undefined : hex(row, "hash");
  }

  /**
   * Notes that the centre has committed all up to `seq`, and takes their quantities out of the pending sums. An older epoch may be
   * known further there: this store is a restored copy. In the current one that throws `HistoryForked`.
   */
  confirm(code: string, seq: number, pending: PendingChange): boolean {
    const epoch = this.#epochs.get(code);
    if (epoch === undefined) return false;
    if (seq > epoch.last && code === this.#current.epoch) {
      throw new HistoryForked(
        `the centre has movement ${seq} of epoch ${code}, this store made only ${epoch.last} of them`,
      );
    }
    const confirmed = Math.min(seq, epoch.last);
    if (confirmed <= epoch.confirmed) return false;
    const confirmedHash = this.hashAt(epoch, confirmed);
    if (confirmedHash === undefined) throw new StoreCorrupt(this.#path, `movement ${code}/${confirmed} is missing`);
    this.#takeOut(epoch, confirmed, pending);
    this.#set({ ...epoch, confirmed, confirmedHash });
    return true;
  }

  /** Drops confirmed movements but the latest `keep`. */
  forget(keep: number): void {
    let excess = -keep;
    for (const { firstKept, last } of this.#epochs.values()) excess += last - firstKept + 1;
    for (const epoch of this.epochs()) {
      if (excess <= 0) return;
      const firstKept = Math.min(epoch.firstKept + excess, epoch.confirmed + 1);
      excess -= firstKept - epoch.firstKept;
      if (firstKept === epoch.firstKept) continue;
      this.#remove.run(epoch.id, firstKept);
      this.#set({ ...epoch, firstKept });
    }
  }

  /**
   * Takes the unconfirmed movements of the epoch, and of those after it, and chains them anew in the current epoch, which must just
   * have begun. Returns how many. Their pending sums stay as they are.
   */
  rechain(code: string): number {
    const epochs = this.epochs();
    const from = epochs.findIndex(epoch => epoch.epoch === code);
    const shifts = new Map<string, Shift>();
    let moved = 0;
    for (const epoch of epochs.slice(from < 0 ? epochs.length : from)) {
      if (epoch.epoch === this.#current.epoch) continue;
      shifts.set(epoch.epoch, { after: epoch.confirmed, by: this.#current.last - epoch.confirmed });
      for (let first = epoch.confirmed + 1; first <= epoch.last; first += rechainAtOnce) {
        const again = this.range(epoch, first, rechainAtOnce);
        this.#chain(again.map(each => ({ ...each, movement: this.#shifted(each.movement, shifts) })));
      }
      this.#db.prepare("delete from movement where epoch_id = ? and seq > ?").run(epoch.id, epoch.confirmed);
      this.#set({ ...epoch, last: epoch.confirmed, lastHash: epoch.confirmedHash });
      moved += epoch.last - epoch.confirmed;
    }
    return moved;
  }

  /** Gives identities, also to what is reversed in the same tick: `reversesDecided` is a position in `decided`. */
  #chain(decided: readonly DecidedMovement[]): StoredMovement[] {
    const { id, epoch, last } = this.#current;
    const stamp = ({ movement, reversesDecided }: DecidedMovement): Movement =>
      reversesDecided === undefined ? movement : { ...movement, reverses: { epoch, seq: last + 1 + reversesDecided } };
    let hash = this.#current.lastHash;
    let seq = last;
    const stored: StoredMovement[] = [];
    for (const each of decided) {
      const { classKey } = each;
      const movement = stamp(each);
      seq++;
      hash = hashMovement(hash, this.#site, epoch, seq, movement);
      this.#insertOne(id, seq, movement, classKey, hash);
      stored.push({
        epoch,
        seq,
        hash,
        confirmed: false,
        ...(classKey === undefined ? { movement } : { movement, classKey }),
      });
    }
    this.#set({ ...this.#current, last: seq, lastHash: hash });
    return stored;
  }

  /** A movement that reverses one with a new identity names that. */
  #shifted(movement: Movement, shifts: ReadonlyMap<string, Shift>): Movement {
    const { reverses } = movement;
    const shift = reverses && shifts.get(reverses.epoch);
    if (reverses === undefined || shift === undefined || reverses.seq <= shift.after) return movement;
    return { ...movement, reverses: { epoch: this.#current.epoch, seq: reverses.seq + shift.by } };
  }

  #takeOut(epoch: EpochState, upTo: number, pending: PendingChange): void {
    for (const row of this.#sums.iterate(epoch.id, epoch.confirmed, upTo)) {
      const quantity = int(row, "quantity");
      pending(text(row, "class_key"), text(row, "from_account"), quantity);
      pending(text(row, "class_key"), text(row, "to_account"), -quantity);
    }
  }

  #insertOne(id: number, seq: number, movement: Movement, classKey: string | undefined, hash: string): void {
    const { quantity, eventTimeMs, code, epcHex, from, to, bizStep, readPoint, cause, reverses, lot, expiresOn } =
      movement;
    this.#insert.run(
      id,
      seq,
      quantity,
      eventTimeMs,
      code,
      classKey ?? null,
      epcHex ?? null,
      from,
      to,
      bizStep,
      readPoint,
      cause,
      reverses?.epoch ?? null,
      reverses?.seq ?? null,
      lot ?? null,
      expiresOn ?? null,
      fromHex(hash),
    );
  }

  #set(epoch: EpochState): void {
    const { firstKept, last, lastHash, confirmed, confirmedHash, id } = epoch;
    this.#update.run(firstKept, last, fromHex(lastHash), confirmed, fromHex(confirmedHash), id);
    this.#epochs.set(epoch.epoch, epoch);
    if (epoch.epoch === this.#current.epoch) this.#current = epoch;
  }

  /** The end of the chain so far. */
  #lastPoint(): ChainPoint | undefined {
    for (const { epoch, last, lastHash, follows } of this.epochs().toReversed()) {
      if (last > 0) return { epoch, seq: last, hash: lastHash };
      if (follows !== undefined) return follows;
    }
    return undefined;
  }

  /** Epochs without movements say nothing to anyone. */
  #forgetEmpty(): void {
    for (const { id, epoch, last } of this.epochs()) {
      if (last > 0 || epoch === this.#current.epoch) continue;
      this.#db.prepare("delete from epoch where id = ?").run(id);
      this.#epochs.delete(epoch);
    }
  }

  /** The end of each epoch must be the movement that it says. */
  #check(): void {
    for (const { id, epoch, firstKept, last, lastHash, confirmed } of this.#epochs.values()) {
      if (last < firstKept || last === confirmed) continue;
      const row = this.#hashAt.get(id, last);
      if (row !== undefined && hex(row, "hash") === lastHash) continue;
      throw new StoreCorrupt(this.#path, `epoch ${epoch} does not end with its movement ${last}`);
    }
  }
}
