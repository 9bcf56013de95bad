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
  readonly on_hand: number | null;
  readonly sum: number;
}

/** Adds up the postings of items, compares with their levels, at one moment, and gives the first that differs. */
export async function compareBalances(db: Executor, items: readonly number[]): Promise<BalancesPage> {
  const { rows } = await db.query<BalancesPage>(
    `with line as materialized (
       select item_id, posted_from, posted_to, quantity from posting where item_id = any($1::integer[])
     ), summed as (
       select item_id, place_id, sum(quantity)::bigint as sum from (
         select item_id, posted_to as place_id, quantity from line union all select item_id, posted_from, -quantity from line
       ) side group by item_id, place_id
     ), compared as (
       select coalesce(s.item_id, k.item_id) as item_id, coalesce(s.place_id, k.place_id) as place_id, k.site_id, k.on_hand,
         coalesce(s.sum, 0) as sum
       from summed s full join (select * from stock where item_id = any($1::integer[])) k
         on k.item_id = s.item_id and k.place_id = s.place_id
     ), wrong as (
       select c.item_id, item.sku, site.code as site, place.code as place, c.on_hand, c.sum
       from compared c left join item on item.id = c.item_id left join place on place.id = c.place_id
       left join site on site.id = place.site_id
       where coalesce(c.on_hand, 0) <> c.sum or c.site_id <> place.site_id or place.id is null or item.id is null
       order by c.item_id, c.place_id limit 1
     )
     select (select count(*) from compared) as balances, (select count(*) from line) as lines,
       (select row_to_json(wrong) from wrong) as fault`,
    [items],
  );
  return rows[0] ?? { balances: 0, lines: 0, fault: null };
}
