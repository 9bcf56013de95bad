import { isLoopback, Listen } from "@tallygate/kit";
import { z } from "zod";
import { ScryptHash } from "./password.ts";

const UserName = z.string().min(1).max(128);

const User = z.strictObject({
  name: UserName,
  password: ScryptHash,
  devices: z.array(z.string()).optional().meta({
    description: "Devices that the user may send for. Absent: the device with the user's name.",
  }),
});
export type User = z.infer<typeof User>;

/** Who may send, with passwords as hashes. There is none by default. */
export const Users = z
  .array(User)
  .max(1000)
  .superRefine((users, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of users.entries()) {
      if (names.has(name)) context.addIssue({ code: "custom", path: [index], message: `names ${name} twice` });
      names.add(name);
    }
  })
  .default([]);

const File = z.string().min(1).max(4096);

const Tls = z
  .strictObject({
    listen: Listen.meta({ description: "Where the broker listens for devices with TLS.", example: "0.0.0.0:8883" }),
    cert: File.meta({
      description: "The site's certificate with those it builds on, PEM. Read again when it changes.",
    }),
    key: File.meta({ description: "Its private key, PEM." }),
    ca: File.optional().meta({
      description:
        "Authorities of devices, PEM. Then each device must show a certificate of theirs; one without user and password is the user, or the device, of its common name.",
    }),
  })
  .meta({ description: "A second listener of the site's broker, with TLS." });

const Rate = z
  .strictObject({
    messages_per_s: z.int().min(100).max(1_000_000).default(25_000),
    kilobytes_per_s: z.int().min(16).max(1_000_000).default(16_384),
  })
  .meta({
    description:
      "What one client may send in the long run. One that sends more is read more slowly; nothing is lost, and the others do not notice.",
  });
export type Rate = z.infer<typeof Rate>;

const Broker = {
  listen: Listen.optional().meta({ description: "Where the site's own MQTT broker listens. Absent: only with `tls`." }),
  tls: Tls.optional(),
  anonymous: z.boolean().default(false).meta({
    description: "Devices need no user and password. Only with a listener on loopback, for simulations and trials.",
  }),
  users: Users,
  rate: Rate.prefault({}),
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
export type Upstream = z.infer<typeof Upstream>;

export const Mqtt = z.strictObject({ ...Broker, connect: Upstream.optional() }).superRefine((mqtt, context) => {
  const { listen, tls, anonymous, users } = mqtt;
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (anonymous && listen !== undefined && !isLoopback(listen.host)) {
    fault("anonymous", `is refused, since mqtt.listen ${listen.host} can be reached from other machines: name users`);
  }
  if (listen !== undefined && !anonymous && users.length === 0) {
    fault("listen", "is a broker that no device could use: name users, or set anonymous");
  }
  if (tls !== undefined && tls.ca === undefined && users.length === 0) {
    fault("tls", "is a listener that no device could use: name users, or the authority of the devices' certificates");
  }
});
export type Mqtt = z.infer<typeof Mqtt>;
