import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Account, BizStep, Cause, HashHex, SiteId, Sku, traceIdOf } from "@tallygate/protocol";
import { auditLimits } from "../../audit/limits.ts";
import { type AsOf, findItem, readBalance, readWhy, type WhyRow } from "../../db/audit/why.ts";
import { transaction } from "../../db/transaction.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { fields, json } from "../fields.ts";
import { Instant } from "../instant.ts";
import { MovementNote } from "../movement-schemas.ts";
import { cursorParam, encodeCursor, Limit, nextCursor } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const Line = z
  .object({
    line: z.int().meta({ description: "0: posted with the movement; above: posted later." }),
    from: fields.account,
    from_site: fields.site,
    to: fields.account,
    to_site: fields.site,
    quantity: z.int(),
  })
  .openapi("PostedLine");

const Why = z
  .object({
    change: z.int().meta({ description: "What this line added to the balance." }),
    balance: z.int().meta({ description: "The balance with this line and all older ones." }),
    ...Line.shape,
    event_time: fields.time.meta({ description: "When the line counts." }),
    record_time: fields.time.meta({ description: "When the centre posted it." }),
    why: fields.why,
    posted_from_differs: z.boolean().meta({
      description: "The ledger had the thing elsewhere than the edge said, or the line mends what came too late.",
    }),
    movement: z
      .object({
        site: fields.site,
        epoch: fields.epoch,
        seq: z.int().min(1),
        code: z.string(),
        said_from: fields.account.meta({ description: "Where the edge says it came from." }),
        said_to: fields.account,
        event_time: fields.time,
        biz_step: BizStep,
        cause: Cause,
        read_point: z.string(),
        device: z.string(),
        hash: HashHex,
        trace_id: z.string().length(32),
        reverses: z.object({ epoch: fields.epoch, seq: z.int() }).nullable(),
        postings: z.array(Line).meta({ description: "All that the movement did to stock, this line included." }),
        note: MovementNote.nullable().meta({
          description: "Who caused a movement of the centre's own, why, and for which document.",
        }),
        documents: z
          .array(
            z.object({
              document: z.string().meta({ description: "Its address.", examples: ["/v1/orders/…"] }),
              kind: z.string(),
              number: z.string(),
              line: z.int(),
              step: z.string(),
              quantity: z.int(),
              why: z.string().meta({ description: "By which rule the movement was found to belong to it." }),
            }),
          )
          .meta({ description: "The lines of orders, notices, transfers and returns that it carried out." }),
      })
      .meta({ description: "What the line was posted from." }),
  })
  .openapi("Why");

const LineKey = z.tuple([
  Instant,
  Instant,
  z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  z.int().min(1),
  z.int().min(0).max(99),
]);

const route = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/stock/{sku}/why",
    tags: ["stock"],
    summary: "From a balance back to the movements that make it, the newest first",
    description: `A page looks at ${auditLimits.whyLinesExamined} lines of the item, and so may have fewer rows than asked for, or none, and a cursor all the same.`,
    request: {
      params: z.object({ sku: Sku }),
      query: z.object({
        site: SiteId.optional(),
        place: Account.optional().meta({ description: "A place or an outside; without it, all places." }),
        as_of: Instant.optional().meta({
          description: "Up to and including this time.",
          examples: ["2036-11-23T09:30:00Z"],
        }),
        by: z.enum(["event", "record"]).default("event").meta({ description: "Which time `as_of` means." }),
        limit: Limit,
        cursor: cursorParam(z.strictObject({ after: LineKey, balance: z.int() })),
      }),
    },
    responses: {
      200: json(
        "The balance, and a page of what makes it",
        z
          .object({
            sku: fields.sku,
            uom: z.string(),
            balance: z.int().meta({ description: "In front of the first row of this page." }),
            items: z.array(Why),
            next_cursor: nextCursor,
          })
          .openapi("WhyPage"),
      ),
      ...problemResponses("item.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

/** Why a balance is what it is. */
export function whyRoutes({ pool }: ApiParts) {
  return new OpenAPIHono().openapi(route, async c => {
    const { sku } = c.req.valid("param");
    const { site, place, as_of, by, limit, cursor } = c.req.valid("query");
    const accounts = { site, place, sites: sitesOf(c) };
    const asOf: AsOf | undefined = as_of === undefined ? undefined : { asOf: as_of, by };
    const examine = auditLimits.whyLinesExamined;
    const found = await transaction(
      pool,
      async client => {
        const item = await findItem(client, sku);
        if (item === undefined) return undefined;
        const balance = cursor?.balance ?? (await readBalance(client, item.id, accounts, asOf));
        const after = cursor?.after;
        const page = await readWhy(client, item.id, accounts, { asOf, after, examine, limit: limit + 1 });
        return { item, balance, page };
      },
      "begin isolation level repeatable read read only",
    );
    if (found === undefined) {
      return answerProblem(c, { code: "item.unknown", detail: `No item has the SKU ${sku}.`, at: "path.sku" });
    }
    const { item, balance, page } = found;
    const items = withBalances(page.rows.slice(0, limit), balance);
    const last = items.at(-1);
    const more = page.rows.length > limit ? page.rows[limit - 1]?.key : page.examinedTo;
    const left = last === undefined ? balance : last.balance - last.change;
    const next_cursor = more === undefined ? null : encodeCursor({ after: more, balance: left });
    return c.json({ sku, uom: item.uom, balance, items, next_cursor }, 200);
  });
}

function withBalances(rows: readonly WhyRow[], newest: number) {
  let balance = newest;
  return rows.map(row => {
    const view = { ...viewOf(row), balance };
    balance -= row.change;
    return view;
  });
}

function viewOf(row: WhyRow) {
  const { change, line, from, from_site, to, to_site, quantity, event_time, record_time, why } = row;
  const { site, epoch, seq, code, said_from, said_to, biz_step, cause, read_point, hash, postings } = row;
  return {
    ...{ change, line, from, from_site, to, to_site, quantity, event_time, record_time, why },
    posted_from_differs: from !== said_from || from_site !== site,
    movement: {
      ...{ site, epoch, seq, code, said_from, said_to, event_time: row.happened_at, biz_step, cause, read_point },
      ...{ device: read_point.split("/")[0] ?? read_point, hash, trace_id: traceIdOf(hash), postings: [...postings] },
      reverses:
        row.reverses_epoch === null || row.reverses_seq === null
          ? null
          : { epoch: row.reverses_epoch, seq: row.reverses_seq },
      note: row.note,
      documents: [...row.documents],
    },
  };
}
