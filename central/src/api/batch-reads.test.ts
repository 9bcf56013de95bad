import { describe, expect, test } from "vitest";
import { batchReads } from "./batch-reads.ts";

/** A reader whose reads end when the test says so. */
function reader(keysMax = 100, flightsMax = 1) {
  const flights: { keys: readonly string[]; end: (error?: Error) => void }[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const readOne = batchReads<string, string>({
    keysMax,
    flightsMax,
    read: keys => {
      const { promise, resolve, reject } = Promise.withResolvers<Map<string, string>>();
      const found = new Map(keys.filter(key => key !== "none").map(key => [key, key.toUpperCase()]));
      flights.push({ keys, end: error => (error ? reject(error) : resolve(found)) });
      begin();
      return promise;
    },
  });
  return { readOne, flights, begun };
}

const turn = () => new Promise(resolve => setImmediate(resolve));

describe("batched reads", () => {
  test("put together what is asked for at once, each key once", async () => {
    const { readOne, flights, begun } = reader();
    const answers = ["a", "b", "a", "none"].map(key => readOne(key));
    await begun;
    expect(flights.map(flight => flight.keys)).toEqual([["a", "b", "none"]]);
    flights[0]?.end();
    expect(await Promise.all(answers)).toEqual(["A", "B", "A", undefined]);
  });

  test("never answer from a read that began before they were asked for", async () => {
    const { readOne, flights, begun } = reader();
    const first = readOne("a");
    await begun;
    const second = readOne("a");
    await turn();
    expect(flights).toHaveLength(1);
    flights[0]?.end();
    await first;
    await turn();
    expect(flights.map(flight => flight.keys)).toEqual([["a"], ["a"]]);
    flights[1]?.end();
    expect(await second).toBe("A");
  });

  test("take so many keys in one read, and begin so many reads at once", async () => {
    const { readOne, flights, begun } = reader(2, 2);
    const answers = ["a", "b", "c", "d", "e"].map(key => readOne(key));
    await begun;
    await turn();
    expect(flights.map(flight => flight.keys)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    flights[1]?.end();
    await turn();
    expect(flights.map(flight => flight.keys)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    flights[0]?.end();
    flights[2]?.end();
    expect(await Promise.all(answers)).toEqual(["A", "B", "C", "D", "E"]);
  });

  test("fail together, and go on with the next", async () => {
    const { readOne, flights, begun } = reader();
    const lost = [readOne("a"), readOne("b")];
    await begun;
    flights[0]?.end(new Error("gone"));
    for (const answer of lost) await expect(answer).rejects.toThrow("gone");
    const next = readOne("a");
    await turn();
    flights[1]?.end();
    expect(await next).toBe("A");
  });
});
