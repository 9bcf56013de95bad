import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, open } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import mqtt from "mqtt";
import pg from "pg";
import { SerialPort } from "serialport";
import { describe, expect, test, vi } from "vitest";
import { Child, ChildFailed } from "./child.ts";
import { isRunning } from "./processes.ts";
import {
  freePort,
  isPortFree,
  type LocalServer,
  PortTaken,
  portFrom,
  type ServerOptions,
  socatPair,
  startInflux,
  startMosquitto,
  startNats,
  startPostgres,
} from "./servers.ts";

const starts: readonly (readonly [string, (options?: ServerOptions) => Promise<LocalServer>])[] = [
  ["PostgreSQL", startPostgres],
  ["NATS", startNats],
  ["InfluxDB", startInflux],
  ["mosquitto", startMosquitto],
];

describe.each(starts)("%s", (_name, start) => {
  test("comes back on the same port after it was killed, and leaves nothing behind", async () => {
    const server = await start();
    const first = server.pid;
    await server.kill();
    expect(server.running).toBe(false);
    expect(await isRunning(first)).toBe(false);
    expect(await isPortFree(server.port)).toBe(true);

    await server.restart();
    expect(server.pid).not.toBe(first);
    await answersAt(server.port);

    const last = server.pid;
    await server[Symbol.asyncDispose]();
    expect(await isRunning(last)).toBe(false);
    await expect(access(server.dir)).rejects.toThrow();
  });

  test("that finds its port taken is refused with its number", async () => {
    await using first = await start();
    const second = start({ port: first.port });
    await expect(second).rejects.toThrow(PortTaken);
    await expect(second).rejects.toThrow(`port ${first.port} of 127.0.0.1 is taken`);
  });

  test("that dies by itself is reported once, and one that is stopped is not", async () => {
    const onDeath = vi.fn();
    await using server = await start({ onDeath });
    process.kill(server.pid, "SIGKILL");
    await vi.waitFor(() => expect(onDeath).toHaveBeenCalledOnce());
    expect(onDeath.mock.calls[0]?.[0].message).toMatch(/ended by itself \(SIGKILL\)/);
    await vi.waitFor(() => server.restart(), { timeout: 20_000 });
    await server.stop();
    await server.restart();
    await server.kill();
    expect(onDeath).toHaveBeenCalledOnce();
  });
});

describe("what was written is there after SIGKILL", () => {
  test("in PostgreSQL, with a session in the middle of its work", async () => {
    await using server = await startPostgres();
    const url = await server.database("stock");
    await query(url, "create table level (quantity int)");
    await query(url, "insert into level values (7)");
    const busy = query(url, "select pg_sleep(600)").catch((cause: unknown) => cause);
    await vi.waitFor(async () => {
      const { rows } = await query(url, "select 1 from pg_stat_activity where query like 'select pg_sleep%'");
      expect(rows).toHaveLength(1);
    });
    await server.kill();
    expect(await busy).toBeInstanceOf(Error);
    await server.restart();
    expect((await query(url, "select quantity from level")).rows).toEqual([{ quantity: 7 }]);
    expect(await server.database("stock")).toBe(url);
  });

  test("in a stream of NATS", async () => {
    await using server = await startNats();
    const before = await connect({ servers: server.url });
    await (await jetstreamManager(before)).streams.add({ name: "movements", subjects: ["movements"] });
    await jetstream(before).publish("movements", "seven");
    await before.close();
    await server.kill();
    await server.restart();
    const after = await connect({ servers: server.url });
    expect((await (await jetstreamManager(after)).streams.info("movements")).state.messages).toBe(1);
    await after.close();
  });

  test("in InfluxDB", async () => {
    await using server = await startInflux();
    const ask = async (q: string) =>
      (await fetch(`${server.url}/query?q=${encodeURIComponent(q)}`, { method: "POST" })).text();
    await ask("create database stock");
    await fetch(`${server.url}/write?db=stock`, { method: "POST", body: "level quantity=7i 1" });
    await server.kill();
    await server.restart();
    expect(await ask("select * from stock..level")).toContain(",7]");
  });
});

test("PostgreSQL is durable and counts in UTF-8 and the order of bytes", async () => {
  await using server = await startPostgres();
  const names = ["fsync", "synchronous_commit", "server_encoding", "full_page_writes"];
  const { rows } = await query(server.url, `select ${names.map(name => `current_setting('${name}') as ${name}`)}`);
  expect(rows).toEqual([{ fsync: "on", synchronous_commit: "on", server_encoding: "UTF8", full_page_writes: "on" }]);
  const order = await query(server.url, "select 'a' > 'B' as bytes");
  expect(order.rows).toEqual([{ bytes: true }]);
});

