import { answerProblem, createRoute, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Account, BizStep, Cause, Epoch, HashHex, limits, SiteId, Sku, traceIdOf } from "@tallygate/protocol";
import { type MovementRow, readMovement, readMovements, readPostings } from "../../db/queries/movements.ts";
import { thingOf } from "../../stock/thing.ts";
import { etagOf, isKnown } from "../etag.ts";
import { conditional, exactText, fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["movements"];

const MovementNote = z
  .object({
    actor: z.string().meta({ description: "Who caused it.", examples: ["person:maria"] }),
    reason: z.string().nullable(),
    document: z.string().nullable().meta({ description: "The address of the document that it belongs to." }),
  })
  .openapi("MovementNote");

const MovementView = z
  .object({
    site: fields.site,
    epoch: fields.epoch,
    seq: z
      .int()
      .min(1)
      .meta({ examples: [1] }),
    code: z.string().meta({ description: "What moved, in canonical form.", examples: ["(01)09506000134352(21)S-1"] }),
    epc_hex: z.string().nullable().meta({ description: "The EPC as read, where a tag was read." }),
    sku: fields.sku.nullable().meta({ description: "The item that was posted; null where nothing was." }),
    quantity: z.int().min(1),
    from: fields.account,
    to: fields.account,
    biz_step: BizStep,
    read_point: z.string().meta({ examples: ["dock-1/2"] }),
    cause: Cause,
    event_time: fields.time.meta({ description: "When it happened at the read point." }),
    record_time: fields.time.meta({ description: "When the centre stored it." }),
    state: z.enum(["posted", "held"]).meta({
      description:
        "`held` waits for a person, who learns from `held_because` why. `posted`: the centre is done with it.",
    }),
    held_because: fields.problem.nullable(),
    reverses: z.object({ epoch: fields.epoch, seq: z.int() }).nullable().meta({
      description: "The movement of this site that this one undoes.",
    }),
    hash: HashHex,
    trace_id: z.string().length(32).meta({ description: "W3C trace id of everything that was done for it." }),
    note: MovementNote.nullable().meta({ description: "Of the centre's own movements; covered by the hash." }),
  })
  .openapi("Movement");

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

const listRoute = createRoute({
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

const oneRoute = createRoute({
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
export function movementRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { cursor, limit, code, read_point: readPoint, ...filter } = c.req.valid("query");
      const rows = await readMovements(
        pool,
        { ...filter, readPoint, code: code === undefined ? undefined : codeFilter(code) },
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
      const postings = await readPostings(pool, row.epoch_id, row.seq);
      const body = { ...viewOf(row), postings };
      const etag = etagOf(JSON.stringify(body));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(body, 200, { etag, "cache-control": "no-cache" });
    });
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
    reverses: reverses_epoch === null || reverses_seq === null ? null : { epoch: reverses_epoch, seq: reverses_seq },
    hash,
    trace_id: traceIdOf(hash),
    note: row.note,
  };
}
