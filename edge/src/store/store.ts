import type { DatabaseSync } from "node:sqlite";
import {
  type CatalogueItem,
  type Cursor,
  type EdgeException,
  type EdgeExceptionsReply,
  Epoch,
  type ListsPage,
  type ObservationsReply,
  type SiteChange,
  type SiteId,
  type SnapshotPage,
} from "@tallygate/protocol";
import type { KeptScanner } from "../core/scanner/scanner-state.ts";
import type { ClockSkew, Decision, Lookup, TagPlace, TimedReading } from "../core/types.ts";
import { limits } from "../limits.ts";
import { storeError } from "./errors.ts";
import { type ExceptionQuery, Exceptions, type StoredException } from "./exceptions.ts";
import { type KeptLists, Lists } from "./lists.ts";
import { Observations, type WaitingObservations } from "./observations.ts";
import type { StoreCounts, StoreOptions } from "./open.ts";
import { type MovementQuery, Outbox, type PendingChange } from "./outbox.ts";
import type { EpochState, StoredMovement } from "./outbox-rows.ts";
import { type ReadingQuery, Recorder } from "./recorder.ts";
import { SiteVersions } from "./site-versions.ts";
import { type ItemStock, Stock, type StockQuery } from "./stock.ts";
import { type TagQuery, Tags } from "./tags.ts";

/** What a commit gave: the movements with their identities, in order. */
export interface CommittedTick {
  readonly movements: readonly StoredMovement[];
}

/**
 * All that an edge keeps: recorder, outbox, what was counted, tags, stock and exceptions. Everything is synchronous, and each change is one transaction
 * that is on the disk when the call returns; a call that throws has changed nothing.
 */
export class Store implements Lookup, Disposable {
  readonly #db: DatabaseSync;
  readonly #lock: Disposable;
  readonly #path: string;
  readonly #options: StoreOptions;
  readonly #recorder: Recorder;
  readonly #outbox: Outbox;
  readonly #tags: Tags;
  readonly #stock: Stock;
  readonly #exceptions: Exceptions;
  readonly #observations: Observations;
  readonly #lists: Lists;
  readonly #versions: SiteVersions;

