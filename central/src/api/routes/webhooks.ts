import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type ProblemCode, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import { recordChanges } from "../../db/audit/changes.ts";
import {
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  lockWebhooks,
  readWebhook,
  rotateSecret,
  updateWebhook,
} from "../../db/events/webhooks.ts";
import { webhookLimits } from "../../events/webhooks/limits.ts";
import { newSecret } from "../../events/webhooks/sign.ts";
import { closeExceptions } from "../../exceptions/open.ts";
import { newReservationId as newId } from "../../reservations/id.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { expected, isKnown } from "../etag.ts";
import { body, conditional, json } from "../fields.ts";
import { idempotent, once } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import { addressOf, changing, etagOfHook, mayHave, unknown, viewOf } from "../webhook-access.ts";
import {
  AddedWebhook,
  NewSecret,
  NewWebhook,
  Webhook,
  WebhookChange,
  WebhookId,
  webhookExampleIds,
} from "../webhook-schemas.ts";

const tags = ["webhooks"];
const params = z.object({ id: WebhookId });
const access = { permission: "event.write", sites: "some" } as const;
const usual = ["webhook.unknown", "request.invalid", "stock.unavailable"] as const satisfies readonly ProblemCode[];
const listRoute = guardedRoute(access, {
  method: "get",
  path: "/webhooks",
  tags,
  summary: "Where events are delivered to",
  request: { query: z.object({ limit: Limit, cursor: cursorParam(z.tuple([z.uuid()])) }) },
  responses: {
    200: json("A page of webhooks", pageOf(Webhook)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const createWebhookRoute = guardedRoute(access, {
  method: "post",
  path: "/webhooks",
  tags,
  summary: "Adds a webhook; it gets what happens from now on",
  description: "Requests are signed as Standard Webhooks has it; docs/events.md shows how to verify them.",
  request: { headers: idempotent, body: body(NewWebhook) },
  responses: {
    201: json("The webhook, and the secret that is shown only now", AddedWebhook),
    ...problemResponses(
      "webhook.url",
      "webhook.too_many",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const oneRoute = guardedRoute(access, {
  method: "get",
  path: "/webhooks/{id}",
  tags,
  summary: "One webhook",
  request: { params, headers: conditional },
  responses: {
    200: json("The webhook, with an ETag", Webhook),
    304: { description: "It is what the caller has" },
    ...problemResponses(...usual),
  },
});

const changeRoute = guardedRoute(access, {
  method: "patch",
  path: "/webhooks/{id}",
  tags,
  summary: "Changes a webhook, pauses it or lets it go on",
  request: { params, headers: expected, body: body(WebhookChange) },
  responses: {
    200: json("The webhook as it is now", Webhook),
    ...problemResponses("webhook.url", "webhook.changed", ...usual),
  },
});

const deleteRoute = guardedRoute(access, {
  method: "delete",
  path: "/webhooks/{id}",
  tags,
  summary: "Ends a webhook, with all that waits for it",
  request: { params: z.object({ id: WebhookId.meta({ examples: [webhookExampleIds.delete] }) }), headers: expected },
  responses: { 204: { description: "It is gone" }, ...problemResponses("webhook.changed", ...usual) },
});

const rotateRoute = guardedRoute(access, {
  method: "post",
  path: "/webhooks/{id}/rotate",
  tags,
  summary: "Gives a webhook a new secret; for a day the one before it signs too",
  request: { params, headers: idempotent },
  responses: {
    201: json("The secret, shown only now", NewSecret),
    ...problemResponses("idempotency.reused", ...usual),
  },
});

/** Where other systems get events by HTTP. */
export function webhookRoutes({ pool, webhookAddresses }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await listWebhooks(pool, { after: cursor?.[0], sites: sitesOf(c), limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(createWebhookRoute, async c => {
      const given = c.req.valid("json");
      requireSites(c, given.sites);
      const url = webhookAddresses.read(given.url);
      if (!url.ok) return answerProblem(c, url.problem);
      const added = await once({
        pool,
        route: "POST /v1/webhooks",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: AddedWebhook,
        work: async client => {
          if ((await lockWebhooks(client)) >= webhookLimits.webhooksMax) {
            const detail = `There are ${webhookLimits.webhooksMax} webhooks already; delete one that is not used.`;
            return refuse("webhook.too_many", detail);
          }
          const [id, secret] = [newId(), newSecret()];
          await insertWebhook(client, { ...given, id, secret, description: given.description ?? null });
          const hook = await readWebhook(client, id);
          if (hook === undefined) throw new Error(`the webhook ${id} is not there after it was written`);
          await recordChanges(client, [
            { actor: callerOf(c), action: "webhook.add", resource: addressOf(id), after: hook },
          ]);
          return ok({ answer: { ...viewOf(hook), secret } });
        },
      });
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(added.value, 201, { location: addressOf(added.value.id) });
    })
    .openapi(oneRoute, async c => {
      const { id } = c.req.valid("param");
      const hook = mayHave(c, id, await readWebhook(pool, id));
      if (!hook.ok) return answerProblem(c, hook.problem);
      const etag = etagOfHook(hook.value);
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(viewOf(hook.value), 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(changeRoute, async c => {
      const { id } = c.req.valid("param");
      const change = c.req.valid("json");
      if (change.sites !== undefined) requireSites(c, change.sites);
      const url = change.url === undefined ? undefined : webhookAddresses.read(change.url);
      if (url?.ok === false) return answerProblem(c, url.problem);
      const changed = await changing(pool, c, { id, action: "webhook.change" }, async (client, hook) => {
        const state = change.state ?? hook.state;
        const paused_why = state === "active" ? null : (hook.paused_why ?? `by ${callerOf(c)}`);
        await updateWebhook(client, {
          id,
          url: change.url ?? hook.url,
          description: change.description === undefined ? hook.description : change.description,
          types: change.types === undefined ? hook.types : change.types,
          sites: change.sites === undefined ? hook.sites : change.sites,
          state,
          paused_why,
        });
        if (state === "active") await closeExceptions(client, "webhook.paused", [id]);
        const now = await readWebhook(client, id);
        return now === undefined ? unknown(id) : ok(now);
      });
      if (!changed.ok) return answerProblem(c, changed.problem);
      return c.json(viewOf(changed.value), 200, { etag: etagOfHook(changed.value) });
    })
    .openapi(deleteRoute, async c => {
      const { id } = c.req.valid("param");
      const done = await changing(pool, c, { id, action: "webhook.delete" }, async client => {
        await deleteWebhook(client, id);
        await closeExceptions(client, "webhook.paused", [id]);
        await closeExceptions(client, "webhook.dead_letter", [id]);
        return ok(undefined);
      });
      return done.ok ? c.body(null, 204) : answerProblem(c, done.problem);
    })
    .openapi(rotateRoute, async c => {
      const { id } = c.req.valid("param");
      const rotated = await once({
        pool,
        route: `POST ${addressOf(id)}/rotate`,
        key: c.req.valid("header")["idempotency-key"],
        request: { id },
        schema: NewSecret,
        work: async client => {
          const hook = mayHave(c, id, await lockWebhook(client, id));
          if (!hook.ok) return hook;
          const secret = newSecret();
          const overlapMs = webhookLimits.secretOverlapMs;
          const former_valid_until = await rotateSecret(client, { id, secret, overlapMs });
          await recordChanges(client, [{ actor: callerOf(c), action: "webhook.rotate", resource: addressOf(id) }]);
          return ok({ answer: { secret, former_valid_until } });
        },
      });
      return rotated.ok ? c.json(rotated.value, 201) : answerProblem(c, rotated.problem);
    });
}

/** A webhook of all sites is for those who may do this everywhere. */
function requireSites(c: Context, sites: readonly string[] | null): void {
  const own = sitesOf(c);
  if (own === undefined) return;
  for (const site of sites ?? ["*"]) requireSite(c, site, "body.sites");
}
