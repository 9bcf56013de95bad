import type { CandidatePrice } from "../../catalogue/prices/engine.ts";
import type { KnownPrice, Price, PriceKey } from "../../catalogue/prices/price.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

const time = (column: string) => `case when isfinite(p.${column}) then ${rfc3339(`p.${column}`)} end as ${column}`;

const columns = `p.id, i.sku, p.list, p.currency, nullif(p.customer_group, '') as customer_group, p.quantity_from, p.amount,
  ${time("valid_from")}, ${time("valid_until")}`;

export interface PriceFilter {
  readonly id?: number | undefined;
  readonly sku?: string | undefined;
  readonly list?: string | undefined;
  readonly currency?: string | undefined;
  readonly at?: string | undefined;
}

/** Prices in the order in which they were added, after `after`. */
export async function readPrices(
  db: Executor,
  { after, limit, ...filter }: PriceFilter & { readonly after: number; readonly limit: number },
): Promise<KnownPrice[]> {
  const conditions = new Conditions()
    .when(filter.id, value => `p.id = ${value}`)
    .when(filter.sku, value => `p.item_id = (select id from item where sku = ${value})`)
    .when(filter.list, value => `p.list = ${value}`)
    .when(filter.currency, value => `p.currency = ${value}`)
    .when(filter.at, value => `p.valid_from <= ${value}::timestamptz and p.valid_until > ${value}::timestamptz`);
  conditions.add(`p.id > ${conditions.value(after)}`);
  const { rows } = await db.query<KnownPrice>(
    `select ${columns} from price p join item i on i.id = p.item_id ${conditions.where()} order by p.id limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** What may hold for an item at a moment: its own prices and its family's, for everyone and for a group. Undefined without the item. */
export async function readCandidates(
  db: Executor,
  asked: Omit<PriceKey, "quantity_from"> & { readonly at: string },
): Promise<readonly CandidatePrice[] | undefined> {
  const { rows } = await db.query<CandidatePrice & { id: number | null }>({
    name: "prices-read-candidates",
    text: `select p.id, i.sku, nullif(p.customer_group, '') as customer_group, p.quantity_from, p.amount, ${time("valid_from")},
        ${time("valid_until")}
      from item asked left join (price p join item i on i.id = p.item_id) on p.item_id in (asked.id, asked.family_id)
        and p.list = $2 and p.currency = $3 and p.customer_group in ('', $4)
        and p.valid_from <= $5::timestamptz and p.valid_until > $5::timestamptz
      where asked.sku = $1`,
    values: [asked.sku, asked.list, asked.currency, asked.customer_group ?? "", asked.at],
  });
  return rows.length === 0 ? undefined : rows.filter(row => row.id !== null);
}

/** Which of these SKUs there are. */
export async function readSkusThatExist(db: Executor, skus: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ sku: string }>({
    name: "prices-read-skus",
    text: "select sku from item where sku = any($1::text[])",
    values: [binaryArray.text(skus)],
  });
  return new Set(rows.map(row => row.sku));
}

/** All prices of these keys, whenever they hold. */
export async function readPricesOfKeys(db: Executor, keys: readonly PriceKey[]): Promise<readonly KnownPrice[]> {
  const { rows } = await db.query<KnownPrice>({
    name: "prices-read-of-keys",
    text: `select ${columns}
      from (select distinct * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
        as k (sku, list, currency, customer_group, quantity_from)) k
      join item i on i.sku = k.sku
      join price p on p.item_id = i.id and p.list = k.list and p.currency = k.currency and p.customer_group = k.customer_group
        and p.quantity_from = k.quantity_from`,
    values: keyArrays(keys),
  });
  return rows;
}

function keyArrays(keys: readonly PriceKey[]): unknown[] {
  return [
    binaryArray.text(keys.map(key => key.sku)),
    binaryArray.text(keys.map(key => key.list)),
    binaryArray.text(keys.map(key => key.currency)),
    binaryArray.text(keys.map(key => key.customer_group ?? "")),
    binaryArray.bigint(keys.map(key => key.quantity_from)),
  ];
}

/** Adds prices, and gives their numbers in the same order. */
export async function insertPrices(client: Client, prices: readonly Price[]): Promise<readonly number[]> {
  if (prices.length === 0) return [];
  const { rows } = await client.query<{ id: number }>({
    name: "prices-insert",
    text: `insert into price (item_id, list, currency, customer_group, quantity_from, amount, valid_from, valid_until)
      select i.id, list, currency, customer_group, quantity_from, amount, coalesce(valid_from, '-infinity'), coalesce(valid_until, 'infinity')
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::timestamptz[])
        with ordinality as g (sku, list, currency, customer_group, quantity_from, amount, valid_from, valid_until, position)
      join item i using (sku) order by position returning id`,
    values: [
      ...keyArrays(prices),
      binaryArray.bigint(prices.map(price => price.amount)),
      prices.map(price => price.valid_from),
      prices.map(price => price.valid_until),
    ],
  });
  return rows.map(row => row.id);
}

/** Changes what prices are and when they end. */
export async function updatePrices(client: Client, prices: readonly KnownPrice[]): Promise<void> {
  if (prices.length === 0) return;
  await client.query({
    name: "prices-update",
    text: `update price set amount = g.amount, valid_until = coalesce(g.valid_until, 'infinity'), updated_at = now()
      from unnest($1::integer[], $2::bigint[], $3::timestamptz[]) as g (id, amount, valid_until) where price.id = g.id`,
    values: [
      binaryArray.integer(prices.map(price => price.id)),
      binaryArray.bigint(prices.map(price => price.amount)),
      prices.map(price => price.valid_until),
    ],
  });
}