test("mosquitto passes a message from one client to another", async () => {
  await using server = await startMosquitto();
  const client = await mqtt.connectAsync(server.url);
  await client.subscribeAsync("dock");
  const heard = new Promise(resolve => client.once("message", (topic, payload) => resolve([topic, String(payload)])));
  await client.publishAsync("dock", "tag");
  expect(await heard).toEqual(["dock", "tag"]);
  await client.endAsync();
});

describe("a pair of serial ports", () => {
  test("carries bytes both ways, and lives when a program closes its end", async () => {
    await using pair = await socatPair();
    await expectCarries(pair.a, pair.b);
    await expectCarries(pair.b, pair.a);
    expect(pair.connected).toBe(true);
  });

  test("that is unplugged hangs up what is open, and works again after it is plugged in", async () => {
    await using pair = await socatPair();
    const port = await open(pair.a, constants.O_RDWR | constants.O_NOCTTY);
    const hungUp = port.read(Buffer.alloc(1)).then(
      ({ bytesRead }) => bytesRead === 0,
      () => true,
    );
    await pair.disconnect();
    expect(await hungUp).toBe(true);
    await port.close();
    await expect(access(pair.a)).rejects.toThrow();
    await pair.reconnect();
    await expectCarries(pair.a, pair.b);
  });
});

describe("a child", () => {
  const shell = (script: string) => ({ name: "part", command: "/bin/sh", args: ["-c", script] });

  test("that ends at its start fails with its last lines, and only with those", async () => {
    const opened = Child.open({ ...shell("seq 1 100; exit 3"), ready: async () => false });
    const fault = await opened.catch((cause: unknown) => cause);
    expect(fault).toBeInstanceOf(ChildFailed);
    expect(String(fault)).toMatch(/part ended at its start \(code 3\)/);
    expect(String(fault)).toMatch(/\n51\n(.|\n)*\n100$/);
    expect(String(fault)).not.toMatch(/\n50\n/);
  });

  test("that does not get ready in time is killed", async () => {
    const spec = { ...shell("echo $$; while :; do read x < /dev/zero; done"), readyMs: 200 };
    const fault = await Child.open({ ...spec, ready: async () => false }).catch((cause: unknown) => cause);
    expect(fault).toBeInstanceOf(ChildFailed);
    expect(String(fault)).toContain("was not ready within 0.2 s");
    expect(fault instanceof ChildFailed && (await isRunning(Number(fault.output)))).toBe(false);
  });

  test("whose program is not there fails with its path", async () => {
    const opened = Child.open({ name: "part", command: "/nowhere/part", args: [], ready: async () => true });
    await expect(opened).rejects.toThrow("part cannot be started by /nowhere/part");
  });

  test("that does not listen to a stop is killed after its time, with what it started", async () => {
    let line = "";
    const script = "trap '' TERM; sleep 1000 & echo $!; wait; wait";
    const onLine = (text: string) => {
      line = text;
    };
    const child = await Child.open({ ...shell(script), stopMs: 100, onLine, ready: async () => line !== "" });
    await child.stop();
    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
    await vi.waitFor(async () => expect(await isRunning(Number(line))).toBe(false));
  });

  test("ends when the process that started it is killed, and its temporary directory goes", async () => {
    const fixture = fileURLToPath(new URL("./starts-nats.fixture.ts", import.meta.url));
    const parent = spawn(process.execPath, [fixture], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const { pid, dir } = JSON.parse(String(line));
    expect(await isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 10_000 });
    await vi.waitFor(() => expect(access(dir)).rejects.toThrow(), { timeout: 10_000 });
  });
});

test("a free port is searched upwards, past taken ones and those that are spoken for", async () => {
  await using server = await startMosquitto();
  const next = await portFrom(server.port);
  expect(next).toBeGreaterThan(server.port);
  expect(await portFrom(server.port, new Set([next]))).toBeGreaterThan(next);
  expect(await isPortFree(await freePort())).toBe(true);
});

async function answersAt(port: number): Promise<void> {
  const socket = connectSocket(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}

async function openPort(path: string): Promise<SerialPort> {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open(fault => (fault ? reject(fault) : resolve())));
  return port;
}

async function expectCarries(from: string, to: string): Promise<void> {
  const writer = await openPort(from);
  const reader = await openPort(to);
  let heard = "";
  reader.on("data", (bytes: Buffer) => {
    heard += bytes.toString("latin1");
  });
  writer.write("4006381333931\r\x00\xff\x03", "latin1");
  await vi.waitFor(() => expect(heard).toBe("4006381333931\r\x00\xff\x03"));
  const closed = [writer, reader].map(port => new Promise<void>(resolve => port.close(() => resolve())));
  await Promise.all(closed);
}
