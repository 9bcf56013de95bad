import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { diskIsFull, freeBytes, watchDisk } from "./disk.ts";
import { limits } from "./limits.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("free bytes are told for the disk of the directory", async () => {
  expect(await freeBytes("/")).toBeGreaterThan(0);
});

test("a disk with too little room is full, and one with just enough is not", async () => {
  const megabyte = 1024 * 1024;
  const free = async () => 20 * megabyte;
  expect(await diskIsFull("/data", 20 * megabyte, free)).toBeUndefined();
  const full = "The disk of /data is full: 20 MB are free, 21 MB are needed.";
  expect(await diskIsFull("/data", 21 * megabyte, free)).toBe(full);
});

test("a disk that becomes full is said once, and once that there is room again", async () => {
  const said: string[] = [];
  let bytes = limits.freeBytesToGoOn;
  const onRoom = vi.fn();
  using _watch = watchDisk({ dir: "/data", say: text => said.push(text), onRoom, free: async () => bytes });
  await vi.advanceTimersByTimeAsync(3 * limits.diskPauseMs);
  expect(said).toEqual([]);
  bytes = 0;
  await vi.advanceTimersByTimeAsync(3 * limits.diskPauseMs);
  expect(said).toEqual([expect.stringMatching(/^The disk of \/data is full: 0 MB/)]);
  expect(onRoom).not.toHaveBeenCalled();
  bytes = limits.freeBytesToGoOn;
  await vi.advanceTimersByTimeAsync(3 * limits.diskPauseMs);
  expect(said.slice(1)).toEqual(["There is room on the disk of /data again."]);
  expect(onRoom).toHaveBeenCalledOnce();
});

test("a disk that cannot be asked is not called full", async () => {
  const said: string[] = [];
  const free = () => Promise.reject(new Error("no such directory"));
  using _watch = watchDisk({ dir: "/data", say: text => said.push(text), onRoom: () => {}, free });
  await vi.advanceTimersByTimeAsync(3 * limits.diskPauseMs);
  expect(said).toEqual([]);
});
