import { formatHostPort, isLoopback, Listen, LoopbackListen } from "@tallygate/kit";
import { formatBracketed, isOutside, PlaceCode, parseGln, SiteId } from "@tallygate/protocol";
import { z } from "zod";
import { type Device, DeviceConfig, deviceIfSound } from "./drivers/index.ts";
import { ScryptHash } from "./mqtt/password.ts";

const Http = z.strictObject({
  listen: LoopbackListen.prefault("127.0.0.1:8081").meta({ description: "Where the site's page and API are served." }),
});

const UserName = z.string().min(1).max(128);

const Broker = {
  listen: Listen.optional().meta({ description: "Where the site's own MQTT broker listens. Absent: there is none." }),
  anonymous: z.boolean().default(false).meta({
    description: "Devices need no user and password. Only with a listener on loopback, for simulations and trials.",
  }),
  users: z
    .array(
      z.strictObject({
        name: UserName,
        password: ScryptHash,
        devices: z.array(z.string()).optional().meta({
          description: "Devices whose topics the user may publish to. Absent: the device with the user's name.",
        }),
      }),
    )
    .max(1000)
    .default([]),
};

const Upstream = z
  .strictObject({
    url: z
      .url({ protocol: /^(mqtts?|wss?|tcp|tls)$/ })
      .meta({ description: "The broker.", example: "mqtt://10.0.0.5:1883" }),
    user: UserName.optional(),
    password: z.string().max(1024).optional(),
    client_id: z.string().min(1).max(128).optional().meta({
      description: "By default tallygate-SITE. The broker keeps what comes while we are away under this name.",
    }),
    keepalive_s: z.int().min(5).max(3600).default(30),
  })
  .meta({ description: "An MQTT broker that the site already has, whose topics are read as well." });

const Mqtt = z.strictObject({ ...Broker, connect: Upstream.optional() }).superRefine((mqtt, context) => {
  const { listen, anonymous, users } = mqtt;
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (listen === undefined) return;
  if (anonymous && !isLoopback(listen.host)) {
    fault("anonymous", `is refused, since mqtt.listen ${listen.host} can be reached from other machines: name users`);
  }
  if (!anonymous && users.length === 0)
    fault("listen", "is a broker that no device could use: name users, or set anonymous");
  const names = new Set<string>();
  for (const { name } of users) {
    if (names.has(name)) fault("users", `names ${name} twice`);
    names.add(name);
  }
});

const Nats = z.strictObject({
  servers: z
    .array(z.string().min(1))
    .min(1)
    .default(["nats://127.0.0.1:4222"])
    .meta({ description: "NATS servers with JetStream; any of them is used." }),
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
  nats: Nats.prefault({}),
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
function faultsOf(config: Fields): readonly ConfigFault[] {
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

function unheard(listed: readonly Listed[], { mqtt }: Fields): ConfigFault[] {
  if (mqtt.listen !== undefined || mqtt.connect !== undefined) return [];
  const first = listed.find(({ device }) => device.transport === "mqtt");
  if (first === undefined) return [];
  return [{ path: ["devices", first.index], message: "publishes over MQTT, but mqtt has neither listen nor connect" }];
}

function strangers({ mqtt, devices }: Fields): ConfigFault[] {
  const known = new Set<string>(devices.map(({ id }) => id));
  return mqtt.users.flatMap((user, index) =>
    (user.devices ?? []).flatMap(id =>
      known.has(id) ? [] : [{ path: ["mqtt", "users", index, "devices"], message: `names ${id}, which devices lacks` }],
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
