import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { createLog } from "@tallygate/kit";
import mqtt, { type IClientOptions } from "mqtt";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Access } from "./access.ts";
import { openBroker } from "./broker.ts";
import { hashPassword } from "./password.ts";
import { routesOf } from "./routes.ts";
import { devicesOf, openTestIntake, scanMessage, testDevices } from "./test-intake.ts";

const run = promisify(execFile);
const log = createLog("test", "silent");
const devices = devicesOf(testDevices.dock, testDevices.gate);
const { topic } = testDevices.gate;
const stack: AsyncDisposableStack[] = [];
const directory = mkdtempSync(join(tmpdir(), "tls-"));
const file = (name: string) => join(directory, name);

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { cwd: directory, stdio: "ignore" });
}

/** A key and a certificate for it, made by the authority of the test. */
function certify(name: string, subject: string): void {
  openssl("req", "-newkey", "ec:ec.pem", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
  writeFileSync(file("ext.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext.cnf"];
  openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-out", `${name}.crt`, "-days", "2");
}

beforeAll(() => {
  openssl("ecparam", "-name", "prime256v1", "-out", "ec.pem");
  openssl("req", "-x509", "-newkey", "ec:ec.pem", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Site");
  certify("server", "/CN=localhost");
  certify("renewed", "/CN=localhost/O=Renewed");
  certify("gate-2", "/CN=gate-2");
  return () => rmSync(directory, { recursive: true });
});

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

async function open({ ca = false } = {}) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const test = own.use(openTestIntake(devices));
  const users = [{ name: "gate-2", password: await hashPassword("secret") }];
  const tls = {
    listen: { host: "127.0.0.1", port: 0 },
    cert: file("server.crt"),
    key: file("server.key"),
    ...(ca ? { ca: file("ca.crt") } : {}),
  };
  const options = { tls, routes: routesOf(devices), intake: test.intake, log };
  // Anonymous, to see that it holds for no TLS listener.
  const broker = own.use(await openBroker({ ...options, access: new Access({ anonymous: true, users }) }));
  const client = async (more: IClientOptions) => {
    const own_ca = readFileSync(file("ca.crt"));
    const options = { reconnectPeriod: 0, ca: own_ca, ...more };
    const opened = await mqtt.connectAsync(`mqtts://localhost:${broker.tlsPort}`, options);
    opened.on("error", () => undefined);
    own.defer(() => opened.endAsync(true));
    return opened;
  };
  return { test, broker, client };
}

const credentials = { username: "gate-2", password: "secret" };
const certificate = () => ({ cert: readFileSync(file("gate-2.crt")), key: readFileSync(file("gate-2.key")) });

describe("the site's broker with TLS", () => {
  it("takes a device that knows its password, and answers it after the commit", async () => {
    const { client, test, broker } = await open();
    expect(broker.port).toBeUndefined();
    const device = await client(credentials);
    await device.publishAsync(topic, scanMessage("A"), { qos: 1 });
    expect(test.scans).toEqual(["A"]);
  });

  it("takes a program of another make", async () => {
    const { test, broker } = await open();
    const where = ["-h", "localhost", "-p", String(broker.tlsPort), "--cafile", file("ca.crt"), "-q", "1"];
    await run("mosquitto_pub", [...where, "-u", "gate-2", "-P", "secret", "-t", topic, "-m", scanMessage("M")]);
    expect(test.scans).toEqual(["M"]);
  });

  it.each([
    ["nobody, though anonymous is on", {}],
    ["a wrong password", { username: "gate-2", password: "x" }],
  ])("refuses %s", async (_, shown) => {
    const { client } = await open();
    await expect(client(shown)).rejects.toMatchObject({ code: 4 });
  });

  it("with an authority of devices takes only who shows its certificate, who then needs no password", async () => {
    const { client, test } = await open({ ca: true });
    await expect(client(credentials)).rejects.toThrow();
    const device = await client(certificate());
    await device.publishAsync(topic, scanMessage("C"), { qos: 1 });
    expect(test.scans).toEqual(["C"]);
    const closed = new Promise(resolve => device.once("close", () => resolve(undefined)));
    device.publish(testDevices.dock.topic, "{}", { qos: 1 });
    await closed;
    expect(test.refused).toEqual([]);
  });

  it("uses a certificate that was renewed for new connections, and keeps the old one while the new is unreadable", async () => {
    const { broker, client } = await open();
    const device = await client(credentials);
    const before = [readFileSync(file("server.crt")), readFileSync(file("server.key"))] as const;
    writeFileSync(file("server.crt"), "rubbish");
    expect(await organisation(broker.tlsPort)).toBeUndefined();
    writeFileSync(file("server.key"), readFileSync(file("renewed.key")));
    writeFileSync(file("server.crt"), readFileSync(file("renewed.crt")));
    const seen = async () => expect(await organisation(broker.tlsPort)).toBe("Renewed");
    await vi.waitFor(seen, { timeout: 20_000, interval: 250 });
    expect(device.connected).toBe(true);
    writeFileSync(file("server.crt"), before[0]);
    writeFileSync(file("server.key"), before[1]);
  }, 30_000);

  it("says which file it cannot read", async () => {
    const test = openTestIntake(devices);
    const tls = { listen: { host: "127.0.0.1", port: 0 }, cert: file("none.crt"), key: file("server.key") };
    const access = new Access({ anonymous: false, users: [] });
    const opened = openBroker({ tls, access, routes: routesOf(devices), intake: test.intake, log });
    await expect(opened).rejects.toThrow(/none\.crt \(mqtt\.tls\.cert\)/);
    test[Symbol.dispose]();
  });
});

function organisation(port: number | undefined): Promise<string | string[] | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: "localhost", ca: readFileSync(file("ca.crt")) }, () => {
      resolve(socket.getPeerCertificate().subject.O);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
