import { TestEdge } from "../ingest/testing.ts";
import type { TestLedger } from "../ingest/testing-ledger.ts";

export const gtin = "(01)09506000134352";
export const thing = (serial: number) => `${gtin}(21)${serial}`;
const unit = "(00)395011010130000002";

/**
 * Two sites with all that can happen to a movement: posted, held for ever, bound later, late with one line and with two, already there,
 * a unit, taken from another site and from its outside, in three epochs of one store.
 */
export async function tellAll(
  ledger: TestLedger,
): Promise<{ readonly lyon: TestEdge; readonly oslo: TestEdge; readonly epochs: readonly string[] }> {
  const [lyon, oslo] = [new TestEdge("lyon"), new TestEdge("oslo")];
  await ledger.bind("OAT", gtin);
  await ledger.apply(
    lyon.record(
      { code: gtin, quantity: 10, eventTimeMs: 100 },
      { code: thing(1), eventTimeMs: 110 },
      { code: thing(2), eventTimeMs: 120, epcHex: "30AA" },
      { code: thing(1), from: "dock", to: "shelf", eventTimeMs: 130 },
      { code: thing(1), from: "dock", to: "shelf", eventTimeMs: 140 },
      { code: unit, eventTimeMs: 150 },
      { code: "code:LATER", quantity: 3, eventTimeMs: 160 },
      { code: thing(2), quantity: 2, eventTimeMs: 170 },
    ),
  );
  const first = lyon.epoch;
  await ledger.bind("LATER", "code:LATER");
  await ledger.apply(lyon.record({ code: thing(1), from: "dock", to: "bench", eventTimeMs: 120 }));
  await ledger.apply(lyon.record({ code: thing(1), to: "dock", eventTimeMs: 105 }));
  lyon.reopen();
  const second = lyon.epoch;
  await ledger.apply(
    lyon.record(
      { code: thing(2), from: "dock", to: "transit", eventTimeMs: 200 },
      { code: unit, from: "dock", to: "shelf", eventTimeMs: 210 },
      { code: gtin, quantity: 4, from: "dock", to: "customer", eventTimeMs: 220, reverses: { epoch: first, seq: 1 } },
    ),
  );
  lyon.reopen(2);
  await ledger.apply(lyon.record({ code: gtin, quantity: 1, eventTimeMs: 230 }));
  await ledger.apply(
    oslo.record(
      { code: thing(2), from: "transit", to: "dock", eventTimeMs: 300 },
      { code: thing(1), from: "supplier", to: "dock", eventTimeMs: 310 },
      { code: thing(3), eventTimeMs: 320 },
    ),
  );
  return { lyon, oslo, epochs: [first, second, lyon.epoch, oslo.epoch] };
}

/** Runs statements behind the service's back, past the triggers. */
export async function tamper({ pool }: TestLedger, sql: string): Promise<void> {
  await pool.query(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
}
