import { contractVersion } from "./batch.ts";
import { channels, contract, contractSchemas } from "./contract.ts";
import { cloudEventType, eventSchemas, eventTypes } from "./events/index.ts";
import { limits, partitions } from "./limits.ts";

const parameters = {
  site: { description: "The site's name." },
  partition: { description: `FNV-1a of the site's name modulo ${partitions}.` },
};

function ref(path: string) {
  return { $ref: `#/${path}` };
}

function parametersOf(address: string) {
  const names = Object.entries(parameters).filter(([name]) => address.includes(`{${name}}`));
  return names.length === 0 ? {} : { parameters: Object.fromEntries(names) };
}

function natsChannels() {
  return Object.fromEntries(
    Object.entries(channels).flatMap(([name, channel]) => {
      const body = {
        address: channel.address,
        servers: [ref("servers/nats")],
        summary: channel.summary,
        ...parametersOf(channel.address),
        messages: { [channel.message]: ref(`components/messages/${channel.message}`) },
      };
      if (channel.reply === undefined) return [[name, body]];
      const reply = {
        address: null,
        servers: [ref("servers/nats")],
        summary: `The answer to ${name}, on the request's reply subject.`,
        messages: { [channel.reply]: ref(`components/messages/${channel.reply}`) },
      };
      return [
        [name, body],
        [`${name}Reply`, reply],
      ];
    }),
  );
}

/** Operations as the centre sees them: it receives what edges send. */
function natsOperations() {
  return Object.fromEntries(
    Object.entries(channels).map(([name, channel]) => [
      channel.sender === "edge" ? `receive-${name}` : `send-${name}`,
      {
        action: channel.sender === "edge" ? "receive" : "send",
        channel: ref(`channels/${name}`),
        summary: channel.summary,
        messages: [ref(`channels/${name}/messages/${channel.message}`)],
        ...(channel.reply === undefined
          ? {}
          : {
              reply: {
                channel: ref(`channels/${name}Reply`),
                messages: [ref(`channels/${name}Reply/messages/${channel.reply}`)],
              },
            }),
      },
    ]),
  );
}

/** Events for other systems: one channel, one message for each type. */
function eventsChannel() {
  return {
    address: "tallygate.events.{area}.{happening}.{site}",
    servers: [ref("servers/nats")],
    summary:
      "What happened, for other systems, over the JetStream stream TALLYGATE_EVENTS; docs/events.md says how to follow it.",
    parameters: {
      area: { description: "The first part of the type, as order." },
      happening: { description: "The second part of the type, as placed." },
      site: { description: "The site's name, or - where it is about none or more than one." },
    },
    messages: Object.fromEntries(Object.keys(eventTypes).map(type => [type, ref(`components/messages/${type}`)])),
  };
}

function eventMessages() {
  return Object.fromEntries(
    Object.entries(eventTypes).map(([type, { summary }]) => {
      const data = ref(`components/schemas/events.${type}`);
      const own = { type: "object", properties: { type: { const: cloudEventType(type) }, data } };
      const payload = { allOf: [ref("components/schemas/events.CloudEvent"), own] };
      return [type, { name: type, summary, contentType: "application/cloudevents+json", payload }];
    }),
  );
}

/** Names of components may hold dots, and no slashes. */
function eventComponents() {
  return Object.fromEntries(Object.entries(eventSchemas()).map(([name, schema]) => [name.replace("/", "."), schema]));
}

/** The AsyncAPI 3.0 document of everything that goes over MQTT and NATS. */
export function asyncApi(): object {
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Tallygate",
      version: `${contractVersion}.0.0`,
      description:
        "What devices send to a site's edge over MQTT, what edges and the centre say to each other over NATS, and the events that " +
        "other systems follow. " +
        "Within a major version fields are only added; a receiver ignores fields that it does not know.",
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    servers: {
      nats: { host: "localhost:4222", protocol: "nats", description: "NATS with JetStream." },
      site: { host: "localhost:1883", protocol: "mqtt", protocolVersion: "3.1.1", description: "The site's broker." },
    },
    channels: {
      ...natsChannels(),
      deviceEvents: {
        address: "{topic}",
        servers: [ref("servers/site")],
        summary: "Events of a reader in its maker's own format, on the topic that the edge's configuration names.",
        description: `At most ${limits.deviceMessageBytesMax} bytes. QoS 1: the answer comes after the reading is on disk.`,
        parameters: { topic: { description: "As configured for the device." } },
        messages: { DeviceEvent: ref("components/messages/DeviceEvent") },
      },
      events: eventsChannel(),
    },
    operations: {
      ...natsOperations(),
      "receive-deviceEvents": {
        action: "receive",
        channel: ref("channels/deviceEvents"),
        summary: "A reader reports.",
      },
      "send-events": { action: "send", channel: ref("channels/events"), summary: "Something happened." },
    },
    components: {
      messages: {
        ...Object.fromEntries(
          Object.keys(contract).map(name => [name, { name, payload: ref(`components/schemas/${name}`) }]),
        ),
        DeviceEvent: {
          name: "DeviceEvent",
          summary:
            "Zebra IoT Connector, Impinj IoT device interface, or the plain format described in docs/devices.md.",
          payload: { description: "JSON in the maker's format." },
        },
        ...eventMessages(),
      },
      schemas: { ...contractSchemas(), ...eventComponents() },
    },
  };
}
