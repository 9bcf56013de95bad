import type { DatabaseSync, StatementSync } from "node:sqlite";
import { limits } from "../limits.ts";
import { int } from "./rows.ts";

/** How far this store is with what the centre tells of the site, of its catalogue and of its open lists. Written in the store's transactions. */
export class SiteVersions {
  readonly #get: StatementSync;
  readonly #set: StatementSync;
  /** Versions of the site that came before one that is missing. */
  readonly #ahead = new Set<number>();
  #site = 0;
  #catalogue = 0;
  #lists = 0;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare("select value from meta where name = ?");
    this.#set = db.prepare("insert or replace into meta (name, value) values (?, ?)");
    this.reload();
  }

  /** The site's version at the centre up to which every change is here. */
  get site(): number {
    return this.#site;
  }

  get catalogue(): number {
    return this.#catalogue;
  }

  get lists(): number {
    return this.#lists;
  }

  /** What was told of the open lists the last time: whether all of them, and when. */
  get listsTold(): { readonly cut: boolean; readonly atMs: number | undefined } {
    const atMs = this.#read("listsAtMs");
    return { cut: this.#read("listsCut") === 1, atMs: atMs === 0 ? undefined : atMs };
  }

  /** Takes one change of the site. Gives whether changes before it are missing. */
  take(version: number): boolean {
    if (version > this.#site) this.#ahead.add(version);
    this.#advance();
    const gap = version > this.#site;
    if (this.#ahead.size > limits.store.versionsAheadMax) this.#ahead.clear();
    return gap;
  }

  /** All up to this version is here. */
  takeAllUpTo(version: number): void {
    this.#site = Math.max(this.#site, version);
    this.#set.run("version", this.#site);
    this.#advance();
  }

  forget(): void {
    this.#site = 0;
    this.#ahead.clear();
    this.#set.run("version", 0);
  }

  takeCatalogue(version: number): void {
    this.#catalogue = version;
    this.#set.run("catalogueVersion", version);
  }

  takeLists({ version, cut }: { readonly version: number; readonly cut: boolean }, nowMs: number): void {
    this.#lists = version;
    this.#set.run("listsVersion", version);
    this.#set.run("listsCut", cut ? 1 : 0);
    this.#set.run("listsAtMs", nowMs);
  }

  /** As the database has it, after a transaction that was rolled back. */
  reload(): void {
    this.#site = this.#read("version");
    this.#catalogue = this.#read("catalogueVersion");
    this.#lists = this.#read("listsVersion");
    this.#ahead.clear();
  }

  #advance(): void {
    const before = this.#site;
    for (const version of this.#ahead) if (version <= this.#site) this.#ahead.delete(version);
    while (this.#ahead.delete(this.#site + 1)) this.#site++;
    if (this.#site !== before) this.#set.run("version", this.#site);
  }

  #read(name: string): number {
    const row = this.#get.get(name);
    return row === undefined ? 0 : int(row, "value");
  }
}
