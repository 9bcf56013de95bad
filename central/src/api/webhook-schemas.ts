import { z } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import { webhookLimits } from "../events/webhooks/limits.ts";
import { TypePattern } from "./event-schemas.ts";
import { fields, text } from "./fields.ts";
import { Instant } from "./instant.ts";

/** Of the examples one is for deleting, since it is there once. */
export const webhookExampleIds = {
  usual: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9e01",
  delete: "019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9e02",
} as const;
export const WebhookId = z.uuid().meta({ examples: [webhookExampleIds.usual] });

const url = z
  .string()
  .min(1)
  .max(2_000)
  .meta({
    description: "Where events are posted to: https, with a public address.",
    examples: ["https://shop.example.com/tallygate"],
  });
const description = text(200).meta({ description: "For people.", examples: ["The web shop"] });
const types = z
  .array(TypePattern)
  .min(1)
  .max(webhookLimits.typesMax)
  .nullable()
  .meta({
    description: "Types of events, or areas; null for all.",
    examples: [["stock.changed", "order.*"]],
  });
const sites = z
  .array(SiteId)
  .min(1)
  .max(webhookLimits.sitesMax)
  .nullable()
  .meta({
    description: "Only events of these sites, and those that concern every site; null for all.",
    examples: [["lyon"]],
  });
const state = z.enum(["active", "paused"]).meta({
  description:
    "`paused` by hand, by a target that answered nothing for long, or by one that answered 410. Nothing is lost meanwhile.",
});

export const NewWebhook = z
  .strictObject({ url, description: description.optional(), types: types.default(null), sites: sites.default(null) })
  .openapi("NewWebhook");

export const WebhookChange = z
  .strictObject({
    url: url.optional(),
    description: description.nullable().optional(),
    types: types.optional(),
    sites: sites.optional(),
    state: state.optional(),
  })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("WebhookChange");

export const Webhook = z
  .object({
    id: WebhookId,
    url: z.string(),
    description: z.string().nullable(),
    types: z.array(z.string()).nullable(),
    sites: z.array(z.string()).nullable(),
    state,
    paused_why: z.string().nullable(),
    created_at: fields.time,
    updated_at: fields.time,
    version: z.int(),
  })
  .openapi("Webhook");

const secret = z
  .string()
  .meta({ description: "Signs the requests; shown only now.", examples: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] });

export const AddedWebhook = Webhook.extend({ secret }).openapi("AddedWebhook");

export const NewSecret = z
  .object({
    secret,
    former_valid_until: fields.time.meta({ description: "Until then the secret before this one signs too." }),
  })
  .openapi("WebhookSecret");

export const WebhookStatus = z
  .object({
    position: z
      .int()
      .meta({ description: "Every event up to this number was delivered, waits, or does not concern it." }),
    head: z.int().meta({ description: "The number of the newest event." }),
    waiting: z.int().meta({ description: "Deliveries that wait for another try, or behind one that does." }),
    dead: z.int().meta({ description: "Deliveries that were put aside." }),
    failing_since: fields.time.nullable().meta({ description: "Since when nothing was answered." }),
    failures: z.int(),
    next_try_at: fields.time.nullable(),
    last_failure: z.string().nullable(),
    last_success_at: fields.time.nullable(),
  })
  .openapi("WebhookStatus");

export const Delivery = z
  .object({
    sequence: z.int(),
    event_id: z.string().nullable().meta({ description: "Null when the event is no longer kept." }),
    type: z.string().nullable(),
    subject: z.string(),
    state: z.enum(["waiting", "dead"]),
    tries: z.int(),
    first_tried_at: fields.time.nullable(),
    next_try_at: fields.time,
    last_status: z.int().nullable(),
    last_failure: z.string().nullable(),
  })
  .openapi("WebhookDelivery");

export const Replay = z
  .strictObject({
    after: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "Deliver everything behind this number again.", examples: [0] }),
    since: Instant.optional().meta({ description: "Deliver everything recorded at or after this time again." }),
  })
  .refine(({ after, since }) => (after === undefined) !== (since === undefined), "takes either after or since")
  .openapi("WebhookReplay", { examples: [{ after: 0 }] });

export const Replayed = z
  .object({ position: z.int().meta({ description: "What is behind this number is delivered." }) })
  .openapi("WebhookReplayed");

export const Redeliver = z
  .strictObject({
    sequences: z
      .array(z.int().min(1))
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: "Which; without them, all that were put aside." }),
  })
  .openapi("WebhookRedeliver", { examples: [{}] });

export const Redelivered = z.object({ count: z.int() }).openapi("WebhookRedelivered");
