import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where servers stand that are no commands for everyday users. A formula of brew that names its version is in none of PATH. */
const besidePath = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
const kegs = ["/opt/homebrew/opt/influxdb@1/bin", "/usr/local/opt/influxdb@1/bin"];

/** The machine that we run on, and the checkout that this file is in. */
export function openMachine() {
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    isRoot: process.getuid?.() === 0,
    underSystemd: existsSync("/run/systemd/system"),
    find,
    run,
    readJson: path => readJson(join(root, path)),
    exists: path => existsSync(join(root, path)),
    newest: (path, except) => newest(join(root, path), except),
    say: text => console.log(text),
    fail: text => console.error(text),
  };
}

function find(program) {
  const dirs = [...(process.env.PATH ?? "").split(delimiter), ...besidePath, ...kegs];
  return dirs
    .filter(dir => dir !== "")
    .map(dir => join(dir, program))
    .find(mayRun);
}

function mayRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a command in the checkout. What it prints is shown as it comes, or with `quiet` only when it fails. */
function run(command, args, { quiet = false } = {}) {
  return new Promise(done => {
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"];
    const child = spawn(command, args, { cwd: root, stdio });
    const chunks = [];
    child.stdout?.on("data", chunk => chunks.push(chunk));
    child.stderr?.on("data", chunk => chunks.push(chunk));
    child.on("error", () => done({ ok: false, output: "" }));
    child.on("close", code => done({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The latest time at which a file under the path was changed, in milliseconds; 0 when there is none. */
function newest(path, except = []) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = readdirSync(path).filter(name => !except.includes(name));
  return Math.max(0, ...entries.map(name => newest(join(path, name))));
}
