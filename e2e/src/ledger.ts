import type { Catalogue, SimulationTruth } from "@tallygate/firmware-sim";
import { isOutside } from "@tallygate/protocol";
import pg from "pg";
import type { System } from "./system.ts";

/** Makes a simulation's items known to the centre, as an integrator would. */
export async function seedCatalogue(system: System, catalogue: Catalogue): Promise<void> {
  for (const { sku, name, gtin } of catalogue.items) {
    const response = await system.post("/v1/items", { sku, name, gtins: [gtin] });
    if (response.status !== 201)
      throw new Error(`${sku} was answered with ${response.status}: ${await response.text()}`);
  }
}

interface StockPage {
  readonly items: readonly {
    readonly sku: string;
    readonly places: readonly { readonly site: string; readonly place: string; readonly on_hand: number }[];
  }[];
  readonly next_cursor: string | null;
}

/** On hand by `site place sku`, as the centre's API tells it; what is 0 is left out. */
export async function stockOf(system: System): Promise<Map<string, number>> {
  const stock = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: StockPage = await system.get(`/v1/stock?limit=100${query}`);
    for (const { sku, places } of page.items) {
      for (const { site, place, on_hand } of places) if (on_hand !== 0) stock.set(`${site} ${place} ${sku}`, on_hand);
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return sorted(stock);
}

/** The same of what really happened. */
export function stockOfTruth(truth: SimulationTruth): Map<string, number> {
  const rows = truth.stock.filter(row => row.onHand !== 0 && !isOutside(row.place));
  return sorted(new Map(rows.map(row => [`${row.site} ${row.place} ${row.sku}`, row.onHand])));
}

function sorted(map: Map<string, number>): Map<string, number> {
  return new Map([...map].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What must hold in the ledger whatever happened. Each entry is a fault; none is right. */
export async function faultsOfLedger(system: System): Promise<string[]> {
  const client = new pg.Client({ connectionString: system.database.url });
  await client.connect();
  try {
    const faults: string[] = [];
    for (const [fault, sql] of Object.entries(checks)) {
      const { rows } = await client.query(sql);
      for (const row of rows) faults.push(`${fault}: ${JSON.stringify(row)}`);
    }
    return faults;
  } finally {
    await client.end();
  }
}

const checks: Readonly<Record<string, string>> = {
  "an epoch has a gap, or more than its cursor says": `
    select e.id, e.cursor_seq, count(m.seq) from epoch e left join movement m on m.epoch_id = e.id
     group by e.id having count(m.seq) <> e.cursor_seq or coalesce(max(m.seq), 0) <> e.cursor_seq`,
  "a stock level is not the sum of its postings": `
    with line as (
      select item_id, posted_to as place_id, quantity from posting
      union all select item_id, posted_from, -quantity from posting
    ), summed as (select item_id, place_id, sum(quantity) as on_hand from line group by 1, 2)
    select * from summed full join stock using (item_id, place_id)
     where coalesce(summed.on_hand, 0) <> coalesce(stock.on_hand, 0)`,
  "an item does not sum to zero over all accounts": `
    select item_id, sum(on_hand) from stock group by 1 having sum(on_hand) <> 0`,
};

/** How many epochs the site has, and of how many movements the ledger knows. */
export async function countsOf(system: System): Promise<{ readonly epochs: number; readonly movements: number }> {
  const client = new pg.Client({ connectionString: system.database.url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select (select count(*)::int from epoch) as epochs, (select count(*)::int from movement) as movements",
    );
    return rows[0];
  } finally {
    await client.end();
  }
}
