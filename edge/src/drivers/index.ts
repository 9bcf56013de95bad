import type { DeviceId } from "@tallygate/protocol";
import { z } from "zod";
import type { ReadPointConfig } from "../core/types.ts";
import { topicsOf } from "./config-parts.ts";
import type { Conversation } from "./conversation.ts";
import type {
  DeviceConfigBase,
  MessageDeviceConfig,
  MessageDriver,
  MessageParser,
  StreamDecoder,
  StreamDeviceConfig,
  StreamDriver,
  TcpDriver,
} from "./driver.ts";
import { em4100 } from "./em4100/driver.ts";
import { impinjIot } from "./impinj-iot/driver.ts";
import { json } from "./json/driver.ts";
import { llrp } from "./llrp/driver.ts";
import { serialScanner } from "./serial-scanner/driver.ts";
import { sparkplugB } from "./sparkplug-b/driver.ts";
import { thingmagic } from "./thingmagic/driver.ts";
import { uhfA0 } from "./uhf-a0/driver.ts";
import { uhfBb } from "./uhf-bb/driver.ts";
import { uhfCf } from "./uhf-cf/driver.ts";
import { uhfReader18 } from "./uhf-reader18/driver.ts";
import { zebraIotc } from "./zebra-iotc/driver.ts";
import { zebraSsi } from "./zebra-ssi/driver.ts";

/** THE list of drivers. The configuration's schema, its types and the documentation derive from it. */
export const drivers = [
  message(zebraIotc),
  message(impinjIot),
  message(sparkplugB),
  message(json),
  tcp(llrp),
  stream(serialScanner),
  stream(zebraSsi),
  stream(em4100),
  stream(uhfBb),
  stream(uhfA0),
  stream(uhfCf),
  stream(uhfReader18),
  stream(thingmagic),
] as const;

const [first, ...others] = drivers;
export const DeviceConfig = z.discriminatedUnion("driver", [first.config, ...others.map(driver => driver.config)]);
export type DeviceConfig = z.infer<(typeof drivers)[number]["config"]>;

interface DeviceBase {
  readonly id: DeviceId;
  readonly driver: string;
  readonly readPoints: readonly ReadPointConfig[];
  /** Rules that need what the device does not send. */
  readonly faults: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
}

/** A configured device that publishes over MQTT, posts over HTTP, or both. */
export interface MessageDevice extends DeviceBase {
  readonly transport: "mqtt";
  /** Each level may be the wildcard `+`. */
  readonly topics: readonly string[];
  readonly http: boolean;
  /** The user that may send for it besides those that name it. */
  readonly user: string | undefined;
  /** Not heard for so long is an alarm; absent: it is learned. */
  readonly silentMs: number | undefined;
  readonly countsReadings: boolean;
  /** Where its scans are answered, if anywhere. */
  readonly replyTopic: string | undefined;
  readonly parse: MessageParser;
}

/** A configured device on a serial port. */
export interface StreamDevice extends DeviceBase {
  readonly transport: "serial";
  readonly settings: StreamDeviceConfig;
  openDecoder(): StreamDecoder;
}

/** A configured device that is connected to over TCP. */
export interface TcpDevice extends DeviceBase {
  readonly transport: "tcp";
  readonly endpoint: { readonly host: string; readonly port: number };
  openConversation(): Conversation;
}

export type Device = MessageDevice | StreamDevice | TcpDevice;

/** Makes the device of its configuration. Opens nothing. */
export function deviceOf(config: DeviceConfigBase): Device {
  const driver = drivers.find(({ name }) => name === config.driver);
  if (driver === undefined) throw new Error(`there is no driver ${config.driver}`);
  return driver.deviceOf(config);
}

/** The same, or nothing when the configuration has a fault of its own, which its schema names. */
export function deviceIfSound(config: DeviceConfigBase): Device | undefined {
  const driver = drivers.find(({ name }) => name === config.driver);
  return driver?.config.safeParse(config).success === true ? driver.deviceOf(config) : undefined;
}

/** Ties a driver to its own configuration type, so that those who use the list need not know which driver it is. */
function message<C extends MessageDeviceConfig>(driver: MessageDriver<C>) {
  return {
    name: driver.name,
    title: driver.title,
    config: driver.config,
    transport: driver.transport,
    suggest: (topic: string) => (driver.suggest === undefined ? { topic } : driver.suggest(topic)),
    deviceOf: (config: DeviceConfigBase): MessageDevice => {
      const own = driver.config.parse(config);
      return {
        transport: "mqtt",
        id: own.id,
        driver: driver.name,
        topics: driver.topics?.(own) ?? topicsOf(own),
        http: own.http === true,
        user: own.user,
        silentMs: own.silent_s === undefined ? undefined : own.silent_s * 1000,
        countsReadings: driver.countsReadings,
        replyTopic: own.reply_topic,
        parse: driver.openParser(own),
        readPoints: driver.readPoints(own),
        faults: [...unreachable(driver, own), ...(driver.faults?.(own) ?? [])],
      };
    },
  };
}

/** A device that could never be heard. */
function unreachable<C extends MessageDeviceConfig>(driver: MessageDriver<C>, config: C): DeviceBase["faults"] {
  if (config.http === true || driver.topics !== undefined || topicsOf(config).length > 0) return [];
  return [{ path: ["topic"], message: "is missing: name the topic that it publishes to, or set http, or both" }];
}

function stream<C extends StreamDeviceConfig>(driver: StreamDriver<C>) {
  return {
    name: driver.name,
    title: driver.title,
    config: driver.config,
    transport: driver.transport,
    deviceOf: (config: DeviceConfigBase): StreamDevice => {
      const own = driver.config.parse(config);
      return {
        transport: "serial",
        id: own.id,
        driver: driver.name,
        settings: own,
        openDecoder: () => driver.openDecoder(own),
        readPoints: driver.readPoints(own),
        faults: driver.faults?.(own) ?? [],
      };
    },
  };
}

function tcp<C extends DeviceConfigBase>(driver: TcpDriver<C>) {
  return {
    name: driver.name,
    title: driver.title,
    config: driver.config,
    transport: driver.transport,
    deviceOf: (config: DeviceConfigBase): TcpDevice => {
      const own = driver.config.parse(config);
      return {
        transport: "tcp",
        id: own.id,
        driver: driver.name,
        endpoint: driver.endpoint(own),
        openConversation: () => driver.openConversation(own),
        readPoints: driver.readPoints(own),
        faults: driver.faults?.(own) ?? [],
      };
    },
  };
}
