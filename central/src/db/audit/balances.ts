import { lotInCode } from "../ledger/lots.ts";
import type { Executor } from "../pool.ts";

/** Items after `after` by number, counting those that only levels name. */
export async function nextItems(db: Executor, after: number, limit: number): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "audit-next-items",
    text: `select id from (
        (select id from item where id > $1 order by id limit $2)
        union (select distinct item_id from stock where item_id > $1 order by item_id limit $2)
      ) either order by id limit $2`,
    values: [after, limit],
  });
  return rows.map(row => row.id);
}

export interface BalancesPage {
  /** Accounts and lines that were added up. */
  readonly balances: number;
  readonly lines: number;
  readonly fault: WrongBalance | null;
}

export interface WrongBalance {
  readonly item_id: number;
  readonly sku: string | null;
  readonly site: string | null;
  readonly place: string | null;
  /** Of a lot, where the fault is in the sum of its postings alone. */
  readonly lot: string | null;
  /** What the fault is in: the sum of the postings, or what is blocked by the place and its lots. */
  readonly kind: "on_hand" | "blocked";
  /** What the level says; null where there is none. */
  readonly level: number | null;
  /** What it should be. */
  readonly sum: number;
}

const blockedByLots = `(select coalesce(sum(greatest(l.on_hand, 0)), 0)::bigint from lot_stock l join lot using (item_id, lot)
  where l.item_id = k.item_id and l.place_id = k.place_id and lot.status = 'blocked')`;

/**
 * Adds up the postings of items, compares with their levels and with what there is of their lots, at one moment, and gives the first that
 * differs.
 */
export async function compareBalances(db: Executor, items: readonly number[]): Promise<BalancesPage> {
  const { rows } = await db.query<BalancesPage>(
    `with line as materialized (
       select item_id, posted_from, posted_to, quantity, ${lotInCode} as lot from posting where item_id = any($1::integer[])
     ), side as (
       select item_id, posted_to as place_id, lot, quantity from line
       union all select item_id, posted_from, lot, -quantity from line
     ), summed as (
       select item_id, place_id, sum(quantity)::bigint as sum from side group by item_id, place_id
     ), compared as (
       select coalesce(s.item_id, k.item_id) as item_id, coalesce(s.place_id, k.place_id) as place_id, k.site_id, k.on_hand,
         coalesce(s.sum, 0) as sum
       from summed s full join (select * from stock where item_id = any($1::integer[])) k
         on k.item_id = s.item_id and k.place_id = s.place_id
     ), summed_lot as (
       select item_id, place_id, lot, sum(quantity)::bigint as sum from side where lot is not null group by item_id, place_id, lot
     ), fault as (
       select c.item_id, c.place_id, null as lot, 'on_hand' as kind, c.on_hand as level, c.sum from compared c
         left join place on place.id = c.place_id left join item on item.id = c.item_id
         where coalesce(c.on_hand, 0) <> c.sum or c.site_id <> place.site_id or place.id is null or item.id is null
       union all
       select coalesce(s.item_id, k.item_id), coalesce(s.place_id, k.place_id), coalesce(s.lot, k.lot), 'on_hand', k.on_hand,
         coalesce(s.sum, 0)
         from summed_lot s full join (select * from lot_stock where item_id = any($1::integer[])) k
           on k.item_id = s.item_id and k.place_id = s.place_id and k.lot = s.lot
         where coalesce(k.on_hand, 0) <> coalesce(s.sum, 0)
       union all
       select item_id, place_id, null, 'blocked', blocked, expected from (
         select k.*, case when place.available then ${blockedByLots} else greatest(k.on_hand, 0) end as expected
         from stock k join place on place.id = k.place_id where k.item_id = any($1::integer[]) and not place.outside
       ) k where blocked <> expected
     ), wrong as (
       select f.item_id, item.sku, site.code as site, place.code as place, f.lot, f.kind, f.level, f.sum
       from fault f left join item on item.id = f.item_id left join place on place.id = f.place_id
       left join site on site.id = place.site_id
       order by f.item_id, f.place_id, f.kind desc, f.lot nulls first limit 1
     )
     select (select count(*) from compared) as balances, (select count(*) from line) as lines,
       (select row_to_json(wrong) from wrong) as fault`,
    [items],
  );
  return rows[0] ?? { balances: 0, lines: 0, fault: null };
}
