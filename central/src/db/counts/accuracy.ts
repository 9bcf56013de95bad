import type { Executor } from "../pool.ts";
import { Conditions } from "../queries/sql.ts";

export const accuracyGroups = ["total", "day", "week", "month", "place", "sku"] as const;
export type AccuracyGroup = (typeof accuracyGroups)[number];

export interface AccuracyRow {
  readonly group: string;
  /** Items at places that were counted, and those that were right. */
  readonly counted: number;
  readonly right: number;
  readonly units_expected: number;
  readonly units_counted: number;
  /** Found and lost alike. */
  readonly units_off: number;
  readonly value_off: number;
  /** Null where there is no price, or prices in more than one currency. */
  readonly currency: string | null;
}

const groups: Readonly<Record<AccuracyGroup, string>> = {
  total: "''",
  day: "to_char(l.counted_at at time zone 'UTC', 'YYYY-MM-DD')",
  week: `to_char(l.counted_at at time zone 'UTC', 'IYYY-"W"IW')`,
  month: "to_char(l.counted_at at time zone 'UTC', 'YYYY-MM')",
  place: "place.code",
  sku: "item.sku",
};

/** How right stock was found to be at a site, by posted counts, in the order of the groups, after `after`. */
export async function readAccuracy(
  db: Executor,
  {
    site,
    from,
    to,
    by,
  }: {
    readonly site: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly by: AccuracyGroup;
  },
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly AccuracyRow[]> {
  const conditions = new Conditions()
    .when(site, value => `l.site_id = (select id from site where code = ${value})`)
    .when(from, value => `l.counted_at >= ${value}::timestamptz`)
    .when(to, value => `l.counted_at < ${value}::timestamptz`)
    .when(after, value => `${groups[by]} > ${value}`);
  const { rows } = await db.query<AccuracyRow>(
    `select ${groups[by]} as group, count(*)::integer as counted, (count(*) filter (where l.adjusted = 0))::integer as right,
       sum(l.counted - l.adjusted)::bigint as units_expected, sum(l.counted)::bigint as units_counted,
       sum(abs(l.adjusted))::bigint as units_off, coalesce(sum(abs(l.adjusted) * l.price), 0)::bigint as value_off,
       case when count(distinct l.currency) = 1 then min(l.currency) end as currency
     from stock_count_line l join place on place.id = l.place_id join item on item.id = l.item_id
     ${conditions.where()} group by 1 order by 1 limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}
