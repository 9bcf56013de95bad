import type { Batch } from "@tallygate/protocol";
import { describe, expect, test } from "vitest";
import { judgeBatch, judgeFirstBatch } from "./chain.ts";
import type { ReadBatch } from "./read-message.ts";
import { received, TestEdge } from "./testing.ts";

function read(batch: Batch): ReadBatch {
  const message = received(batch);
  if (message.kind !== "batch") throw new Error(message.problem.detail);
  return message;
}

/** An edge with six movements, and where the ledger is with it. */
function edgeOfSix() {
  const edge = new TestEdge("lyon");
  edge.record({}, {}, {}, {}, {}, {});
  const at = (cursorSeq: number) => ({ cursorSeq, cursorHash: edge.batch(1, cursorSeq).after });
  return { edge, at };
}

describe("a batch of an epoch that the ledger has", () => {
  test.each([
    { what: "at the cursor", first: 4, last: 6, verdict: { kind: "apply", skip: 0 } },
    { what: "over the cursor", first: 2, last: 6, verdict: { kind: "apply", skip: 2 } },
    { what: "up to the cursor", first: 2, last: 3, verdict: { kind: "repeat" } },
    { what: "below the cursor", first: 1, last: 2, verdict: { kind: "repeat" } },
    { what: "beyond the cursor", first: 5, last: 6, verdict: { kind: "missing", from: 4 } },
  ])("$what: $verdict.kind", ({ first, last, verdict }) => {
    const { edge, at } = edgeOfSix();
    expect(judgeBatch(read(edge.batch(first, last)), at(3))).toMatchObject(verdict);
  });

  test.each([
    { what: "its last hash is not what its movements give", change: { after: "0".repeat(64) } },
    { what: "its first hash is not the ledger's", change: { before: "f".repeat(64) } },
  ])("is broken when $what", ({ change }) => {
    const { edge, at } = edgeOfSix();
    expect(judgeBatch(read({ ...edge.batch(4, 6), ...change }), at(3))).toMatchObject({ kind: "broken", from: 4 });
  });

  test("is broken when what overlaps is not what the ledger has", () => {
    const { edge } = edgeOfSix();
    const cursorHash = "a".repeat(64);
    expect(judgeBatch(read(edge.batch(2, 6)), { cursorSeq: 3, cursorHash })).toMatchObject({ kind: "broken", from: 4 });
  });
});

describe("a batch of an epoch that is new", () => {
  test("opens a new store's first epoch at the genesis hash, and no other", () => {
    const { edge } = edgeOfSix();
    expect(judgeFirstBatch(read(edge.batch(1, 6)), undefined)).toEqual({ kind: "apply", skip: 0 });
    const { follows: _, ...rest } = edge.batch(1, 6);
    expect(judgeFirstBatch(read({ ...rest, before: "1".repeat(64) }), undefined)).toMatchObject({ kind: "broken" });
  });

  test("must be the first of its epoch", () => {
    const { edge } = edgeOfSix();
    const { epoch } = edge;
    expect(judgeFirstBatch(read(edge.batch(2, 6)), undefined)).toMatchObject({ kind: "missing", epoch, from: 1 });
  });

  test("waits for the point that it follows, and must name that point's hash", () => {
    const { edge, at } = edgeOfSix();
    const { epoch } = edge;
    const point = at(6);
    edge.reopen();
    const next = read(edge.record({}));
    expect(judgeFirstBatch(next, undefined)).toMatchObject({ kind: "missing", epoch, from: 1 });
    expect(judgeFirstBatch(next, { ...at(0), cursorSeq: 2, hashAtPoint: undefined })).toMatchObject({ epoch, from: 3 });
    expect(judgeFirstBatch(next, { ...point, hashAtPoint: point.cursorHash })).toEqual({ kind: "apply", skip: 0 });
    expect(judgeFirstBatch(next, { ...point, hashAtPoint: "b".repeat(64) })).toMatchObject({ kind: "broken" });
  });
});
