import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CatalogueItem, Level } from "@tallygate/protocol";
import { int, type Row, text } from "./rows.ts";

/** An item's stock at a place: what the centre has, and what the movements on their way to it will change. */
export interface PlaceStock {
  readonly place: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
  readonly pending: number;
}

export interface ItemStock {
  /** Absent for a class of things that no item of the catalogue has; then `name` is the class key. */
  readonly sku: string | undefined;
  readonly name: string;
  readonly uom: string | undefined;
  /** Absent without an item. */
  readonly status?: string;
  readonly tracking?: string;
  readonly places: readonly PlaceStock[];
}

export interface StockQuery {
  readonly sku?: string;
  /** Beginning of the SKU, part of the name, or a class key. */
  readonly search?: string;
  /** The SKU after which the answer begins. */
  readonly after?: string;
  readonly limit: number;
}

/** Confirmed levels, pending sums and the catalogue that joins them. */
export class Stock {
  readonly #db: DatabaseSync;
  readonly #addPending: StatementSync;
  readonly #putLevel: StatementSync;
  readonly #putItem: StatementSync;
  readonly #places: StatementSync;
  readonly #items: StatementSync;
  readonly #search: StatementSync;
  readonly #unknown: StatementSync;
  readonly #skuOf: StatementSync;
  readonly #nameOf: StatementSync;
  readonly #unitsOf: StatementSync;
  readonly #pendingOf: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#addPending = db.prepare(
      `insert into pending (class_key, account, quantity) values (?, ?, ?)
         on conflict (class_key, account) do update set quantity = quantity + excluded.quantity`,
    );
    this.#putLevel = db.prepare(
      `insert into level (sku, place, on_hand, reserved, blocked, version) values (?, ?, ?, ?, ?, ?)
         on conflict (sku, place) do update set on_hand = excluded.on_hand, reserved = excluded.reserved,
           blocked = excluded.blocked, version = excluded.version
         where excluded.version >= version`,
    );
    this.#putItem = db.prepare("insert or replace into item (sku, name, uom, status, tracking) values (?, ?, ?, ?, ?)");
    this.#places = db.prepare(
      `select place, sum(on_hand) as on_hand, sum(reserved) as reserved, sum(blocked) as blocked, sum(pending) as pending
         from (
           select place, on_hand, reserved, blocked, 0 as pending from level where sku = ?1
           union all
           select account, 0, 0, 0, quantity * units from item_code join pending using (class_key) where sku = ?1
         )
        group by place having on_hand <> 0 or reserved <> 0 or blocked <> 0 or pending <> 0
        order by place`,
    );
    this.#items = db.prepare("select sku, name, uom, status, tracking from item where sku > ? order by sku limit ?");
    this.#search = db.prepare(
      `select sku, name, uom, status, tracking from item
        where sku > ?2 and (
          sku = ?1 or sku like ?3 escape '\\' or name like ?4 escape '\\'
          or sku in (select sku from item_code where class_key = ?1))
        order by sku limit ?5`,
    );
    this.#unknown = db.prepare(
      `select class_key, account, quantity from pending
        where quantity <> 0 and not exists (select 1 from item_code where item_code.class_key = pending.class_key)
        order by class_key, account limit ?`,
    );
    this.#skuOf = db.prepare("select sku from item_code where class_key = ?");
    this.#nameOf = db.prepare("select name from item where sku = ?");
    this.#unitsOf = db.prepare("select units from item_code where class_key = ?");
    this.#pendingOf = db.prepare("select account, quantity from pending where class_key = ? and quantity <> 0");
  }

  addPending(sums: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
    let zero = false;
    for (const [classKey, accounts] of sums) {
      for (const [account, quantity] of accounts) {
        if (quantity !== 0) this.#addPending.run(classKey, account, quantity);
        zero ||= quantity < 0;
      }
    }
    if (zero) for (const classKey of sums.keys()) this.#dropZero(classKey);
  }

  #dropZero(classKey: string): void {
    this.#zero ??= this.#db.prepare("delete from pending where class_key = ? and quantity = 0");
    this.#zero.run(classKey);
  }
  #zero: StatementSync | undefined;

  /** Takes each level unless a newer one is here. */
  putLevels(levels: readonly Level[], version: number): void {
    for (const { sku, place, onHand, reserved, blocked } of levels) {
      this.#putLevel.run(sku, place, onHand, reserved, blocked, version);
    }
  }

  /** A snapshot is complete: what it did not mention, and no later change brought, is not there any more. */
  dropLevelsBefore(version: number): void {
    this.#db.prepare("delete from level where version < ?").run(version);
  }

  putItems(items: readonly CatalogueItem[]): void {
    const dropCodes = this.#db.prepare("delete from item_code where sku = ?");
    const putCode = this.#db.prepare("insert or replace into item_code (class_key, sku, units) values (?, ?, ?)");
    for (const { sku, name, uom, classKeys, packs = [], status = "active", tracking = "none" } of items) {
      this.#putItem.run(sku, name, uom, status, tracking);
      dropCodes.run(sku);
      const units = new Map(packs.map(pack => [pack.classKey, pack.units]));
      for (const classKey of classKeys) putCode.run(classKey, sku, units.get(classKey) ?? 1);
    }
  }

  clearCatalogue(): void {
    this.#db.exec("delete from item; delete from item_code");
  }

  query({ sku, search, after = "", limit }: StockQuery): ItemStock[] {
    return this.#findItems(sku, search, after, limit).map(row => ({
      sku: text(row, "sku"),
      name: text(row, "name"),
      uom: text(row, "uom"),
      status: text(row, "status"),
      tracking: text(row, "tracking"),
      places: this.places(text(row, "sku")),
    }));
  }

  places(sku: string): PlaceStock[] {
    return this.#places.all(sku).map(row => ({
      place: text(row, "place"),
      onHand: int(row, "on_hand"),
      reserved: int(row, "reserved"),
      blocked: int(row, "blocked"),
      pending: int(row, "pending"),
    }));
  }

  /** What moved under codes that no item has, until the centre has it. */
  unknown(limit: number): ItemStock[] {
    const found = new Map<string, PlaceStock[]>();
    for (const row of this.#unknown.iterate(limit)) {
      const places = found.get(text(row, "class_key")) ?? [];
      found.set(text(row, "class_key"), places);
      places.push({
        place: text(row, "account"),
        onHand: 0,
        reserved: 0,
        blocked: 0,
        pending: int(row, "quantity"),
      });
    }
    return [...found].map(([name, places]) => ({ sku: undefined, name, uom: undefined, places }));
  }

  /** The item that has a class key; without one, what moves under the key itself. */
  itemOf(classKey: string): ItemStock | undefined {
    const sku = this.skuOf(classKey);
    if (sku !== undefined) return this.query({ sku, limit: 1 })[0];
    const places = this.#pendingOf.all(classKey).map(row => {
      return { place: text(row, "account"), onHand: 0, reserved: 0, blocked: 0, pending: int(row, "quantity") };
    });
    return places.length === 0 ? undefined : { sku: undefined, name: classKey, uom: undefined, places };
  }

  /** How many units of its item a class key counts as. */
  unitsOf(classKey: string): number {
    const row = this.#unitsOf.get(classKey);
    return row === undefined ? 1 : int(row, "units");
  }

  /** The name of the item with this SKU. */
  nameOf(sku: string): string | undefined {
    const row = this.#nameOf.get(sku);
    return row === undefined ? undefined : text(row, "name");
  }

  /** The SKU that has a class key. */
  skuOf(classKey: string): string | undefined {
    const row = this.#skuOf.get(classKey);
    return row === undefined ? undefined : text(row, "sku");
  }

  #findItems(sku: string | undefined, search: string | undefined, after: string, limit: number): Row[] {
    if (sku !== undefined) {
      const row = this.#db.prepare("select sku, name, uom, status, tracking from item where sku = ?").get(sku);
      return row === undefined ? this.#withoutItem(sku) : [row];
    }
    if (search === undefined || search === "") return this.#items.all(after, limit);
    const escaped = search.replace(/[\\%_]/g, "\\$&");
    return this.#search.all(search, after, `${escaped}%`, `%${escaped}%`, limit);
  }

  /** Levels may come before the catalogue's page with their item. */
  #withoutItem(sku: string): Row[] {
    return this.places(sku).length === 0 ? [] : [{ sku, name: sku, uom: "", status: "active", tracking: "none" }];
  }
}
