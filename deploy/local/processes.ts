import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Ended, but nobody has asked for its exit yet. */
  readonly zombie: boolean;
}

/** Whether the process runs. A process that ended but was not waited for does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const entry = process.platform === "linux" ? await entryOf(pid) : (await psEntries(["-p", String(pid)]))[0];
  return entry !== undefined && !entry.zombie;
}

/** The processes that this one has started and that still run. */
export async function childrenOf(parent: number): Promise<number[]> {
  const all = process.platform === "linux" ? await procEntries() : await psEntries(["-A"]);
  return all.filter(each => each.parent === parent && !each.zombie).map(each => each.pid);
}

/** The processes whose working directory this is. Known on Linux; elsewhere none are told. */
export async function processesIn(dir: string): Promise<number[]> {
  if (process.platform !== "linux") return [];
  const entries = await procEntries();
  const dirs = await Promise.all(entries.map(({ pid }) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return entries.filter((_, index) => dirs[index] === dir).map(({ pid }) => pid);
}

async function procEntries(): Promise<ProcessEntry[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name)).map(Number);
  const entries = await Promise.all(pids.map(entryOf));
  return entries.filter(entry => entry !== undefined);
}

/** /proc/<pid>/stat is `pid (name) state parent …`, and the name may hold anything. */
async function entryOf(pid: number): Promise<ProcessEntry | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (line === undefined) return undefined;
  const [state, parent] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(parent), zombie: state === "Z" || state === "X" };
}

async function psEntries(which: readonly string[]): Promise<ProcessEntry[]> {
  const { stdout } = await run("ps", [...which, "-o", "pid=,ppid=,stat="]).catch(() => ({ stdout: "" }));
  return stdout
    .split("\n")
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields.length === 3)
    .map(([pid, parent, state]) => ({
      pid: Number(pid),
      parent: Number(parent),
      zombie: state?.startsWith("Z") ?? false,
    }));
}
