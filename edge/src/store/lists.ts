import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type ListsPage, SiteList } from "@tallygate/protocol";
import { int, text } from "./rows.ts";

/** The open lists as the centre told them last. */
export interface KeptLists {
  readonly lists: readonly SiteList[];
  /** How far the lists count the movements of each epoch; undefined when the centre did not say. */
  readonly followed: ReadonlyMap<string, number> | undefined;
}

/** The site's open lists. They are replaced as a whole: there are few, and each page is all of them. */
export class Lists {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #insertCursor: StatementSync;
  readonly #all: StatementSync;
  readonly #cursors: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare("insert into list (position, body) values (?, ?)");
    this.#insertCursor = db.prepare("insert into list_cursor (epoch, seq) values (?, ?)");
    this.#all = db.prepare("select body from list order by position");
    this.#cursors = db.prepare("select epoch, seq from list_cursor");
  }

  replace({ lists, followed = [] }: Pick<ListsPage, "lists" | "followed">): void {
    this.#db.exec("delete from list; delete from list_cursor");
    for (const [position, list] of lists.entries()) this.#insert.run(position, JSON.stringify(list));
    for (const { epoch, seq } of followed) this.#insertCursor.run(epoch, seq);
  }

  read(): KeptLists {
    const cursors = this.#cursors.all().map(row => [text(row, "epoch"), int(row, "seq")] as const);
    return {
      lists: this.#all.all().map(row => SiteList.parse(JSON.parse(text(row, "body")))),
      followed: cursors.length === 0 ? undefined : new Map(cursors),
    };
  }
}
