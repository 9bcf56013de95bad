import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeptReads } from "./kept-reads.ts";

/** A store whose reads see what is there when they begin, and end when they are let. */
function openStore() {
  const values = new Map<string, number>();
  const open: (() => void)[] = [];
  const state = { hearing: 1 as number | undefined, nowMs: 0, reads: 0 };
  const reads = new KeptReads<number>({
    read: async key => {
      state.reads++;
      const value = values.get(key);
      await new Promise<void>(resolve => open.push(resolve));
      return value;
    },
    hearing: () => state.hearing,
    keysMax: 3,
    ageMaxMs: 1_000,
    now: () => state.nowMs,
  });
  const land = () => {
    for (const resolve of open.splice(0)) resolve();
  };
  const get = async (key: string) => {
    const answer = reads.get(key);
    land();
    return answer;
  };
  return { values, state, reads, land, get };
}

describe("what was read", () => {
  test("is kept until something is heard of it", async () => {
    const { values, state, reads, get } = openStore();
    values.set("a", 1);
    expect([await get("a"), await get("a"), state.reads]).toEqual([1, 1, 1]);
    values.set("a", 2);
    reads.forget(["a"]);
    expect([await get("a"), await get("a"), state.reads]).toEqual([2, 2, 2]);
  });

  test("is not kept when something was heard of it while it was on its way", async () => {
    const { values, state, reads, land, get } = openStore();
    values.set("a", 1);
    const early = reads.get("a");
    values.set("a", 2);
    reads.forget(["a"]);
    land();
    expect(await early).toBe(1);
    expect([await get("a"), await get("a"), state.reads]).toEqual([2, 2, 2]);
  });

  test("goes when there is more than may be kept: what was kept first, however much has gone before", async () => {
    const { values, state, reads, get } = openStore();
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    for (const name of names) values.set(name, 1);
    for (const name of names.slice(0, 4)) await get(name); // b c d
    reads.forget(["c"]);
    for (const name of ["e", "b", "f"]) await get(name); // d e f
    reads.forgetAll();
    for (const name of ["f", "a", "g", "f", "c"]) await get(name); // a g c
    const before = state.reads;
    for (const name of ["a", "g", "c"]) await get(name);
    expect(state.reads).toBe(before);
    await get("f");
    expect(state.reads).toBe(before + 1);
  });

  test("a read from before the news does not replace what one after it has kept", async () => {
    const { values, reads, land, get } = openStore();
    values.set("a", 1);
    const early = reads.get("a");
    values.set("a", 2);
    reads.forget(["a"]);
    const later = reads.get("a");
    land();
    await Promise.all([later, early]);
    expect(await get("a")).toBe(2);
  });

  test("does not outlive its time, for a message may have been lost", async () => {
    const { values, state, get } = openStore();
    values.set("a", 1);
    await get("a");
    values.set("a", 2);
    state.nowMs = 999;
    expect(await get("a")).toBe(1);
    state.nowMs = 1_000;
    expect(await get("a")).toBe(2);
  });

  test("is read again after the hearing was interrupted, and not kept while there is none", async () => {
    const { values, state, get } = openStore();
    values.set("a", 1);
    await get("a");
    state.hearing = undefined;
    expect([await get("a"), await get("a"), state.reads]).toEqual([1, 1, 3]);
    state.hearing = 2;
    expect([await get("a"), await get("a"), state.reads]).toEqual([1, 1, 4]);
  });

  test("an interruption that began and ended while it was on its way keeps it from being kept", async () => {
    const { values, state, reads, land, get } = openStore();
    values.set("a", 1);
    const early = reads.get("a");
    state.hearing = 2;
    land();
    await early;
    await get("a");
    expect(state.reads).toBe(2);
  });

  test("makes room for what comes later, and nothing is kept of what does not exist", async () => {
    const { values, state, get } = openStore();
    for (const key of ["a", "b", "c", "d"]) values.set(key, 1);
    for (const key of ["a", "b", "c", "d", "none", "none"]) await get(key);
    expect(state.reads).toBe(6);
    for (const key of ["b", "c", "d"]) await get(key);
    expect(state.reads).toBe(6);
    await get("a");
    expect(state.reads).toBe(7);
  });
});

type Step = { readonly kind: "get" | "change" | "hear" | "land" | "interrupt"; readonly key: string };

test("whatever happens in whatever order, no answer is older than what was heard before it was asked for", async () => {
  const step = fc.record<Step>({
    kind: fc.constantFrom("get", "get", "change", "hear", "land", "interrupt"),
    key: fc.constantFrom("a", "b"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const { values, state, reads, land } = openStore();
      const heard = new Map<string, number>();
      for (const key of ["a", "b"]) values.set(key, 0);
      const answers: Promise<boolean>[] = [];
      for (const { kind, key } of steps) {
        if (kind === "change") values.set(key, (values.get(key) ?? 0) + 1);
        if (kind === "interrupt") state.hearing = (state.hearing ?? 0) + 1;
        if (kind === "land") {
          land();
          await new Promise(resolve => setImmediate(resolve));
        }
        if (kind === "hear") {
          heard.set(key, values.get(key) ?? 0);
          reads.forget([key]);
        }
        if (kind === "get") {
          const least = heard.get(key) ?? 0;
          answers.push(Promise.resolve(reads.get(key)).then(value => (value ?? 0) >= least));
        }
      }
      land();
      expect(await Promise.all(answers)).not.toContain(false);
    }),
    { numRuns: 2_000 },
  );
});
