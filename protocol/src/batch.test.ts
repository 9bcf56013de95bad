import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, hashBatch, parseBatch } from "./batch.ts";
import { genesisHash, hashMovement, Movement } from "./movement.ts";

const movement = Movement.parse({
  code: "(01)09506000134352(21)1",
  epcHex: "3034257BF7194E4000001A85",
  quantity: 1,
  from: "supplier",
  to: "dock-1",
  bizStep: "receiving",
  readPoint: "dock-1/2",
  eventTimeMs: 1_788_785_436_194,
  cause: "reading",
});

function batchOf(movements: Movement[]): unknown {
  const after = movements.reduce(
    (hash, each, index) => hashMovement(hash, "lyon", "0".repeat(16), index + 1, each),
    genesisHash,
  );
  return { v: 1, site: "lyon", epoch: "0".repeat(16), first: 1, before: genesisHash, after, movements };
}

function parsed(value: unknown): Batch {
  const result = parseBatch(JSON.stringify(value));
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

describe("a batch", () => {
  it("keeps its chain of hashes over the wire", () => {
    const batch = parsed(batchOf([movement, { ...movement, to: movement.from, from: movement.to }]));
    expect(hashBatch(batch).at(-1)).toBe(batch.after);
  });

  it("has another hash after any change, removal, insertion or swap", () => {
    const second = { ...movement, quantity: 2 };
    const batch = parsed(batchOf([movement, second, movement]));
    const variants: Movement[][] = [
      [movement, { ...second, quantity: 3 }, movement],
      [movement, movement],
      [movement, second, second, movement],
      [second, movement, movement],
    ];
    for (const movements of variants) expect(hashBatch({ ...batch, movements }).at(-1)).not.toBe(batch.after);
  });

  it("lets fields through that a newer edge adds", () => {
    const value = Object.assign({}, batchOf([movement]), { addedLater: true });
    expect(parsed(value)).toMatchObject({ site: "lyon" });
  });

  it.each([
    ["text that is no JSON", "{", "batch.unreadable"],
    ["a version that is not ours", JSON.stringify({ ...Object(batchOf([movement])), v: 2 }), "message.version"],
    ["no movements", JSON.stringify({ ...Object(batchOf([])), movements: [] }), "batch.unreadable"],
    ["a quantity of nothing", JSON.stringify(batchOf([{ ...movement, quantity: 0 }])), "batch.unreadable"],
  ])("is refused with a code for %s", (_, text, code) => {
    expect(parseBatch(text)).toMatchObject({ ok: false, problem: { code } });
  });

  it("is never more than refused, whatever comes", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => parseBatch(text).ok === false));
  });
});
