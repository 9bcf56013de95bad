import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type ProblemCode, refuse } from "@tallygate/protocol";
import { listDeliveries, reviveDeliveries } from "../../db/events/deliveries.ts";
import { readHead, readOldest, readSeqBefore } from "../../db/events/log.ts";
import { readWebhook, readWebhookStatus, rewindWebhook } from "../../db/events/webhooks.ts";
import { closeExceptions } from "../../exceptions/open.ts";
import { guardedRoute } from "../access.ts";
import { body, json } from "../fields.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import { changing, mayHave, unknown } from "../webhook-access.ts";
import { Delivery, Redeliver, Redelivered, Replay, Replayed, WebhookId, WebhookStatus } from "../webhook-schemas.ts";

const tags = ["webhooks"];
const params = z.object({ id: WebhookId });
const access = { permission: "event.write", sites: "some" } as const;
const usual = ["webhook.unknown", "request.invalid", "stock.unavailable"] as const satisfies readonly ProblemCode[];

const statusRoute = guardedRoute(access, {
  method: "get",
  path: "/webhooks/{id}/status",
  tags,
  summary: "How far a webhook is, and what keeps it",
  request: { params },
  responses: { 200: json("How far it is", WebhookStatus), ...problemResponses(...usual) },
});

const replayRoute = guardedRoute(access, {
  method: "post",
  path: "/webhooks/{id}/replay",
  tags,
  summary: "Delivers again what happened behind a number, or from a time on",
  request: { params, body: body(Replay) },
  responses: { 200: json("From where it goes on", Replayed), ...problemResponses("event.gone", ...usual) },
});

const deliveriesRoute = guardedRoute(access, {
  method: "get",
  path: "/webhooks/{id}/deliveries",
  tags,
  summary: "What a target has refused: waiting for another try, or put aside",
  request: {
    params,
    query: z.object({
      state: z
        .enum(["waiting", "dead"])
        .optional()
        .meta({ examples: ["dead"] }),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.int().min(0)])),
    }),
  },
  responses: { 200: json("A page of deliveries, by number", pageOf(Delivery)), ...problemResponses(...usual) },
});

const redeliverRoute = guardedRoute(access, {
  method: "post",
  path: "/webhooks/{id}/redeliver",
  tags,
  summary: "Tries anew what was put aside",
  request: { params, body: body(Redeliver) },
  responses: { 200: json("How many are tried anew", Redelivered), ...problemResponses(...usual) },
});

/** How far webhooks are, and what of the log they get once more. The deliverers read what is written here at each pass. */
export function webhookDeliveryRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(statusRoute, async c => {
      const { id } = c.req.valid("param");
      const hook = mayHave(c, id, await readWebhook(pool, id));
      if (!hook.ok) return answerProblem(c, hook.problem);
      const status = await readWebhookStatus(pool, id);
      if (status === undefined) return answerProblem(c, unknown(id).problem);
      return c.json(status, 200);
    })
    .openapi(replayRoute, async c => {
      const { id } = c.req.valid("param");
      const { after, since } = c.req.valid("json");
      const done = await changing(pool, c, { id, action: "webhook.replay" }, async client => {
        const [head, oldest] = [await readHead(client), await readOldest(client)];
        const wanted = since === undefined ? (after ?? 0) : await readSeqBefore(client, since);
        const position = Math.min(wanted, head);
        if (position < oldest - 1) {
          const detail = `Events up to number ${oldest - 1} are no longer kept; replay from after=${oldest - 1} at the earliest.`;
          return refuse("event.gone", detail, { at: "body.after" });
        }
        await rewindWebhook(client, id, position);
        return ok({ position });
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(deliveriesRoute, async c => {
      const { id } = c.req.valid("param");
      const { state, limit, cursor } = c.req.valid("query");
      const hook = mayHave(c, id, await readWebhook(pool, id));
      if (!hook.ok) return answerProblem(c, hook.problem);
      const rows = await listDeliveries(pool, { id, state, after: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.seq]);
      const items = page.rows.map(({ seq: sequence, key: subject, ...row }) => ({ sequence, subject, ...row }));
      return c.json({ items, next_cursor: page.next_cursor }, 200);
    })
    .openapi(redeliverRoute, async c => {
      const { id } = c.req.valid("param");
      const { sequences } = c.req.valid("json");
      const done = await changing(pool, c, { id, action: "webhook.redeliver" }, async client => {
        const count = await reviveDeliveries(client, id, sequences);
        await closeExceptions(client, "webhook.dead_letter", [id]);
        return ok({ count });
      });
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    });
}
