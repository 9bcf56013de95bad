import type { Executor } from "../pool.ts";

/** What a place is called, and whether it is an outside of its site. */
export interface PlaceName {
  readonly id: number;
  readonly site: string;
  readonly place: string;
  readonly outside: boolean;
}

export async function readPlaceNames(db: Executor, ids: readonly number[]): Promise<PlaceName[]> {
  const { rows } = await db.query<PlaceName>({
    name: "place-names",
    text: `select p.id, site.code as site, p.code as place, p.outside
           from place p join site on site.id = p.site_id where p.id = any($1::integer[])`,
    values: [ids],
  });
  return rows;
}
