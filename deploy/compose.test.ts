import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ownEnvironment } from "./local/environment.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");

const Service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  network_mode: z.string().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});
const Compose = z.looseObject({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });

const { services, volumes } = Compose.parse(parse(read("docker-compose.yml"), { merge: true }));
const ours = Object.entries(services).filter(([, { image }]) => image === "tallygate");
const parts = ours.filter(([, { network_mode }]) => network_mode !== undefined);

let configuration = "";
beforeAll(async () => {
  configuration = mkdtempSync(join(tmpdir(), "tallygate-compose-"));
  await run(process.execPath, ["deploy/docker/write-configurations.ts", configuration], { cwd: root });
});
afterAll(() => rmSync(configuration, { recursive: true }));

/** What Compose would put in the place of ${NAME:-standard}. */
const filled = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");
const outsideContainer = (text: string) => filled(text).replace(/^\/configuration/, configuration);

describe.each(["central", "lyon", "porto", "simulator"])("%s", name => {
  test("takes its command, its file and every variable that it is given", async () => {
    const { command = [], environment } = services[name] ?? {};
    const [node, ...args] = command.map(outsideContainer);
    expect(node).toBe("node");
    const given = Object.entries(environment ?? {}).map(([variable, value]) => [variable, filled(value)]);
    const env = { ...ownEnvironment(), ...Object.fromEntries(given) };
    const { stdout } = await run(process.execPath, [...args, "--check"], { cwd: root, env });
    expect(stdout).toContain("is fine.");
  });

  test("would refuse a variable that it does not read", async () => {
    const { command = [] } = services[name] ?? {};
    const env = { ...ownEnvironment(), TALLYGATE_NO_SUCH_SETTING: "1" };
    const args = [...command.slice(1).map(outsideContainer), "--check"];
    await expect(run(process.execPath, args, { cwd: root, env })).rejects.toMatchObject({
      stderr: expect.stringContaining("TALLYGATE_NO_SUCH_SETTING"),
    });
  });
});

