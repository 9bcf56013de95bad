import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { isReachable, outside, postgresUser } from "./postgres-user.ts";

/** What a run keeps in its directory, besides the lock; all of it goes with `--fresh`, and nothing else. */
const kept = ["nats", "nats-keys", "influx", "lyon", "porto", "ports", "logs", "postgres"];
const secrets = ["postgres-password", "admin-password", "integrator-secret"];
const configurations = ["central.yaml", "commands.yaml", "lyon.yaml", "porto.yaml", "scenario.yaml"];

/** Makes the directory that a run keeps everything in. */
export function openHome(home: string): string {
  const dir = resolve(home);
  mkdirSync(join(dir, "ports"), { recursive: true });
  mkdirSync(join(dir, "logs"), { recursive: true });
  // PostgreSQL, which root runs as another user, must pass through, whatever the umask is.
  if (process.getuid?.() === 0) chmodSync(dir, 0o755);
  return dir;
}

/** Throws away what earlier runs have kept. */
export async function clearHome(home: string): Promise<void> {
  for (const name of [...kept, ...secrets, ...configurations])
    rmSync(join(home, name), { recursive: true, force: true });
  rmSync(outsideOf(home), { recursive: true, force: true });
  openHome(home);
}

/**
 * Where PostgreSQL keeps its data: in the directory of the run, or, where its user cannot pass through to there, as in a checkout
 * in root's own home, under /var/lib.
 */
export async function postgresDir(home: string): Promise<string> {
  const user = await postgresUser();
  const inside = join(home, "postgres");
  return user === undefined || (await isReachable(inside, user)) ? inside : outsideOf(home);
}

function outsideOf(home: string): string {
  return join(outside, createHash("sha256").update(home).digest("hex").slice(0, 12));
}

/** The password of the database, made by chance for each new one and readable to us alone. */
export function postgresPassword(home: string): string {
  return passwordIn(join(home, "postgres-password"));
}

/** The password of central's first person, as long as nobody has changed it there; made and kept in the same way. */
export function adminPassword(home: string): string {
  return passwordIn(join(home, "admin-password"));
}

function passwordIn(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

/**
 * What commands of central need to reach this run, such as `npm run central -- client list --config .tallygate/commands.yaml`; readable
 * to us alone, as the password of the database is in it. Gives the file's path.
 */
export function writeCommandsConfiguration(home: string, content: object): string {
  const path = join(home, "commands.yaml");
  const head = "# Written at each start, for commands of central; the service itself reads central.yaml.\n";
  rmSync(path, { force: true });
  writeFileSync(path, head + stringify(content, { lineWidth: 0 }), { mode: 0o600 });
  return path;
}

const headOf = (hash: string) =>
  `# Written by "npm start" for this machine. Once you change it, it is yours and stays as it is.\n# ${hash}\n`;

/**
 * Writes a configuration file, unless somebody has changed it since it was written. Gives its path.
 */
export function writeConfiguration(home: string, name: string, content: object): string {
  const path = join(home, name);
  const text = stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
  if (!isChanged(path)) writeFileSync(path, headOf(hashOf(text)) + text);
  return path;
}

function isChanged(path: string): boolean {
  if (!existsSync(path)) return false;
  const [first, second, ...rest] = readFileSync(path, "utf8").split("\n");
  const text = rest.join("\n");
  return `${first}\n${second}\n` !== headOf(hashOf(text));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
