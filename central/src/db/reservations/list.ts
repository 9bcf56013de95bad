import type { ReservationState } from "../../reservations/model.ts";
import type { Executor } from "../pool.ts";
import { Conditions } from "../queries/sql.ts";

export interface ReservationFilter {
  readonly state?: ReservationState | undefined;
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  /** Only those that hold at these sites and nowhere else. */
  readonly within?: readonly string[] | undefined;
  readonly reference?: string | undefined;
}

/** The ids of reservations, the newest first, before the one with the id `before`. */
export async function listReservations(
  db: Executor,
  { state, sku, site, within, reference }: ReservationFilter,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly string[]> {
  const conditions = new Conditions()
    .when(before, id => `r.id < ${id}::uuid`)
    .when(reference, value => `r.reference = ${value}`)
    .when(sku, value => holdWith(`h.item_id = (select id from item where sku = ${value})`))
    .when(site, value => holdWith(`h.site_id = (select id from site where code = ${value})`))
    .when(within, value => onlyAt(`(select id from site where code = any(${value}::text[]))`));
  if (state !== undefined) conditions.add(stateCondition(state));
  const { rows } = await db.query<{ id: string }>(
    `select r.id from reservation r ${conditions.where()} order by r.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows.map(row => row.id);
}

function holdWith(condition: string): string {
  return `r.id in (select h.reservation_id from reservation_hold h where ${condition})`;
}

function onlyAt(siteIds: string): string {
  return `not exists (select from reservation_hold h where h.reservation_id = r.id and h.site_id not in ${siteIds})`;
}

/** What is past its time has expired, also before it was swept. */
function stateCondition(state: ReservationState): string {
  if (state === "held") return "r.state = 'held' and (r.expires_at is null or r.expires_at > statement_timestamp())";
  const due = "r.state = 'held' and r.expires_at <= statement_timestamp()";
  return state === "expired" ? `(r.state = 'expired' or ${due})` : `r.state = '${state}'`;
}