test("every file that a command of ours names is there", () => {
  const named = ours.flatMap(([, { command = [], healthcheck }]) => [...command, ...(healthcheck?.test ?? [])]);
  const files = named.filter(word => word.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
});

test("all parts share one loopback, and only its namespace publishes ports, to this machine's loopback alone", () => {
  for (const [name, { network_mode, ports, depends_on }] of parts.filter(([name]) => name !== "keys")) {
    expect([name, network_mode, ports]).toEqual([name, "service:net", []]);
    expect(Object.keys(depends_on).length).toBeGreaterThan(0);
  }
  for (const [name, { ports }] of Object.entries(services)) {
    for (const port of ports) expect([name, port]).toEqual(["net", expect.stringMatching(/^127\.0\.0\.1:(\d+):\1$/)]);
  }
});

test("each published port is forwarded, and something listens there", () => {
  const published = (services["net"]?.ports ?? []).map(port => port.split(":").at(-1));
  expect(services["forward"]?.command?.slice(2)).toEqual(published);
  const listening = parts.flatMap(([, { environment }]) =>
    Object.entries(environment).flatMap(([name, value]) =>
      name.endsWith("__LISTEN") ? [value.split(":").at(-1)] : [],
    ),
  );
  expect(listening.toSorted()).toEqual(published.toSorted());
});

test("each health check asks the port that its part listens on", () => {
  const asked = parts.flatMap(([name, { healthcheck }]) =>
    healthcheck ? [[name, healthcheck.test.at(-1) ?? ""] as const] : [],
  );
  expect(asked.map(([name]) => name)).toEqual(["central", "lyon", "porto"]);
  for (const [name, url] of asked) {
    expect(new URL(url).host).toBe(services[name]?.environment["TALLYGATE_HTTP__LISTEN"]);
  }
});

test("servers that central reaches are services, and it waits for those that it cannot start without", () => {
  const { environment = {}, depends_on = {} } = services["central"] ?? {};
  const hosts = ["TALLYGATE_DATABASE__URL", "TALLYGATE_INFLUX__URL"].map(
    name => new URL(filled(environment[name] ?? "")).hostname,
  );
  for (const host of [...hosts, "nats"]) expect(services[host], host).toBeDefined();
  expect(depends_on).toMatchObject({
    postgres: { condition: "service_healthy" },
    nats: { condition: "service_healthy" },
  });
});

test("NATS asks for keys: each edge has its own and nobody else's, and what revokes keys is nobody's but their maker's", () => {
  const mounts = (name: string) => (services[name]?.volumes ?? []).filter(volume => volume.startsWith("keys-"));
  expect(mounts("nats")).toEqual(["keys-nats:/keys:ro"]);
  expect(services["nats"]?.command?.slice(0, 2)).toEqual(["--config", "/keys/nats.conf"]);
  for (const name of ["central", "lyon", "porto"]) {
    expect(mounts(name)).toEqual([`keys-${name}:/keys/${name}:ro`]);
    expect(services[name]?.environment["TALLYGATE_NATS__CREDENTIALS"]).toMatch(`/keys/${name}/`);
  }
  const holders = Object.keys(services).filter(name => mounts(name).some(mount => mount.startsWith("keys-made:")));
  expect(holders).toEqual(["keys"]);
  expect(services["keys"]?.network_mode).toBe("none");
});

test("what makes the keys puts them where the parts look for them", async () => {
  const keys = mkdtempSync(join(tmpdir(), "tallygate-compose-keys-"));
  try {
    for (const name of ["made", "nats", "central", "lyon", "porto"]) mkdirSync(join(keys, name));
    const [, ...args] = services["keys"]?.command ?? [];
    const make = () =>
      run(
        process.execPath,
        args.map(word => (word === "/keys" ? keys : word)),
        { cwd: root },
      );
    await make();
    const files = ["central", "lyon", "porto"].flatMap(name =>
      Object.entries(services[name]?.environment ?? {}).flatMap(([variable, value]) =>
        /CREDENTIALS|SITES_KEY/.test(variable) ? [value.replace(/^\/keys/, keys)] : [],
      ),
    );
    expect(files).toHaveLength(4);
    const texts = files.map(file => readFileSync(file, "utf8"));
    expect(readFileSync(join(keys, "nats", "nats.conf"), "utf8")).toContain("resolver: MEMORY");
    await make();
    expect(
      files.map(file => readFileSync(file, "utf8")),
      "made once",
    ).toEqual(texts);
  } finally {
    rmSync(keys, { recursive: true });
  }
});

test("the three servers keep their data in volumes, check their health, and the same secrets stand on both sides", () => {
  for (const name of ["postgres", "nats", "influxdb"]) {
    const [volume = ""] = services[name]?.volumes ?? [];
    expect(Object.keys(volumes)).toContain(volume.split(":")[0]);
    expect(services[name]?.healthcheck).toBeDefined();
  }
  const { central, postgres, influxdb } = services;
  const { DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: token, DOCKER_INFLUXDB_INIT_BUCKET: bucket } = influxdb?.environment ?? {};
  expect(central?.environment).toMatchObject({ TALLYGATE_INFLUX__TOKEN: token, TALLYGATE_INFLUX__BUCKET: bucket });
  expect(central?.environment["TALLYGATE_DATABASE__URL"]).toContain(`:${postgres?.environment["POSTGRES_PASSWORD"]}@`);
});

describe("the image", () => {
  const dockerfile = read("Dockerfile");
  const { workspaces, devDependencies } = z
    .object({ workspaces: z.array(z.string()), devDependencies: z.looseObject({ node: z.string() }) })
    .parse(JSON.parse(read("package.json")));

  test("installs the packages of every workspace", () => {
    for (const name of workspaces) expect(dockerfile).toContain(`COPY ${name}/package.json ${name}/\n`);
  });

  test("runs the Node of the checkout, not as root", () => {
    const major = /\d+/.exec(devDependencies.node)?.[0];
    expect(dockerfile.match(/^FROM node:\S+/gm)).toEqual(Array(2).fill(`FROM node:${major}-bookworm-slim`));
    expect(dockerfile.indexOf("\nUSER node\n")).toBeGreaterThan(dockerfile.lastIndexOf("\nFROM "));
  });

  test("gets all that it is built from", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter(line => line.startsWith("!"));
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, sources = ""]) =>
      sources.split(" "),
    );
    for (const source of copied.filter(each => each !== ".")) {
      const isAllowed = allowed.some(line => source === line.slice(1) || source.startsWith(`${line.slice(1)}/`));
      expect(isAllowed, source).toBe(true);
    }
  });
});
