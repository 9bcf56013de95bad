import { statfs } from "node:fs/promises";
import { limits } from "./limits.ts";

/** Bytes that are free on the disk of the directory. */
export async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** A sentence when fewer bytes are free than are needed. */
export async function diskIsFull(dir: string, neededBytes: number, free = freeBytes): Promise<string | undefined> {
  const bytes = await free(dir);
  if (bytes >= neededBytes) return undefined;
  const megabytes = (count: number) => Math.floor(count / 1024 / 1024);
  return `The disk of ${dir} is full: ${megabytes(bytes)} MB are free, ${megabytes(neededBytes)} MB are needed.`;
}

export interface DiskWatchOptions {
  readonly dir: string;
  readonly say: (text: string) => void;
  /** There is room again. */
  readonly onRoom: () => void;
  readonly free?: (dir: string) => Promise<number>;
}

/**
 * Says once that the disk has become full, and once that there is room again. Nothing ends because of it: what was stored stays, and
 * devices get no answer, so that they keep what they hear.
 */
export function watchDisk({ dir, say, onRoom, free = freeBytes }: DiskWatchOptions): Disposable {
  let isFull = false;
  const look = async () => {
    const full = await diskIsFull(dir, limits.freeBytesToGoOn, free).catch(() => undefined);
    if ((full !== undefined) === isFull) return;
    isFull = full !== undefined;
    say(
      full === undefined
        ? `There is room on the disk of ${dir} again.`
        : `${full} Nothing that was stored is lost; devices are asked to keep what is new until there is room.`,
    );
    if (!isFull) onRoom();
  };
  const timer = setInterval(look, limits.diskPauseMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
