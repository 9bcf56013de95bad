import { formatHostPort, LoopbackListen, NatsConfig } from "@tallygate/kit";
import { formatBracketed, isOutside, PlaceCode, parseGln, SiteId } from "@tallygate/protocol";
import { z } from "zod";
import { type Device, DeviceConfig, deviceIfSound } from "./drivers/index.ts";
import { Readers } from "./http-intake/config.ts";
import { Mqtt } from "./mqtt/config.ts";

const Http = z.strictObject({
  listen: LoopbackListen.prefault("127.0.0.1:8081").meta({ description: "Where the site's page and API are served." }),
});

const Place = z
  .strictObject({
    code: PlaceCode,
    name: z.string().min(1).max(100).optional().meta({ description: "As people at the site call it." }),
    gln: z
      .string()
      .refine(gln => parseGln(gln).ok, "is no GLN: 13 digits, the last of which checks the others")
      .optional()
      .meta({ description: "The GLN on the place's label, AI 414: a scanner takes the label for the place." }),
    gln_extension: z
      .string()
      .regex(/^[!-~]{1,20}$/, "1 to 20 characters without spaces")
      .optional()
      .meta({ description: "What tells places of one GLN apart on their labels, AI 254." }),
  })
  .refine(place => place.gln !== undefined || place.gln_extension === undefined, {
    path: ["gln_extension"],
    message: "stands for nothing without gln",
  });

/** The key of a place's label, as a scan of it gives it. */
export function glnKeyOf({ gln, gln_extension }: z.infer<typeof Place>): string | undefined {
  if (gln === undefined) return undefined;
  const extension = gln_extension === undefined ? [] : [{ ai: "254", value: gln_extension }];
  return formatBracketed([{ ai: "414", value: gln }, ...extension]);
}

const Recorder = z
  .strictObject({
    keep_days: z.number().min(0.01).max(3650).default(7).meta({ description: "Readings are kept so long." }),
    max_megabytes: z
      .int()
      .min(16)
      .max(10_000_000)
      .default(2048)
      .meta({ description: "Readings take so much disk at most; the oldest go first. Movements are never dropped." }),
  })
  .meta({ description: "What was read, kept for looking back." });

const Fields = z.strictObject({
  site: SiteId,
  time_zone: z
    .string()
    .default("UTC")
    .refine(isTimeZone, "is no time zone of the IANA database, such as Europe/Paris")
    .meta({ description: "The site's time zone; the page shows times in it.", example: "Europe/Paris" }),
  http: Http.prefault({}),
  mqtt: Mqtt.prefault({}),
  readers: Readers.prefault({}),
  nats: NatsConfig.prefault({}),
  data: z.string().min(1).max(4096).meta({
    description: "Directory of the site's store. It holds what the centre has not confirmed: keep it on a disk.",
  }),
  places: z
    .array(Place)
    .max(10_000)
    .default([])
    .meta({ description: "The site's places. When any is named, read points may name no other." }),
  devices: z.array(DeviceConfig).max(500).default([]),
  recorder: Recorder.prefault({}),
});
type Fields = z.infer<typeof Fields>;

/** `edge.yaml`. Types, checks, the JSON Schema and the documentation come of it. */
export const EdgeConfig = Fields.superRefine((config, context) => {
  for (const { path, message } of faultsOf(config)) context.addIssue({ code: "custom", path: [...path], message });
}).meta({ title: "edge.yaml", description: "Configuration of the edge of one site." });
export type EdgeConfig = z.infer<typeof EdgeConfig>;

interface ConfigFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A device with its place in the file. */
interface Listed {
  readonly device: Device;
  readonly index: number;
}

