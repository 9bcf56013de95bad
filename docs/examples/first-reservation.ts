import { type Client, isProblem } from "@tallygate/client";

/** Holds goods for a buyer; undefined when there are not enough. */
export async function hold(central: Client, sku: string, quantity: number): Promise<string | undefined> {
  try {
    const { id } = await central.post("/v1/reservations", { body: { lines: [{ sku, quantity }] } });
    return id;
  } catch (error) {
    if (isProblem(error, "reservation.insufficient")) return undefined;
    throw error;
  }
}

/** What is there of each item of a site, from as many pages as there are. */
export async function stockOf(central: Client, site: string): Promise<ReadonlyMap<string, number>> {
  const levels = new Map<string, number>();
  for await (const { sku, on_hand } of central.each("/v1/stock", { params: { query: { site } } })) {
    levels.set(sku, on_hand);
  }
  return levels;
}
