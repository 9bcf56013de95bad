import { expect, test } from "vitest";
import { openTogether } from "./dispose.ts";

function thing(name: string, closed: string[]): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      closed.push(name);
    },
  };
}

test("what was opened together is closed in reverse order", async () => {
  const closed: string[] = [];
  const together = await openTogether(async stack => {
    stack.use(thing("store", closed));
    stack.use(thing("uplink", closed));
    stack.defer(() => void closed.push("timer"));
    return { ready: "yes" };
  });
  expect(together.ready).toBe("yes");
  expect(closed).toEqual([]);
  await together[Symbol.asyncDispose]();
  expect(closed).toEqual(["timer", "uplink", "store"]);
});

test("a failure midway closes what is open and is what the caller sees", async () => {
  const closed: string[] = [];
  const opening = openTogether(async stack => {
    stack.use(thing("store", closed));
    throw new Error("no broker");
  });
  await expect(opening).rejects.toThrow("no broker");
  expect(closed).toEqual(["store"]);
});

test("a failure midway and one while closing are both told, the first first", async () => {
  const opening = openTogether(async stack => {
    stack.defer(() => Promise.reject(new Error("will not close")));
    throw new Error("no broker");
  });
  await expect(opening).rejects.toThrow("no broker. And closing failed: will not close.");
});
