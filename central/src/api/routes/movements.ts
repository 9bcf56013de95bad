import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Account, Epoch, limits, ok, type Problem, type Result, SiteId, Sku, traceIdOf } from "@tallygate/protocol";
import { recordChanges } from "../../db/audit/changes.ts";
import type { Client } from "../../db/pool.ts";
import { type MovementRow, readMovement, readMovements, readPostings } from "../../db/queries/movements.ts";
import { recordAsked } from "../../record/record-asked.ts";
import { thingOf } from "../../stock/thing.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { etagOf, isKnown } from "../etag.ts";
import { body, conditional, exactText, fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { apiLimits } from "../limits.ts";
import { MovementView, NewMovements, RecordedView } from "../movement-schemas.ts";
import { type Done, idempotent, once } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { Announcements, ApiParts } from "../parts.ts";

const tags = ["movements"];
const reads = { permission: "stock.read", sites: "some" } as const;

const Posting = z
  .object({
    line: z.int().meta({ description: "0: posted with the movement; above: posted later." }),
    sku: fields.sku,
    from: fields.account,
    from_site: fields.site,
    to: fields.account,
    to_site: fields.site,
    quantity: z.int(),
    event_time: fields.time,
    record_time: fields.time,
    why: fields.why,
  })
  .openapi("Posting");

const MovementDetail = MovementView.extend({
  postings: z
    .array(Posting)
    .meta({ description: "What it did to the stock; empty where the thing was there already." }),
}).openapi("MovementDetail");

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/movements",
  tags,
  summary: "The ledger, what was stored last first",
  request: {
    query: z.object({
      sku: Sku.optional(),
      site: SiteId.optional(),
      place: Account.optional().meta({ description: "From or to this place or outside." }),
      code: exactText(limits.codeCharsMax)
        .optional()
        .meta({
          description: "Exactly this code, in canonical form; the last 10,000 movements of one thing.",
          examples: ["(01)09506000134352(21)S-1"],
        }),
      read_point: exactText(96)
        .optional()
        .meta({ examples: ["dock-1/2"] }),
      state: z.enum(["posted", "held"]).optional(),
      since: Instant.optional().meta({ description: "At or after this time.", examples: ["2020-01-01T00:00:00Z"] }),
      until: Instant.optional().meta({ description: "Before this time.", examples: ["2036-11-23T09:30:00Z"] }),
      by: z.enum(["event", "record"]).default("event").meta({ description: "Which time `since` and `until` mean." }),
      limit: Limit,
      cursor: cursorParam(
        z.tuple([
          Instant,
          z
            .int()
            .min(1)
            .max(2 ** 31 - 1),
          z.int().min(1),
        ]),
      ),
    }),
  },
  responses: {
    200: json("A page of movements", pageOf(MovementView)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const recordRoute = guardedRoute(
  { permission: "movement.write", sites: "some" },
  {
    method: "post",
    path: "/movements",
    tags,
    summary: "Records movements that a person or a client made",
    description:
      "Transfers between places of a site, adjustments against loss and found, receipts and issues against the other outsides, and reversals; all of the request or nothing of it. More than is on hand, or what is promised, is taken with `force` alone: what is typed and cannot be is most likely a mistake.",
    request: { headers: idempotent, body: body(NewMovements) },
    responses: {
      201: json("The movements, posted", RecordedView),
      ...problemResponses(
        "site.unknown",
        "place.unknown",
        "item.unknown",
        "item.no_code",
        "movement.unknown",
        "movement.code_unknown",
        "movement.meaningless",
        "movement.reversed",
        "movement.moved_on",
        "movement.not_reversible",
        "stock.insufficient",
        "code.check_digit",
        "idempotency.reused",
        "request.invalid",
        "stock.unavailable",
      ),
    },
  },
);

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/movements/{site}/{epoch}/{seq}",
  tags,
  summary: "One movement and what it did to the stock",
  request: {
    params: z.object({
      site: SiteId,
      epoch: Epoch,
      seq: z.coerce
        .number<string>()
        .int()
        .min(1)
        .meta({ examples: [1] }),
    }),
    headers: conditional,
  },
  responses: {
    200: json("The movement, with an ETag", MovementDetail),
    304: { description: "It is what the caller has" },
    ...problemResponses("movement.unknown", "request.invalid", "stock.unavailable"),
  },
});

/** The ledger: facts as the edges sent them, and what each did to the stock. */
export function movementRoutes({ pool, relay }: ApiParts) {
  return new OpenAPIHono()
    .openapi(recordRoute, async c => {
      const given = c.req.valid("json");
      for (const [index, { site }] of given.movements.entries()) requireSite(c, site, `body.movements[${index}].site`);
      for (const [index, { reverses }] of given.reversals.entries()) {
        requireSite(c, reverses.site, `body.reversals[${index}].reverses.site`);
      }
      const nowMs = Date.now();
      const late = laterThan(given, nowMs);
      if (late !== undefined) return answerProblem(c, late);
      const recorded = await once({
        pool,
        route: "POST /v1/movements",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: RecordedView,
        work: client => record(client, given, { actor: callerOf(c), cause: c.get("principal").kind, nowMs, relay }),
      });
      return recorded.ok ? c.json(recorded.value, 201) : answerProblem(c, recorded.problem);
    })
    .openapi(listRoute, async c => {
      const { cursor, limit, code, read_point: readPoint, ...filter } = c.req.valid("query");
      const rows = await readMovements(
        pool,
        { ...filter, sites: sitesOf(c), readPoint, code: code === undefined ? undefined : codeFilter(code) },
        { after: cursor, limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => [row.record_time, row.epoch_id, row.seq]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const id = c.req.valid("param");
      const row = await readMovement(pool, id);
      if (row === undefined) {
        const detail = `The ledger has no movement ${id.site}/${id.epoch}/${id.seq}.`;
        return answerProblem(c, { code: "movement.unknown", detail });
      }
      const postings = await readPostings(pool, { epochId: row.epoch_id, seq: row.seq, sites: sitesOf(c) });
      const body = { ...viewOf(row), postings };
      const etag = etagOf(JSON.stringify(body));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(body, 200, { etag, "cache-control": "no-cache" });
    });
}

/** The first movement that has yet to happen, by a clock that may be a little slow. */
function laterThan({ movements }: NewMovements, nowMs: number): Problem | undefined {
  const latest = nowMs + apiLimits.clockSkewMs;
  const index = movements.findIndex(({ event_time: at }) => at !== undefined && Date.parse(at) > latest);
  if (index < 0) return undefined;
  const at = `body.movements[${index}].event_time`;
  return { code: "request.invalid", detail: "The time is in the future; record what has happened.", at };
}

interface Caller {
  readonly actor: string;
  readonly cause: "person" | "client";
  readonly nowMs: number;
  readonly relay: Announcements;
}

async function record(
  client: Client,
  { movements, reversals, reason, document, force }: NewMovements,
  { actor, cause, nowMs, relay }: Caller,
): Promise<Result<Done<z.infer<typeof RecordedView>>>> {
  const note = { actor, reason, document };
  const recorded = await recordAsked(client, { movements, reversals, note, cause, force, nowMs });
  if (!recorded.ok) {
    const { problem } = recorded;
    return { ok: false, problem: problem.at === undefined ? problem : { ...problem, at: `body.${problem.at}` } };
  }
  const { rows, commits } = recorded.value;
  await recordChanges(
    client,
    rows.map(row => ({
      actor,
      action: row.reverses_epoch === null ? "movement.record" : "movement.reverse",
      resource: `/v1/movements/${row.site}/${row.epoch}/${row.seq}`,
      siteId: row.site_id,
      after: { ...pick(row), force },
    })),
  );
  return ok({ answer: { movements: rows.map(viewOf) }, afterCommit: () => relay.publishCommits(commits) });
}

function pick({ sku, code, quantity, from, to, note }: MovementRow) {
  return { sku, code, quantity, from, to, reason: note?.reason ?? null };
}

function codeFilter(code: string) {
  const { kind, classKey } = thingOf(code);
  return { code, classKey, isClass: kind === "class" };
}

function viewOf(row: MovementRow) {
  const { site, epoch, seq, code, epc_hex, sku, quantity, from, to, biz_step, read_point, cause } = row;
  const { event_time, record_time, reverses_epoch, reverses_seq, hash, held } = row;
  const facts = { site, epoch, seq, code, epc_hex, sku, quantity, from, to, biz_step, read_point, cause };
  return {
    ...facts,
    event_time,
    record_time,
    state: held === null ? ("posted" as const) : ("held" as const),
    held_because: held,
    mended_by: row.mended_by === null ? null : `/v1/exceptions/${row.mended_by}`,
    reverses: reverses_epoch === null || reverses_seq === null ? null : { epoch: reverses_epoch, seq: reverses_seq },
    hash,
    trace_id: traceIdOf(hash),
    note: row.note,
  };
}