/** What each part alone cannot know. Devices with faults of their own are left out: those are named already. */
export function faultsOf(config: Fields): readonly ConfigFault[] {
  const listed = config.devices.flatMap((own, index): Listed[] => {
    const device = deviceIfSound(own);
    return device === undefined ? [] : [{ device, index }];
  });
  return [
    ...doubled(listed, ({ id }) => [id], "id"),
    ...doubled(listed, device => (device.transport === "mqtt" ? device.topics : []), "topic"),
    ...doubled(listed, device => (device.transport === "serial" ? [device.settings.port] : []), "port"),
    ...doubled(listed, device => (device.transport === "tcp" ? [formatHostPort(device.endpoint)] : []), "address"),
    ...listed.flatMap(({ device, index }) =>
      device.faults.map(({ path, message }) => ({ path: ["devices", index, ...path], message })),
    ),
    ...listed.flatMap(each => unknownPlaces(each, config.places)),
    ...sharedLabels(config.places),
    ...listed.flatMap(each => answeredToItself(each, listed)),
    ...unheard(listed, config),
    ...strangers(config),
  ];
}

function doubled(
  listed: readonly Listed[],
  keysOf: (device: Device) => readonly string[],
  field: string,
): ConfigFault[] {
  const seen = new Map<string, number>();
  return listed.flatMap(({ device, index }) =>
    keysOf(device).flatMap(key => {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      return first === undefined
        ? []
        : [{ path: ["devices", index, field], message: `belongs to devices[${first}] already` }];
    }),
  );
}

function unknownPlaces({ device, index }: Listed, places: Fields["places"]): ConfigFault[] {
  if (places.length === 0) return [];
  const known = new Set<string>(places.map(({ code }) => code));
  const named = device.readPoints.flatMap(({ place, from, to }) =>
    [place, from, to].filter(account => account !== undefined),
  );
  const missing = [...new Set<string>(named)].filter(account => !known.has(account) && !isOutside(account));
  return missing.map(account => ({
    path: ["devices", index],
    message: `names the place ${account}, which places lacks`,
  }));
}

function sharedLabels(places: Fields["places"]): ConfigFault[] {
  const keys = places.map(glnKeyOf);
  return keys.flatMap((key, index) => {
    const first = key === undefined ? index : keys.indexOf(key);
    return first === index ? [] : [{ path: ["places", index, "gln"], message: `is that of places[${first}] already` }];
  });
}

/** An answer that is read as a scan would be answered for ever. */
function answeredToItself({ device, index }: Listed, listed: readonly Listed[]): ConfigFault[] {
  if (device.transport !== "mqtt" || device.replyTopic === undefined) return [];
  const { replyTopic } = device;
  const reads = listed.find(({ device: each }) => each.transport === "mqtt" && each.topics.includes(replyTopic));
  if (reads === undefined) return [];
  return [{ path: ["devices", index, "reply_topic"], message: `is a topic that devices[${reads.index}] publishes to` }];
}

function unheard(listed: readonly Listed[], { mqtt, readers }: Fields): ConfigFault[] {
  const broker = mqtt.listen !== undefined || mqtt.tls !== undefined || mqtt.connect !== undefined;
  return listed.flatMap(({ device, index }) => {
    if (device.transport !== "mqtt") return [];
    const path = ["devices", index];
    if (device.topics.length > 0 && !broker) {
      return [{ path, message: "publishes over MQTT, but mqtt has neither listen nor tls nor connect" }];
    }
    if (!device.http) return [];
    if (readers.listen === undefined) return [{ path, message: "posts over HTTP, but readers has no listen" }];
    const named = [...readers.users, ...mqtt.users].some(
      ({ name, devices }) => name === device.user || (devices ?? [name]).includes(device.id),
    );
    return readers.anonymous || named
      ? []
      : [{ path, message: "posts over HTTP, but no user of readers may send for it" }];
  });
}

function strangers({ mqtt, readers, devices }: Fields): ConfigFault[] {
  const known = new Set<string>(devices.map(({ id }) => id));
  const users = [
    ...mqtt.users.map((user, index) => ({ user, path: ["mqtt", "users", index] })),
    ...readers.users.map((user, index) => ({ user, path: ["readers", "users", index] })),
  ];
  return users.flatMap(({ user, path }) =>
    (user.devices ?? []).flatMap(id =>
      known.has(id) ? [] : [{ path: [...path, "devices"], message: `names ${id}, which devices lacks` }],
    ),
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