  constructor(db: DatabaseSync, lock: Disposable, path: string, options: StoreOptions) {
    this.#db = db;
    this.#lock = lock;
    this.#path = path;
    this.#options = options;
    const { store } = limits;
    this.#recorder = new Recorder(db, {
      ageMaxMs: options.recorderAgeMaxMs ?? store.recorderAgeMaxMs,
      bytesMax: options.recorderBytesMax ?? store.recorderBytesMax,
    });
    this.#tags = new Tags(db);
    this.#stock = new Stock(db);
    this.#exceptions = new Exceptions(db, options.exceptionsMax ?? store.exceptionsMax);
    this.#observations = new Observations(db, options.observationsMax ?? store.observationsMax);
    this.#lists = new Lists(db);
    this.#versions = new SiteVersions(db);
    db.exec("begin immediate");
    this.#outbox = new Outbox(db, {
      site: options.site,
      path,
      waitingMax: options.outboxMovementsMax ?? store.outboxMovementsMax,
      epoch: this.#newEpoch(),
      nowMs: options.nowMs,
    });
    db.exec("commit");
  }

  get site(): SiteId {
    return this.#options.site;
  }

  /** The site's version at the centre up to which every change is here. */
  get version(): number {
    return this.#versions.site;
  }

  get catalogueVersion(): number {
    return this.#versions.catalogue;
  }

  /** The version of the site's open lists that was taken last. */
  get listsVersion(): number {
    return this.#versions.lists;
  }

  /** Writes a tick. A decision without anything in it costs nothing. */
  commit(decision: Decision): CommittedTick {
    const { readings, movements, observations, tagPlaces, exceptions, scansSeen, clocks, scanners, nowMs } = decision;
    const lists = [readings, movements, observations, tagPlaces, exceptions, scansSeen, clocks, scanners];
    if (lists.every(list => list.length === 0)) return { movements: [] };
    return this.#transaction("writing a tick", pending => {
      this.#recorder.append(readings, nowMs);
      const stored = this.#outbox.append(movements, pending);
      this.#observations.append(observations, this.#outbox.current.epoch);
      this.#tags.putTick(decision);
      this.#exceptions.put(exceptions);
      return { movements: stored };
    });
  }

  // What the core asks.

  tagPlace(key: string): TagPlace | undefined {
    return this.#tags.get(key);
  }

  scanSeen(fingerprint: string): boolean {
    return this.#tags.hasScan(fingerprint);
  }

  clocks(): ClockSkew[] {
    return this.#tags.clocks();
  }

  scanners(): KeptScanner[] {
    return this.#tags.scanners();
  }

  // What the uplink sends.

  /** The epoch that movements get at the moment. */
  get epoch(): EpochState {
    return this.#outbox.current;
  }

  findEpoch(code: string): EpochState | undefined {
    return this.#outbox.epoch(code);
  }

  /** Epochs with unconfirmed movements, oldest first. */
  unconfirmed(): EpochState[] {
    return this.#outbox.epochs().filter(epoch => epoch.confirmed < epoch.last);
  }

  /** Epochs of which movements are kept, the latest `limit` of them, oldest first. */
  keptEpochs(limit: number): Epoch[] {
    const kept = this.#outbox.epochs().filter(({ firstKept, last }) => firstKept <= last);
    return kept.slice(-limit).map(({ epoch }) => epoch);
  }

  movementsFrom(epoch: EpochState, first: number, limit: number): StoredMovement[] {
    return this.#outbox.range(epoch, first, limit);
  }

  /** The hash of the chain after movement `seq` of the epoch; nothing if that movement was dropped. */
  hashAt(epoch: EpochState, seq: number): string | undefined {
    return this.#outbox.hashAt(epoch, seq);
  }

  /**
   * Chains the unconfirmed movements of an epoch, and of those after it, anew in a new epoch that follows what the centre confirmed
   * of this one: for a history that has two ends. Returns how many movements have a new identity.
   */
  reissue(code: string, nowMs: number): number {
    return this.#transaction("beginning a new epoch", () => {
      const forked = this.#outbox.epoch(code);
      if (forked === undefined) return 0;
      const { confirmed, confirmedHash, epoch, follows } = forked;
      const point = confirmed === 0 ? follows : { epoch, seq: confirmed, hash: confirmedHash };
      this.#outbox.beginEpoch(this.#newEpoch(), nowMs, point);
      return this.#outbox.rechain(code);
    });
  }

  /** The oldest that was counted and is not confirmed, as much of it as goes into one message. */
  observations(): WaitingObservations | undefined {
    return this.#observations.first();
  }

  /** Counted scans that the centre has not confirmed. */
  get observationsWaiting(): number {
    return this.#observations.waiting;
  }

  /** Whether an exception may be there that the centre was not told. */
  get mayHaveUntold(): boolean {
    return this.#exceptions.mayBeUntold;
  }

  /** The oldest exceptions that the centre does not have, or not as often, as many as go into one message. */
  untoldExceptions(): readonly EdgeException[] {
    return this.#exceptions.untold();
  }

  // What the centre says.

  /** The centre has committed exceptions, each as often as it says. */
  confirmExceptions({ taken }: Pick<EdgeExceptionsReply, "taken">): void {
    this.#transaction("taking a confirmation of exceptions", () => this.#exceptions.confirm(taken));
  }

  /** The centre has committed what was counted in the epoch up to `through`. */
  confirmObservations({ epoch, through }: Pick<ObservationsReply, "epoch" | "through">): void {
    this.#transaction("taking a confirmation of what was counted", () => this.#observations.confirm(epoch, through));
  }

  /** Takes what the centre committed. `gap`: changes before this one are missing, and a snapshot must make up for them. */
  confirm(change: Pick<SiteChange, "cursors" | "levels" | "version">): { readonly gap: boolean } {
    return this.#transaction("taking a confirmation", pending => {
      this.#confirmAll(change.cursors, pending);
      this.#stock.putLevels(change.levels, change.version);
      return { gap: this.#versions.take(change.version) };
    });
  }

  /** Takes a cursor that the centre reported, without levels. */
  confirmCursors(cursors: readonly Cursor[]): void {
    this.#transaction("taking cursors", pending => this.#confirmAll(cursors, pending));
  }

  /** Takes a page of a snapshot. `firstVersion` is the version of the snapshot's first page, from which on it is complete. */
  applySnapshot(page: SnapshotPage, firstVersion: number): void {
    this.#transaction("taking a snapshot", pending => {
      this.#confirmAll(page.cursors, pending);
      this.#stock.putLevels(page.levels, page.version);
      if (page.next !== undefined) return;
      this.#stock.dropLevelsBefore(firstVersion);
      this.#versions.takeAllUpTo(firstVersion);
    });
  }

  /** The centre is older than what it told before: its levels are taken anew. */
  forgetLevels(): void {
    this.#transaction("forgetting levels", () => {
      this.#stock.dropLevelsBefore(Number.MAX_SAFE_INTEGER);
      this.#versions.forget();
    });
  }

  applyCatalogue(items: readonly CatalogueItem[], version: number): void {
    this.#transaction("taking the catalogue", () => {
      this.#stock.putItems(items);
      this.#versions.takeCatalogue(version);
    });
  }

  forgetCatalogue(): void {
    this.#transaction("forgetting the catalogue", () => {
      this.#stock.clearCatalogue();
      this.#versions.takeCatalogue(0);
    });
  }

  /** Takes the open lists of the site, in place of those that were here. */
  applyLists(page: Pick<ListsPage, "version" | "cut" | "lists" | "followed">, nowMs: number): void {
    this.#transaction("taking the lists", () => {
      this.#lists.replace(page);
      this.#versions.takeLists(page, nowMs);
    });
  }

  // What the pages ask.

  /** The open lists as the centre told them last, and when that was: undefined before the first time. */
  lists(): KeptLists & { readonly cut: boolean; readonly atMs: number | undefined } {
    return { ...this.#lists.read(), ...this.#versions.listsTold };
  }

  /** Readings, the newest first. */
  readings(query: ReadingQuery): TimedReading[] {
    return this.#recorder.query(query);
  }

  /** Movements, the latest first. */
  movements(query: MovementQuery): StoredMovement[] {
    return this.#outbox.latest(query);
  }

  tags(query: TagQuery): TagPlace[] {
    return this.#tags.list(query);
  }

  /** Items by SKU, each with its stock at every place. */
  stock(query: StockQuery): ItemStock[] {
    return this.#stock.query(query);
  }

  /** Pending stock of classes of things that no item has. */
  unknownStock(limit: number): ItemStock[] {
    return this.#stock.unknown(limit);
  }

  /** The item that has a class key, with its stock at every place. */
  itemOf(classKey: string): ItemStock | undefined {
    return this.#stock.itemOf(classKey);
  }

  /** How many units of its item a class key counts as: 1, or what is in the pack. */
  unitsOf(classKey: string): number {
    return this.#stock.unitsOf(classKey);
  }

  /** The name of the item with this SKU. */
  nameOf(sku: string): string | undefined {
    return this.#stock.nameOf(sku);
  }

  skuOf(classKey: string): string | undefined {
    return this.#stock.skuOf(classKey);
  }

  exceptions(query: ExceptionQuery): StoredException[] {
    return this.#exceptions.query(query);
  }

  resolveException(id: number): boolean {
    return this.#transaction("resolving an exception", () => this.#exceptions.resolve(id));
  }

  /** Movements not yet confirmed, and the event time of the oldest of them. */
  backlog(): { readonly waiting: number; readonly oldestWaitingMs: number | undefined } {
    const oldest = this.unconfirmed()[0];
    const first = oldest === undefined ? undefined : this.#outbox.range(oldest, oldest.confirmed + 1, 1)[0];
    return { waiting: this.#outbox.waiting, oldestWaitingMs: first?.movement.eventTimeMs };
  }

  exceptionsOpen(): number {
    return this.#exceptions.open();
  }

  /** Everything counted: some of it walks an index, so it is for a page and not for each tick. */
  counts(): StoreCounts {
    const { epoch, last } = this.#outbox.current;
    const { readings, bytes } = this.#recorder.sums();
    return {
      epoch,
      lastSeq: last,
      ...this.backlog(),
      exceptionsOpen: this.exceptionsOpen(),
      tags: this.#tags.count(),
      readings,
      recorderBytes: bytes,
    };
  }

  [Symbol.dispose](): void {
    if (!this.#db.isOpen) return;
    this.#db.close();
    this.#lock[Symbol.dispose]();
  }

  #confirmAll(cursors: readonly Cursor[], pending: PendingChange): void {
    let confirmed = false;
    for (const { epoch, seq } of cursors) confirmed = this.#outbox.confirm(epoch, seq, pending) || confirmed;
    if (confirmed) this.#outbox.forget(this.#options.confirmedKept ?? limits.store.confirmedKept);
  }

  /** All of `work` is written and synced, or nothing of it; sums of pending stock are written at its end. */
  #transaction<T>(doing: string, work: (pending: PendingChange) => T): T {
    const sums = new Map<string, Map<string, number>>();
    const pending: PendingChange = (classKey, account, quantity) => {
      const accounts = sums.get(classKey) ?? new Map<string, number>();
      sums.set(classKey, accounts);
      accounts.set(account, (accounts.get(account) ?? 0) + quantity);
    };
    try {
      this.#db.exec("begin immediate");
      const result = work(pending);
      this.#stock.addPending(sums);
      this.#db.exec("commit");
      return result;
    } catch (error) {
      this.#rollBack();
      throw storeError(doing, this.#path, error);
    }
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec("rollback");
    this.#outbox.reload();
    this.#recorder.reload();
    this.#exceptions.reload();
    this.#observations.reload();
    this.#versions.reload();
  }

  #newEpoch(): Epoch {
    return Epoch.parse(Buffer.from(this.#options.randomBytes(8)).toString("hex"));
  }
}
