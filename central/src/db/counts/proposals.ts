import { countLimits } from "../../counts/limits.ts";
import type { Candidate } from "../../counts/propose.ts";
import type { Executor } from "../pool.ts";

type Nullable<T> = { readonly [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K] };

/**
 * Items at places of a site with what bears on when to count them, those first of which most is there. Movements are looked at of the
 * last year at most, as far back as nothing was proven.
 */
export async function readCandidates(
  db: Executor,
  { site, priceList, examine }: { readonly site: string; readonly priceList: string; readonly examine: number },
): Promise<readonly Candidate[]> {
  const { rows } = await db.query<Nullable<Candidate>>(
    `with level as materialized (
       select k.item_id, k.place_id, k.on_hand, place.code as place from site join stock k on k.site_id = site.id
         join place on place.id = k.place_id
       where site.code = $1 and k.on_hand <> 0 and not place.outside order by abs(k.on_hand) desc limit $3
     )
     select item.sku, level.place, level.on_hand as "onHand", cost.amount as price,
       (extract(epoch from proof.at) * 1000)::bigint as "provenMs", (extract(epoch from moved.since) * 1000)::bigint as "sinceMs",
       moved.adjustments::integer as adjustments, moved.movements::integer as movements,
       (select count(*)::integer from exception x join site on site.id = x.site_id and site.code = $1 where x.state = 'open'
         and (x.key = any(array(select class_key from item_code where item_id = level.item_id)) or x.key = level.place
           or x.key = item.sku || '/' || level.place)) as exceptions
     from level join item on item.id = level.item_id
     left join lateral (
       select amount from price where item_id = level.item_id and customer_group = '' and now() >= valid_from and now() < valid_until
       order by list <> $2, list, quantity_from limit 1
     ) cost on true
     left join lateral (
       select max(counted_at) as at from stock_count_line l where l.item_id = level.item_id and l.place_id = level.place_id
     ) proof on true
     cross join lateral (
       select count(*) as movements, min(p.event_time) as since, count(*) filter (where other.outside and other.code in ('loss', 'found'))
           as adjustments
       from (select * from posting where item_id = level.item_id and (posted_to = level.place_id or posted_from = level.place_id)
           and event_time > coalesce(proof.at, now() - interval '1 year') limit ${countLimits.movementsExaminedMax}) p
       join place other on other.id = case when p.posted_to = level.place_id then p.posted_from else p.posted_to end
     ) moved`,
    [site, priceList, examine],
  );
  return rows.map(({ price, provenMs, sinceMs, ...row }) => ({
    ...row,
    price: price ?? undefined,
    provenMs: provenMs ?? undefined,
    sinceMs: sinceMs ?? undefined,
  }));
}
