import { createMetrics } from "@tallygate/kit";
import type { ChangeFeed } from "../api/parts.ts";
import type { Pool } from "../db/pool.ts";
import type { TestServer } from "../db/testing.ts";
import type { Document } from "../documents/model.ts";
import { addDocument, documentOf } from "../documents/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { log, openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { newReservationId } from "../reservations/id.ts";
import { Names } from "../reservations/names.ts";
import { ask, openTestReservations, toReserve } from "../reservations/testing.ts";
import { type FollowerOptions, openFollower } from "./follower.ts";
import { createFollowMetrics } from "./metrics.ts";
import { followNext, type PassResult } from "./pass.ts";
import { settleShortages } from "./shortages.ts";
import { moveContents } from "./units.ts";

/** A feed that nobody speaks on: the follower looks by itself. */
export const silent: ChangeFeed = { subscribe: () => () => undefined };

/** Follows all that was recorded, and what follows from that, as one process does; gives what came of it. */
export async function followAll(
  pool: Pool,
  { passMovements }: { readonly passMovements?: number } = {},
): Promise<Omit<PassResult, "recordedMs" | "more">> {
  const names = new Names();
  const sum = { movements: 0, matched: [] as PassResult["matched"], misfits: [] as PassResult["misfits"], failed: 0 };
  for (;;) {
    const pass = await followNext({ pool, names, log, ...(passMovements !== undefined && { passMovements }) });
    const levels = await settleShortages(pool, names.directory);
    const units = await moveContents(pool, names.directory);
    sum.movements += pass.movements;
    sum.matched = [...sum.matched, ...pass.matched];
    sum.misfits = [...sum.misfits, ...pass.misfits];
    sum.failed += pass.failed;
    if (pass.movements === 0 && !levels.more && units.moved === 0) return sum;
  }
}

/** A follower that runs as it does in a process, as fast as it can. */
export function openTestFollower(pool: Pool, options: Partial<FollowerOptions> = {}) {
  const metrics = createFollowMetrics(createMetrics());
  const fast = { restMs: 0, lookMs: 10, leadEveryMs: 10 };
  const follower = openFollower({ pool, changes: silent, publish: () => undefined, metrics, log, ...fast, ...options });
  return { follower, metrics };
}

/** A ledger with a site, an item with a class code, and what tests do to documents. */
export interface FollowedLedger extends TestLedger {
  readonly lyon: TestEdge;
  document(given: Omit<Parameters<typeof addDocument>[1], "site"> & { readonly site?: string }): Promise<Document>;
  /** An order that is held for where the goods are. */
  order(quantity: number, where?: { readonly site?: string; readonly place?: string }): Promise<Document>;
  /** Opens a list for documents at a read point, and gives its id. */
  list(documents: readonly Document[], given?: Partial<GivenList>): Promise<string>;
  /** The matches of a document, `1 done 3 list` each. */
  matches(document: Document): Promise<readonly string[]>;
  /** Open exceptions, `problem key count` each. */
  open(): Promise<readonly string[]>;
  reserved(): Promise<Record<string, number>>;
}

interface GivenList {
  readonly site: string;
  readonly readPoint: string;
  readonly step: string;
  readonly openedMs: number;
  readonly closedMs: number;
}

export const oat = "(01)09506000134352";

export async function openFollowedLedger(server: TestServer): Promise<FollowedLedger> {
  const ledger = await openTestLedger(server);
  const { pool, rows } = ledger;
  const lyon = new TestEdge("lyon");
  await ledger.bind("OAT", oat);
  await ledger.apply(lyon.record({ code: oat, quantity: 100, to: "shelf" }, { code: oat, quantity: 20, to: "dock" }));
  await followAll(pool);
  const document: FollowedLedger["document"] = given => addDocument(pool, { site: "lyon", ...given });
  return {
    ...ledger,
    lyon,
    document,
    async order(quantity, { site = "lyon", place = "shelf" } = {}) {
      const order = await document({ kind: "order", site, state: "reserved", lines: [{ sku: "OAT", quantity }] });
      const lines = [{ sku: "OAT", quantity, site, place }];
      await using reservations = openTestReservations(pool);
      const held = await ask(reservations, toReserve(lines));
      if (!held.ok) throw new Error(held.problem.detail);
      await pool.query("update document set reservation_id = $1 where id = $2", [held.value.id, order.id]);
      return documentOf(pool, order.id);
    },
    async list(documents, given = {}) {
      const {
        site = "lyon",
        readPoint = "dock-1",
        step = "shipping",
        openedMs = Date.now() - 60_000,
        closedMs,
      } = given;
      const id = newReservationId();
      await pool.query(
        `insert into document_list (id, site_id, read_point, step, opened_at, closed_at, outcome)
         select $1, site.id, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000),
           case when $6::float8 is not null then '{}'::jsonb end from site where code = $2`,
        [id, site, readPoint, step, openedMs, closedMs ?? null],
      );
      for (const [position, { id: documentId }] of documents.entries()) {
        await pool.query("insert into document_list_member values ($1, $2, $3)", [id, position, documentId]);
      }
      return id;
    },
    async matches({ id }) {
      const found = await rows<{ told: string }>(
        `select line || ' ' || step || ' ' || quantity || ' ' || why as told from document_match
         where document_id = $1 order by event_time, epoch_id, seq, line, step`,
        [id],
      );
      return found.map(({ told }) => told);
    },
    async open() {
      const found = await rows<{ told: string }>(
        "select problem || ' ' || key || ' ' || count as told from exception where state = 'open' order by 1",
      );
      return found.map(({ told }) => told);
    },
    async reserved() {
      const found = await rows<{ code: string; reserved: number }>(
        "select code, reserved from stock join place on place.id = place_id where reserved <> 0 order by 1",
      );
      return Object.fromEntries(found.map(({ code, reserved }) => [code, reserved]));
    },
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  };
}
