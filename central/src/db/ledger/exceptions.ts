import type { ProblemCode } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** Something that waits for a person. `key` tells one from another of the same problem at the same site. */
export interface ExceptionCase {
  readonly siteId: number | undefined;
  readonly problem: ProblemCode;
  readonly key: string;
  readonly detail: string;
  /** What could not be used, cut to the limit, and how long the whole was. */
  readonly body?: Uint8Array;
  readonly bodyBytes?: number;
  readonly count: number;
}

/** Keeps exceptions; one that is open already counts up, keeps its bytes and takes the newest detail. No key may stand twice. */
export async function keepExceptions(db: Executor, cases: readonly ExceptionCase[]): Promise<void> {
  if (cases.length === 0) return;
  await db.query({
    name: "ledger-keep-exceptions",
    text: `insert into exception (site_id, problem, key, detail, body, body_bytes, count)
      select * from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::integer[], $7::bigint[])
      order by 2, 3, 1
      on conflict (problem, key, coalesce(site_id, 0)) where state = 'open' do update
      set count = exception.count + excluded.count, last_time = now(), detail = excluded.detail,
        body = coalesce(exception.body, excluded.body), body_bytes = coalesce(exception.body_bytes, excluded.body_bytes)`,
    values: [
      binaryArray.integer(cases.map(found => found.siteId)),
      binaryArray.text(cases.map(found => found.problem)),
      binaryArray.text(cases.map(found => found.key)),
      binaryArray.text(cases.map(found => found.detail)),
      cases.map(found => (found.body === undefined ? null : Buffer.from(found.body))),
      binaryArray.integer(cases.map(found => found.bodyBytes)),
      binaryArray.bigint(cases.map(found => found.count)),
    ],
  });
}
