import { AckPolicy, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import {
  type Batch,
  type CatalogueItem,
  CatalogueRequest,
  contractVersion,
  type EdgeException,
  EdgeExceptions,
  genesisHash,
  Hello,
  hashBatch,
  type Level,
  ListsRequest,
  type Movement,
  movementsStream,
  Observations,
  parseBatch,
  type SiteChange,
  type SiteId,
  type SiteList,
  SnapshotRequest,
  subjects,
} from "@tallygate/protocol";

/** What the centre has of an epoch. */
interface FakeEpoch {
  readonly follows: { readonly epoch: string; readonly seq: number } | undefined;
  readonly hashes: string[];
  readonly movements: Movement[];
}

/** What a test may spoil. */
export interface FakeFaults {
  /** So many batches are acknowledged and forgotten, as a stream does that lost its storage. */
  loseBatches: number;
  /** Movements are committed, but nobody is told. */
  mute: boolean;
  /** Requests are not answered. */
  deaf: boolean;
}

/**
 * A centre in memory that speaks the contract over a real NATS server: cursors, chain, resends, levels and catalogue. What it has
 * stays when NATS goes, as a database would: `connect` may be called again.
 */
export class FakeCentre implements AsyncDisposable {
  readonly faults: FakeFaults = { loseBatches: 0, mute: false, deaf: false };
  readonly site: SiteId;
  readonly epochs = new Map<string, FakeEpoch>();
  readonly batches: Batch[] = [];
  readonly refused: string[] = [];
  readonly hellos: Hello[] = [];
  /** What was counted, by epoch and number. */
  readonly counted = new Map<string, Observations["observations"][number]>();
  /** What the edge could not use, by its own numbers. */
  readonly exceptions = new Map<number, EdgeException>();
  snapshots = 0;
  version = 0;
  pageRows = 2;
  readonly levels = new Map<string, Level>();
  /** The open lists, and how far they count the site's movements: up to the last that the centre has, unless a test holds it back. */
  lists: readonly SiteList[] = [];
  listsVersion = 0;
  followed: ReadonlyMap<string, number> | undefined;
  readonly items: { readonly version: number; readonly item: CatalogueItem }[] = [];
  #connection: NatsConnection | undefined;

  constructor(site: SiteId) {
    this.site = site;
  }

  /** Makes the stream if it is not there, and begins to read and answer. */
  async connect(url: string): Promise<this> {
    const connection = await connect({ servers: url, reconnect: false });
    this.#connection = connection;
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: movementsStream, subjects: [subjects.allMovements] });
    await manager.consumers.add(movementsStream, { durable_name: "fake", ack_policy: AckPolicy.Explicit });
    this.#answer(subjects.hello("*"), message => this.#hello(Hello.parse(message)));
    this.#answer(subjects.snapshot("*"), message => this.#snapshotPage(SnapshotRequest.parse(message)));
    this.#answer(subjects.catalogue("*"), message => this.#cataloguePage(CatalogueRequest.parse(message)));
    this.#answer(subjects.lists("*"), message => this.#listsPage(ListsRequest.parse(message)));
    this.#answer(subjects.exceptions("*"), message => this.#takeExceptions(EdgeExceptions.parse(message)));
    this.#answer(subjects.observations("*"), message => this.#takeCounted(Observations.parse(message)));
    const consumer = await jetstream(connection).consumers.get(movementsStream, "fake");
    await consumer.consume({ callback: (message: JsMsg) => this.#take(message), max_messages: 100 });
    return this;
  }

  async disconnect(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
  }

  /** All movements that the centre has, in the order in which it committed them. */
  readonly ledger: { readonly epoch: string; readonly seq: number; readonly movement: Movement }[] = [];

  cursorOf(epoch: string): number {
    return this.epochs.get(epoch)?.movements.length ?? 0;
  }

  /** Something else than a movement of the edge changed a level. */
  setLevel(level: Level, options: { readonly silently?: boolean } = {}): void {
    this.levels.set(`${level.sku} ${level.place}`, level);
    this.#change([], [level], options.silently ?? false);
  }

  addItem(item: CatalogueItem): void {
    this.items.push({ version: this.items.length + 1, item });
    const message = { v: contractVersion, version: this.items.length };
    this.#connection?.publish(subjects.catalogueChanged, JSON.stringify(message));
  }

  setLists(lists: readonly SiteList[], followed?: ReadonlyMap<string, number>): void {
    this.lists = lists;
    this.followed = followed;
    this.listsVersion++;
    const message = { v: contractVersion, site: this.site, version: this.listsVersion };
    this.#connection?.publish(subjects.listsChanged(this.site), JSON.stringify(message));
  }

  #listsPage({ epochs = [] }: ListsRequest): unknown {
    const followed = epochs.map(epoch => ({ epoch, seq: this.followed?.get(epoch) ?? this.cursorOf(epoch) }));
    const { site, listsVersion: version, lists } = this;
    return { v: contractVersion, site, version, cut: false, lists, followed };
  }

  #take(message: JsMsg): void {
    message.ack();
    if (this.faults.loseBatches > 0) {
      this.faults.loseBatches--;
      return;
    }
    const parsed = parseBatch(new TextDecoder().decode(message.data));
    if (parsed.ok) this.#apply(parsed.value);
    else this.refused.push(parsed.problem.detail);
  }

  #apply(batch: Batch): void {
    this.batches.push(batch);
    const { follows } = batch;
    const known = this.epochs.get(batch.epoch);
    if (known === undefined && batch.first > 1) {
      this.#resend(batch.epoch, 1, "unknown epoch");
      return;
    }
    if (known === undefined && follows !== undefined && this.#hashAt(follows.epoch, follows.seq) !== follows.hash) {
      this.#resend(follows.epoch, this.cursorOf(follows.epoch) + 1, "the point before is missing");
      return;
    }
    const epoch = known ?? { follows, hashes: [], movements: [] };
    const skip = epoch.movements.length - batch.first + 1;
    if (skip < 0) {
      this.#resend(batch.epoch, epoch.movements.length + 1, "gap");
      return;
    }
    const hashes = hashBatch(batch);
    const before = batch.first === 1 ? (follows?.hash ?? genesisHash) : epoch.hashes[batch.first - 2];
    if (before !== batch.before || hashes.at(-1) !== batch.after) {
      this.refused.push("chain");
      this.#resend(batch.epoch, epoch.movements.length + 1, "chain");
      return;
    }
    this.epochs.set(batch.epoch, epoch);
    for (const [index, movement] of batch.movements.entries()) {
      if (index < skip) continue;
      epoch.movements.push(movement);
      epoch.hashes.push(hashes[index] ?? "");
      this.ledger.push({ epoch: batch.epoch, seq: epoch.movements.length, movement });
    }
    const levels = batch.movements.slice(Math.max(0, skip)).flatMap(movement => this.#post(movement));
    this.#change([{ epoch: batch.epoch, seq: epoch.movements.length }], levels, this.faults.mute);
  }

  #hashAt(epoch: string, seq: number): string | undefined {
    return this.epochs.get(epoch)?.hashes[seq - 1];
  }

  #post({ code, quantity, from, to }: Movement): Level[] {
    const classKey = code.replace(/\(21\).*/, "");
    const item = this.items.find(known => known.item.classKeys.includes(classKey))?.item;
    if (item === undefined) return [];
    return [this.#add(item.sku, from, -quantity), this.#add(item.sku, to, quantity)];
  }

  #add(sku: Level["sku"], place: Level["place"], quantity: number): Level {
    const known = this.levels.get(`${sku} ${place}`) ?? { sku, place, onHand: 0, reserved: 0, blocked: 0 };
    const level = { ...known, onHand: known.onHand + quantity };
    this.levels.set(`${sku} ${place}`, level);
    return level;
  }

  #change(cursors: { epoch: Batch["epoch"]; seq: number }[], levels: Level[], silently: boolean): void {
    this.version++;
    if (silently) return;
    const { site, version } = this;
    const change: SiteChange = { v: contractVersion, site, version, cursors, levels, recordTimeMs: 0 };
    this.#connection?.publish(subjects.change(site), JSON.stringify(change));
  }

  #resend(epoch: string, from: number, reason: string): void {
    const message = { v: contractVersion, site: this.site, epoch, from, reason };
    this.#connection?.publish(subjects.resend(this.site), JSON.stringify(message));
  }

  #answer(subject: string, answer: (message: unknown) => unknown): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null && !this.faults.deaf) message.respond(JSON.stringify(answer(message.json())));
    };
    this.#connection?.subscribe(subject, { callback });
  }

  #hello(hello: Hello): unknown {
    this.hellos.push(hello);
    const cursors = hello.epochs.map(({ epoch }) => {
      const seq = this.cursorOf(epoch);
      return { epoch, seq, hash: this.#hashAt(epoch, seq) ?? genesisHash };
    });
    const { site, version } = this;
    return { v: contractVersion, site, version, catalogueVersion: this.items.length, cursors, timeMs: 0 };
  }

  #takeExceptions({ exceptions }: EdgeExceptions): unknown {
    for (const exception of exceptions) this.exceptions.set(exception.id, exception);
    return { v: contractVersion, site: this.site, taken: exceptions.map(({ id, count }) => ({ id, count })) };
  }

  #takeCounted({ epoch, observations }: Observations): unknown {
    for (const observation of observations) this.counted.set(`${epoch}/${observation.seq}`, observation);
    return { v: contractVersion, site: this.site, epoch, through: observations.at(-1)?.seq };
  }

  #snapshotPage({ after }: SnapshotRequest): unknown {
    this.snapshots++;
    const all = [...this.levels.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const rest = after === undefined ? all : all.filter(level => keyOf(level) > keyOf(after));
    const levels = rest.slice(0, this.pageRows);
    const last = rest.length > levels.length ? levels.at(-1) : undefined;
    const cursors = [...this.epochs].map(([epoch, { movements }]) => ({ epoch, seq: movements.length }));
    const next = last === undefined ? {} : { next: { sku: last.sku, place: last.place } };
    return { v: contractVersion, site: this.site, version: this.version, cursors, levels, ...next };
  }

  #cataloguePage({ since }: CatalogueRequest): unknown {
    const rest = this.items.filter(known => known.version > since);
    const page = rest.slice(0, this.pageRows);
    const version = page.at(-1)?.version ?? this.items.length;
    const items = page.map(known => known.item);
    return { v: contractVersion, version, more: rest.length > page.length, items };
  }
}

function keyOf({ sku, place }: { readonly sku: string; readonly place: string }): string {
  return `${sku} ${place}`;
}
