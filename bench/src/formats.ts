import { readFileSync } from "node:fs";
import { DeviceId, llrp } from "@tallygate/protocol";
import type { Moment } from "../../edge/src/drivers/conversation.ts";
import type { Parsed, StreamDecoder } from "../../edge/src/drivers/driver.ts";
import {
  type DeviceConfig as Config,
  type Device,
  DeviceConfig,
  deviceOf,
  drivers,
} from "../../edge/src/drivers/index.ts";

/** A format that devices speak, with bytes of it: what its driver's own tests are held to. */
export interface Format {
  /** The driver's name. */
  readonly name: string;
  readonly device: Device;
  /** Topics that its messages come on, and the one of `good`. */
  readonly topics: readonly string[];
  readonly topic: string;
  /** A message, or bytes of a stream, that brings readings and nothing else. */
  readonly good: Buffer;
  /** Everything that is known of the format, also what is wrong. */
  readonly samples: readonly Buffer[];
}

interface Vector {
  readonly id: string;
  readonly raw?: string;
  readonly hex?: string;
  readonly topic?: string;
  /** Of a message of LLRP that stands there without its header. */
  readonly messageType?: number;
}

const defaultTopic = "site/dock-1/tags";
export const receivedTimeMs = Date.UTC(2036, 0, 1);

/** Scanners have no vectors of one scan. */
const scan = Buffer.from("]C10109506000134352211234\r\n");

/** What each driver needs in its configuration, and which of its samples is `good`. */
const setups: Readonly<Record<string, { readonly config: object; readonly good: string }>> = {
  "zebra-iotc": { config: {}, good: "z-inventory" },
  "impinj-iot": { config: {}, good: "i-full" },
  "sparkplug-b": { config: { group: "Lyon", node: "gate-4" }, good: "ddata-names" },
  json: { config: {}, good: "plain-all" },
  llrp: { config: { address: "192.0.2.10" }, good: "llrp-stream" },
  "serial-scanner": { config: {}, good: "" },
  "zebra-ssi": { config: {}, good: "ssi-decode-ean13" },
  em4100: { config: {}, good: "rdm-1" },
  "uhf-bb": { config: {}, good: "bb-tag-1" },
  "uhf-a0": { config: {}, good: "a0-tag-1" },
  "uhf-cf": { config: {}, good: "cf-tag-1" },
  "uhf-reader18": { config: {}, good: "u18-1" },
  thingmagic: { config: { region: "eu3" }, good: "tm-tag" },
};

/** Every driver that stands in the list and has samples here. */
export function formats(): readonly Format[] {
  return drivers.flatMap(({ name }) => {
    const setup = setups[name];
    return setup === undefined ? [] : [formatOf(name, setup.config, setup.good)];
  });
}

function formatOf(name: string, config: object, goodId: string): Format {
  const device = deviceOf(configOf(name, config));
  const vectors = vectorsOf(device);
  const good = vectors.find(({ id }) => id === goodId);
  const bytes = good === undefined ? scan : bytesOf(good);
  const topics = [...new Set(vectors.map(({ topic = defaultTopic }) => topic))];
  return { name, device, topics, topic: good?.topic ?? defaultTopic, good: bytes, samples: vectors.map(bytesOf) };
}

function configOf(driver: string, config: object): Config {
  const gate = { read_points: [{ place: "dock-1" }] };
  const scan = { port: "/dev/null", mode: "receive", place: "bench" };
  const candidates = [{ topic: defaultTopic, ...gate }, { ...gate, port: "/dev/null" }, { ...scan }, gate].map(own =>
    DeviceConfig.safeParse({ id: "dock-1", driver, ...own, ...config }),
  );
  const fitting = candidates.find(candidate => candidate.success);
  if (fitting?.data === undefined) throw new Error(`no configuration fits ${driver}`);
  return fitting.data;
}

function vectorsOf({ driver, transport }: Device): readonly Vector[] {
  if (transport === "tcp")
    return framesIn(new URL(`../../protocol/src/${driver}/fixtures/frames.json`, import.meta.url));
  const folder = new URL(`../../edge/src/drivers/${driver}/fixtures/`, import.meta.url);
  return transport === "mqtt" ? linesIn(new URL("messages.jsonl", folder)) : framesIn(new URL("frames.json", folder));
}

function linesIn(file: URL): readonly Vector[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line): Vector => JSON.parse(line));
}

function framesIn(file: URL): readonly Vector[] {
  const { frames }: { frames: readonly Vector[] } = JSON.parse(readFileSync(file, "utf8"));
  return frames;
}

function bytesOf({ raw, hex = "", messageType }: Vector): Buffer {
  const bytes = raw === undefined ? Buffer.from(hex, "hex") : Buffer.from(raw);
  if (messageType === undefined) return bytes;
  const header = Buffer.alloc(llrp.headerBytes);
  header.writeUInt16BE((llrp.versions.v1_0_1 << 10) | messageType, 0);
  header.writeUInt32BE(header.length + bytes.length, 2);
  return Buffer.concat([header, bytes]);
}

/** Opens what reads the device's bytes; it may keep something of what came before. */
export function openReader({
  device,
  topic,
}: Pick<Format, "device" | "topic">): (bytes: Uint8Array) => readonly Parsed[] {
  switch (device.transport) {
    case "mqtt":
      return readMessages(device.parse, topic);
    case "serial": {
      const decoder: StreamDecoder = device.openDecoder();
      return bytes => [decoder.push(bytes, receivedTimeMs)];
    }
    case "tcp": {
      const conversation = device.openConversation();
      const at: Moment = { timeMs: receivedTimeMs, steadyMs: 0 };
      conversation.open(at);
      return bytes => conversation.push(bytes, at).parsed;
    }
  }
}

function readMessages(parse: Extract<Device, { transport: "mqtt" }>["parse"], topic: string) {
  const context = { deviceId: DeviceId.parse("dock-1"), receivedTimeMs, topic };
  return (bytes: Uint8Array) => [parse(bytes, context)];
}
