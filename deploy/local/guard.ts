import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends what this process leaves behind when it is killed with SIGKILL and can end nothing itself: a small shell reads from
 * a pipe which process groups run and which temporary directories are there. The pipe ends with this process, in whatever
 * way it ends; the shell then kills and removes what is left. It is in a session of its own, out of reach of Ctrl-C.
 */
const script = `
groups=
dirs=
without() { for each in $1; do [ "$each" = "$2" ] || printf '%s ' "$each"; done; }
while read -r what value; do
  case $what in
    +group) groups="$groups $value" ;;
    -group) groups=$(without "$groups" "$value") ;;
    +dir) dirs="$dirs $value" ;;
    -dir) dirs=$(without "$dirs" "$value") ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
for dir in $dirs; do rm -rf -- "$dir"; done
`;

let running: ChildProcess | undefined;

function tell(line: string): void {
  if (running === undefined) {
    running = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["pipe", "ignore", "ignore"], cwd: "/" });
    // Without the shell everything works but this one safety, so its loss ends nothing.
    running.on("error", () => {});
    running.stdin?.on("error", () => {});
    running.unref();
    const pipe: unknown = running.stdin;
    if (pipe !== null && typeof pipe === "object" && "unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  }
  running.stdin?.write(`${line}\n`);
}

/** The process group ends with this process from now on. */
export const guardGroup = (group: number): void => tell(`+group ${group}`);
export const releaseGroup = (group: number): void => tell(`-group ${group}`);

/** The directory is removed with this process from now on. Its path must not hold white space, as `mkdtemp` makes them. */
export const guardDir = (dir: string): void => {
  if (!/\s/.test(dir)) tell(`+dir ${dir}`);
};
export const releaseDir = (dir: string): void => {
  if (!/\s/.test(dir)) tell(`-dir ${dir}`);
};
