import type { EdgeException } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

type Named = Pick<EdgeException, "day" | "problem" | "deviceId" | "key" | "count">;

/**
 * Keeps how often an edge says each of its exceptions has come; the site is locked.
 *
 * @returns by how much each is more than what was known, in their order
 */
export async function countEdgeExceptions(
  client: Client,
  siteId: number,
  exceptions: readonly Named[],
): Promise<readonly number[]> {
  const { rows } = await client.query<{ more: number }>({
    name: "exceptions-count-edge",
    text: `with given as (
        select * from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[])
          with ordinality as given (day, problem, device_id, key, count, position)
      ), known as (
        select given.*, greatest(0, given.count - coalesce(edge.count, 0)) as more
        from given left join edge_exception edge on edge.site_id = $1 and edge.day = given.day
          and edge.problem = given.problem and edge.device_id = given.device_id and edge.key = given.key
      ), kept as (
        insert into edge_exception as edge (site_id, day, problem, device_id, key, count)
        select $1, day, problem, device_id, key, count from known where more > 0
        on conflict (site_id, day, problem, device_id, key) do update set count = greatest(edge.count, excluded.count)
      )
      select more from known order by position`,
    values: [
      siteId,
      binaryArray.integer(exceptions.map(({ day }) => day)),
      binaryArray.text(exceptions.map(({ problem }) => problem)),
      binaryArray.text(exceptions.map(({ deviceId }) => deviceId)),
      binaryArray.text(exceptions.map(({ key }) => key)),
      binaryArray.bigint(exceptions.map(({ count }) => count)),
    ],
  });
  return rows.map(({ more }) => Number(more));
}
