import { isLoopback, Listen, NatsConfig } from "@tallygate/kit";
import { z } from "zod";
import { auditLimits } from "./audit/limits.ts";
import { AuthConfig, RateLimitsConfig } from "./auth/config.ts";
import { CountsConfig } from "./counts/config.ts";
import { centralLimits } from "./limits.ts";

const Http = z
  .strictObject({
    listen: Listen.prefault("127.0.0.1:8080").meta({
      description: "Address and port of the HTTP interface. Beyond this machine, TLS belongs in front of it.",
    }),
    public_url: z
      .url({ protocol: /^https?$/, error: "use https://HOST or http://HOST:PORT" })
      .transform(url => url.replace(/\/+$/, ""))
      .optional()
      .meta({
        description: "The address by which others reach this, such as the one of the proxy in front of it.",
        examples: ["https://stock.example.com"],
      }),
    hosts: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: "Further names by which this may be called, besides localhost and that of public_url." }),
    behind_proxy: z.boolean().default(false).meta({
      description: "Whether a proxy stands in front of this that adds each caller's address to X-Forwarded-For.",
    }),
  })
  .refine(({ listen, public_url }) => isLoopback(listen.host) || public_url !== undefined, {
    path: ["listen"],
    error: "is not on loopback; say in http.public_url by which address others reach it",
  });

const Database = z.strictObject({
  url: z
    .url({ protocol: /^postgres(ql)?$/, error: "use postgres://user:password@host:port/database" })
    .default("postgres://tallygate:tallygate@127.0.0.1:5432/tallygate")
    .meta({ description: "The PostgreSQL database that holds the ledger." }),
  pool_size: z
    .int()
    .min(4)
    .max(200)
    .default(12)
    .meta({ description: "Connections that this process opens at most, besides one that holds its partitions." }),
});

const Nats = NatsConfig.extend({
  sites_key: z.string().min(1).max(4096).optional().meta({
    description: "File with the key that signs the keys of sites. With it, sites get theirs over the API.",
  }),
  readers_key: z.string().min(1).max(4096).optional().meta({
    description: "File with the key that signs the keys of readers of events. Only the command reader-key reads it.",
  }),
});

const Influx = z
  .strictObject({
    url: z.url().meta({ description: "Address of InfluxDB." }),
    version: z.enum(["1", "2", "3"]).optional().meta({ description: "Major version. Without it the server is asked." }),
    database: z.string().min(1).default("tallygate").meta({ description: "Database (version 1 and 3)." }),
    bucket: z.string().min(1).default("tallygate").meta({ description: "Bucket (version 2)." }),
    org: z.string().default("").meta({ description: "Organisation (version 2)." }),
    token: z.string().default("").meta({ description: "Token that may write and read (version 2 and 3)." }),
  })
  .optional()
  .meta({ description: "Where movement metrics are drawn. Without it there are none, and nothing else changes." });

const Ingest = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: "Whether this process applies movements. Switch it off for a process that only answers HTTP.",
  }),
  stream_max_bytes: z
    .int()
    .min(1024 * 1024)
    .default(1024 * 1024 * 1024)
    .meta({
      description: "Bytes that the NATS stream keeps at most; the oldest go first, and their sites send again.",
    }),
  transaction_movements_max: z
    .int()
    .min(500)
    .max(50_000)
    .default(centralLimits.transactionMovementsMax)
    .meta({ description: "Movements that one transaction takes at most." }),
});

const Audit = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description:
      "Whether this process may be the one that audits the ledger in the background and seals it once a day.",
  }),
  rows_per_second: z
    .int()
    .min(10)
    .max(1_000_000)
    .default(auditLimits.standingRowsPerSecond)
    .meta({ description: "Rows of the ledger that the background audit reads a second at most." }),
});

const Pricing = z.strictObject({
  plugin: z.string().min(1).optional().meta({
    description:
      "File of a module that says what things cost (docs/pricing-plug-ins.md). Without it, the prices of the catalogue hold.",
  }),
  timeout_ms: z.int().min(10).max(30_000).default(500).meta({
    description: "How long the plug-in may take for an answer.",
  }),
  on_failure: z.enum(["default", "refuse"]).default("default").meta({
    description:
      "What holds when the plug-in fails or takes too long: the prices of the catalogue, or no price at all.",
  }),
});

const Events = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: "Whether this process may be the one that numbers events and publishes them to NATS.",
  }),
  source: z.string().min(1).max(200).default("urn:tallygate:central").meta({
    description: "The `source` of events, a URI: how other systems tell this Tallygate from others.",
  }),
  kept_days: z.int().min(1).max(3650).default(30).meta({
    description: "How long events can be read and replayed.",
  }),
  stream_max_days: z.int().min(1).max(3650).default(7).meta({
    description: "How long the NATS stream keeps events; what it dropped is still to be had over HTTP.",
  }),
  stream_max_bytes: z
    .int()
    .min(1024 * 1024)
    .default(1024 * 1024 * 1024)
    .meta({ description: "Bytes that the NATS stream of events keeps at most; the oldest go first." }),
});

const Webhooks = z.strictObject({
  enabled: z.boolean().default(true).meta({ description: "Whether this process may deliver to webhooks." }),
  allow_http: z.boolean().default(false).meta({
    description: "Whether a webhook's address may be plain http. Everyone on the way could read the events.",
  }),
  allow_networks: z
    .array(z.union([z.cidrv4(), z.cidrv6()], { error: "use a network such as 10.2.0.0/16 or fd00::/8" }))
    .default([])
    .meta({
      description:
        "Networks that are not public and that webhooks may be sent to all the same, such as 10.2.0.0/16. Without them only public addresses are reached.",
    }),
  timeout_s: z.number().min(0.1).max(60).default(10).meta({
    description: "How long a target may take to answer.",
  }),
  dead_after_hours: z
    .number()
    .min(0)
    .max(24 * 30)
    .default(72)
    .meta({
      description:
        "After how long an event that a target refuses, while it takes others, is put aside; and after how long a target that answers nothing is paused.",
    }),
  tries_max: z.int().min(2).max(1000).default(100).meta({
    description: "After how many tries an event that a target refuses is put aside at the latest.",
  }),
});

/** `central.yaml`. Every key has a default, so an empty file is a valid one. */
export const CentralConfig = z
  .strictObject({
    http: Http.prefault({}),
    auth: AuthConfig.prefault({}),
    rate_limits: RateLimitsConfig.prefault({}),
    database: Database.prefault({}),
    nats: Nats.prefault({}),
    influx: Influx,
    ingest: Ingest.prefault({}),
    audit: Audit.prefault({}),
    pricing: Pricing.prefault({}),
    events: Events.prefault({}),
    webhooks: Webhooks.prefault({}),
    counts: CountsConfig.prefault({}).meta({ description: "Counts of stock." }),
  })
  .meta({ title: "central.yaml", description: "Configuration of the central service." });
export type CentralConfig = z.infer<typeof CentralConfig>;
