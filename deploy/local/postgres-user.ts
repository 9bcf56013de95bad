import { execFile } from "node:child_process";
import { chown, cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root it runs as the user `postgres`, who is made when the machine does not have
 * one; for anybody else as that user, which is `undefined` here.
 */
export async function postgresUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await lookUp("postgres");
  if (found) return found;
  await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
  const made = await lookUp("postgres");
  if (made) return made;
  throw new Error('PostgreSQL cannot run as root, and the user "postgres" for it could not be made.');
}

async function lookUp(name: string): Promise<User | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Whether the user may pass through every directory above the path. */
export async function isReachable(path: string, user: User): Promise<boolean> {
  for (let dir = dirname(resolve(path)); ; dir = dirname(dir)) {
    const { mode, uid, gid } = await stat(dir);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/** Where root keeps what must not be in a closed home. Nobody else may write there. */
export const outside = "/var/lib/tallygate";

const Package = z.object({ version: z.string() });

/**
 * The PostgreSQL programs at a place that the user reaches: where npm put them, or, for a checkout in root's own home, a copy that
 * is made once for each version.
 */
export async function reachablePrograms(native: string, user: User | undefined): Promise<string> {
  if (user === undefined || (await isReachable(join(native, "bin", "postgres"), user))) return native;
  const { version } = Package.parse(JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")));
  const copy = join(outside, `postgres-${version}`);
  if (await exists(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  return copy;
}

/** Makes the directory, owned by the user and closed to others. */
export async function ownedDir(dir: string, user: User | undefined): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
