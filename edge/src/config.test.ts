import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeConfig, loadConfig } from "@tallygate/kit";
import { afterAll, describe, expect, it } from "vitest";
import { EdgeConfig } from "./config.ts";
import { drivers } from "./drivers/index.ts";

const directory = mkdtempSync(join(tmpdir(), "edge-config-"));
afterAll(() => rmSync(directory, { recursive: true }));

function load(text: string, env: Record<string, string> = {}) {
  const file = join(directory, "edge.yaml");
  writeFileSync(file, text);
  return loadConfig({ schema: EdgeConfig, file, env });
}

function faultsOf(text: string): readonly string[] {
  const loaded = load(text);
  return loaded.ok ? [] : loaded.faults.map(fault => fault.slice(directory.length + 1));
}

const base = "site: lyon\ndata: /tmp/lyon\nmqtt: { listen: 127.0.0.1:1883, anonymous: true }\n";
const zebra = (more = "", points = "{ place: dock-1 }") =>
  `  - { id: dock-1, driver: zebra-iotc, topic: lyon/dock-1, ${more} read_points: [${points}] }\n`;

describe("edge.yaml", () => {
  it("needs little", () => {
    const loaded = load("site: lyon\ndata: .tallygate/lyon\n");
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        site: "lyon",
        time_zone: "UTC",
        http: { listen: { host: "127.0.0.1", port: 8081 } },
        nats: { servers: ["nats://127.0.0.1:4222"] },
        devices: [],
        places: [],
        recorder: { keep_days: 7 },
      },
    });
  });

  it("takes devices of every transport", () => {
    const loaded = load(`${base}devices:
${zebra("reader_mode: INVENTORY,", "{ place: dock-1, antennas: [1, 2], min_rssi_dbm: -60, min_reads: 2 }, { place: dock-2, antennas: [3] }")}
  - { id: gate-2, driver: impinj-iot, topic: [a/b, a/will], read_points: [{ place: gate-2, to: customer }] }
  - { id: app, driver: json, topic: a/c, fields: { scan: code }, read_points: [{ place: bench, mode: scanner }] }
  - { id: gate-3, driver: llrp, address: 192.0.2.10, antennas: [1, 2], start: { trigger: gpi, port: 1 }, read_points: [{ place: gate-3 }] }
  - { id: bench, driver: serial-scanner, port: /dev/ttyACM0, baud: 115200, mode: receive, place: bench, answer: { ok: "06" } }
`);
    const names = ["zebra-iotc", "impinj-iot", "json", "llrp", "serial-scanner"];
    expect(loaded.ok ? loaded.value.devices.map(({ driver }) => driver) : loaded.faults).toEqual(names);
    expect(drivers.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it("is overlaid by the environment", () => {
    const loaded = load(base, { TALLYGATE_MQTT__LISTEN: "127.0.0.1:2883", TALLYGATE_TIME_ZONE: "Europe/Paris" });
    expect(loaded).toMatchObject({ ok: true, value: { mqtt: { listen: { port: 2883 } }, time_zone: "Europe/Paris" } });
  });

  it("names every fault with its line, and what is allowed", () => {
    const faults = faultsOf(`site: Lyon!
data: /tmp/lyon
time_zone: Paris
http: { listen: 0.0.0.0:8081 }
colour: blue
devices:
  - { id: dock-1, driver: zebra-iot, topic: a/b, read_points: [{ place: dock-1 }] }
`);
    expect(faults.map(fault => /^edge\.yaml:(\d+)/.exec(fault)?.[1])).toEqual(["1", "3", "4", "5", "7"]);
    expect(faults[4]).toMatch(/zebra-iotc/);
  });

  it.each([
    [
      "two devices with one id",
      `${zebra()}${zebra("", "{ place: dock-2 }").replace("lyon/dock-1", "b")}`,
      /devices\[1\]\.id.*devices\[0\]/,
    ],
    [
      "two devices on one topic",
      `${zebra()}${zebra().replace("id: dock-1", "id: dock-2")}`,
      /devices\[1\]\.topic.*devices\[0\]/,
    ],
    ["a wildcard topic", zebra().replace("lyon/dock-1", '"lyon/#"'), /topic.*no wildcard/],
    [
      "an antenna of two read points",
      zebra("", "{ place: a, antennas: [1] }, { place: b, antennas: [1] }"),
      /antenna 1 belongs to another/,
    ],
    [
      "two read points for all other antennas",
      zebra("", "{ place: a }, { place: b }"),
      /takes all other antennas already/,
    ],
    [
      "an antenna rule for a reader that sends none",
      zebra("reader_mode: SIMPLE,", "{ place: a, antennas: [1] }"),
      /needs the antenna.*SIMPLE/,
    ],
    ["a movement from a place to itself", zebra("", "{ place: a, from: a }"), /same account/],
  ])("finds %s", (_, devices, fault) => {
    const faults = faultsOf(`${base}devices:\n${devices}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it.each([
    [
      "anonymous clients from other machines",
      "mqtt: { listen: 0.0.0.0:1883, anonymous: true }",
      /anonymous.*other machines/,
    ],
    ["a broker that nobody may use", "mqtt: { listen: 127.0.0.1:1883 }", /listen.*no device could use/],
    [
      "a password that is no hash",
      "mqtt: { listen: 127.0.0.1:1883, users: [{ name: a, password: b }] }",
      /hash-password/,
    ],
    [
      "a user of a device that is not there",
      `mqtt: { anonymous: true, users: [{ name: a, password: scrypt$16384$8$1$${"A".repeat(22)}$${"A".repeat(43)}, devices: [x] }] }`,
      /names x/,
    ],
    [
      "a place that is not named",
      `${base.split("\n")[2]}\nplaces: [{ code: dock-2 }]\ndevices:\n${zebra()}`,
      /names the place dock-1/,
    ],
    ["a reader without a broker", `devices:\n${zebra()}`, /neither listen nor tls nor connect/],
  ])("finds %s", (_, text, fault) => {
    const faults = faultsOf(`site: lyon\ndata: /tmp/lyon\n${text}\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it("shows no password", () => {
    expect(
      faultsOf("site: lyon\ndata: x\nmqtt: { listen: 127.0.0.1:1, users: [{ name: a, password: hunter2 }] }\n").join(),
    ).not.toContain("hunter2");
  });

  it("is documented, with every driver's own fields", () => {
    const { markdown } = describeConfig(EdgeConfig);
    for (const key of [
      "site",
      "devices[].topic",
      "devices[].reader_mode",
      "devices[].baud",
      "devices[].fields.epc_hex",
      "devices[].read_points[].place",
    ]) {
      expect(markdown).toContain(`\`${key}\``);
    }
  });
});
