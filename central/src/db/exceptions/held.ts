import type { Client } from "../pool.ts";

/** Notes what took the place of a site's movements under a class key that make no sense. */
export async function markMended(
  client: Client,
  { id, siteId, classKey }: { readonly id: number; readonly siteId: number; readonly classKey: string },
): Promise<void> {
  await client.query({
    name: "exceptions-mark-mended",
    text: `update held_movement held set mended_by = $1
      where held.class_key = $3 and held.problem = 'movement.meaningless' and held.mended_by is null
        and exists (select from movement_at(held.epoch_id, held.seq) m where m.site_id = $2)`,
    values: [id, siteId, classKey],
  });
}
