import { Movement } from "@tallygate/protocol";
import { z } from "zod";
import type { Recorded } from "../../stock/model.ts";
import type { HeldMovement } from "../../stock/plan.ts";
import { thingOf } from "../../stock/thing.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

export async function insertHeld(client: Client, held: readonly HeldMovement[]): Promise<void> {
  if (held.length === 0) return;
  await client.query({
    name: "ledger-insert-held",
    text: `insert into held_movement (epoch_id, seq, class_key, problem)
      select * from unnest($1::integer[], $2::bigint[], $3::text[], $4::text[])`,
    values: [
      binaryArray.integer(held.map(({ recorded }) => recorded.epochId)),
      binaryArray.bigint(held.map(({ recorded }) => recorded.seq)),
      binaryArray.text(held.map(({ recorded }) => recorded.thing.classKey)),
      binaryArray.text(held.map(({ problem }) => problem)),
    ],
  });
}

const HeldRow = z.object({ epoch_id: z.int(), seq: z.int(), site_id: z.int(), movement: Movement });

/** Takes movements that wait for these class keys, the oldest event first, at most `count` of them. */
export async function takeHeld(
  client: Client,
  classKeys: readonly string[],
  count: number,
): Promise<readonly Recorded[]> {
  const { rows } = await client.query({
    name: "ledger-take-held",
    text: `with oldest as (
        select m.epoch_id, m.seq from held_movement held cross join lateral movement_at(held.epoch_id, held.seq) m
        where class_key = any($1::text[]) and problem = 'movement.code_unknown'
        order by m.event_time, m.record_time, m.epoch_id, m.seq limit $2
      ), taken as (
        delete from held_movement held using oldest where held.epoch_id = oldest.epoch_id and held.seq = oldest.seq
        returning held.epoch_id, held.seq
      )
      select m.epoch_id, m.seq, m.site_id, json_build_object('code', m.code, 'quantity', m.quantity, 'from', m.from_account,
          'to', m.to_account, 'bizStep', m.biz_step, 'readPoint', m.read_point, 'cause', m.cause,
          'eventTimeMs', (extract(epoch from m.event_time) * 1000)::bigint) as movement
      from taken cross join lateral movement_at(taken.epoch_id, taken.seq) m order by m.event_time, m.record_time, m.epoch_id, m.seq`,
    values: [binaryArray.text(classKeys), count],
  });
  return z
    .array(HeldRow)
    .parse(rows)
    .map(({ epoch_id, seq, site_id, movement }) => {
      return { epochId: epoch_id, seq, siteId: site_id, movement, thing: thingOf(movement.code) };
    });
}

/** The sites whose levels the movements that wait for these class keys may change, and the sites that have those things. */
export async function readSitesOfHeld(client: Client, classKeys: readonly string[]): Promise<readonly number[]> {
  const { rows } = await client.query<{ site_id: number }>({
    name: "ledger-read-sites-of-held",
    text: `with waiting as (
        select m.site_id, m.code from held_movement held cross join lateral movement_at(held.epoch_id, held.seq) m
        where class_key = any($1::text[]) and problem = 'movement.code_unknown'
      )
      select site_id from waiting union select tag.site_id from waiting join tag using (code) order by 1`,
    values: [binaryArray.text(classKeys)],
  });
  return rows.map(row => row.site_id);
}
